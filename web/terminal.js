// The emulator: made, styled by the colour scheme, fitted to its place, and taught which keys are the page's.

import './style-shim.js';
import { Terminal } from './vendor/xterm.mjs';
import { FitAddon } from './vendor/addon-fit.mjs';
import { UnicodeGraphemesAddon } from './vendor/addon-unicode-graphemes.mjs';
import { WebLinksAddon } from './vendor/addon-web-links.mjs';
import { copy, guardPaste } from './clipboard.js';
import { wish } from './keys.js';
import { linkHandler } from './links.js';
import { MAX_SIZE } from './protocol.js';
import { FONT as SIZES, choose, onChange, settings } from './settings.js';
import { words } from './words.js';

/** Milliseconds that a size must hold before it is told. */
const RESIZE_QUIET = 40;
/** Lines kept above the screen: as many as the daemon keeps for whoever comes back (src/screen). */
const SCROLLBACK = 1000;
/** How often fitting is refined at most. */
const FIT_ROUNDS = 3;
const FONT = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

const DARK = {
  background: '#0b0f10', foreground: '#dfe6e4', cursor: '#4fc3b5', cursorAccent: '#0b0f10',
  selectionBackground: '#2b5752', black: '#1d2527', red: '#f2777a', green: '#7fc98f', yellow: '#e0b566',
  blue: '#7aaef0', magenta: '#c99bea', cyan: '#5fc7ca', white: '#cdd6d4', brightBlack: '#728080',
  brightRed: '#ff9c9a', brightGreen: '#a3e3ae', brightYellow: '#f5d08a', brightBlue: '#a3caff',
  brightMagenta: '#e0bdfb', brightCyan: '#8fe3e4', brightWhite: '#ffffff',
};

const LIGHT = {
  background: '#ffffff', foreground: '#17201f', cursor: '#0b6a62', cursorAccent: '#ffffff',
  selectionBackground: '#bfe3dd', black: '#17201f', red: '#b3261e', green: '#1f6f3d', yellow: '#7d5200',
  blue: '#1d5aa8', magenta: '#8a3a9c', cyan: '#0c6670', white: '#66726f', brightBlack: '#55615f',
  brightRed: '#c93a30', brightGreen: '#2a7d49', brightYellow: '#8f6000', brightBlue: '#2f6cc0',
  brightMagenta: '#9a4bad', brightCyan: '#137480', brightWhite: '#4b5755',
};

/**
 * @typedef {object} Wishes
 * @property {(text: string) => void} typed
 * @property {(bytes: Uint8Array) => void} raw what was "typed" but is no text
 * @property {(cols: number, rows: number) => void} resized
 * @property {(title: string) => void} titled
 * @property {() => void} rung
 * @property {() => void} leave the person wants the focus out of the terminal
 * @property {() => void} search
 */

/**
 * Makes the terminal inside `host`, at the size that fits; later sizes are reported. `refit` is for when a cell's size
 * may have changed. `hold` gives it a size that is another window's, until it is released by `null`.
 * @param {HTMLElement} host
 * @param {Wishes} wishes
 */
export function openTerminal(host, wishes) {
  const term = new Terminal({
    allowProposedApi: true, // asked for by the grapheme add-on
    cursorBlink: false,
    fontFamily: FONT,
    fontSize: settings.fontSize,
    lineHeight: 1.1, // at 1 the row cuts the underscore of common fonts off
    linkHandler,
    scrollback: SCROLLBACK,
    screenReaderMode: settings.screenReader,
    scrollOnUserInput: true,
    macOptionIsMeta: true,
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  term.loadAddon(new UnicodeGraphemesAddon());
  term.loadAddon(new WebLinksAddon(linkHandler.activate, linkHandler));
  followColourScheme(term);
  term.open(host);
  term.textarea?.setAttribute('aria-label', words.terminalLabel);

  let held = false;
  const refit = () => {
    if (held) return;
    const { cols, rows } = term;
    fitWithin(term, fit);
    if (cols !== term.cols || rows !== term.rows) wishes.resized(term.cols, term.rows);
  };
  fitWithin(term, fit);
  followSize(host, refit);
  const apply = () => {
    term.options.fontSize = settings.fontSize;
    term.options.screenReaderMode = settings.screenReader;
    refit();
  };
  onChange(apply);
  term.onData(wishes.typed);
  term.onBinary((data) => wishes.raw(Uint8Array.from(data, (c) => c.charCodeAt(0))));
  term.onTitleChange(wishes.titled);
  term.onBell(wishes.rung);
  term.attachCustomKeyEventHandler((event) => ownKey(term, event, wishes));
  guardPaste(host, term);
  followTouch(host, term);
  /** @param {{cols: number, rows: number} | null} size */
  const hold = (size) => {
    held = size !== null;
    if (size) term.resize(size.cols, size.rows);
    else refit();
  };
  return { term, refit, hold };
}

/** @param {Terminal} term */
function followColourScheme(term) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    term.options.theme = dark.matches ? DARK : LIGHT;
    // Programs choose colours for a dark screen; on paper they are darkened until they can be read.
    term.options.minimumContrastRatio = dark.matches ? 1 : 4.5;
  };
  dark.addEventListener('change', apply);
  apply();
}

/**
 * The emulator rounds the width of a whole row, so what fits depends a little on what is there: the same place may get
 * one column more or less. After the first answer only smaller ones count, so it is never one too many.
 * @param {Terminal} term @param {FitAddon} fit
 */
function fitWithin(term, fit) {
  for (let round = 0; round < FIT_ROUNDS; round += 1) {
    const size = fit.proposeDimensions();
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return;
    const cols = Math.min(MAX_SIZE, Math.max(2, size.cols), round > 0 ? term.cols : MAX_SIZE);
    const rows = Math.min(MAX_SIZE, Math.max(1, size.rows), round > 0 ? term.rows : MAX_SIZE);
    if (cols === term.cols && rows === term.rows) return;
    term.resize(cols, rows);
  }
}

/** Fits whenever the place has kept a new size for a moment. @param {HTMLElement} host @param {() => void} fit */
function followSize(host, fit) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(fit, RESIZE_QUIET);
  };
  new ResizeObserver(later).observe(host);
  // A phone's keyboard covers the page without resizing it; what stays visible is the page's height.
  visualViewport?.addEventListener('resize', () => {
    document.documentElement.style.setProperty('--visible-height', `${Math.floor(visualViewport?.height ?? 0)}px`);
    later();
  });
}

const MAC = /^mac/i.test(navigator.platform);

/**
 * Does what a key asks of the page. Returns false to keep it from the program.
 * @param {Terminal} term @param {KeyboardEvent} event @param {Wishes} wishes
 */
function ownKey(term, event, wishes) {
  const wanted = wish(event, { mac: MAC, selected: term.hasSelection(), ctrlVPastes: settings.ctrlVPastes });
  if (!wanted) return true;
  // The browser's own paste or copy follows these, and the emulator fills the latter.
  if (wanted !== 'paste' && wanted !== 'take') event.preventDefault();
  switch (wanted) {
    case 'leave': wishes.leave(); break;
    case 'search': wishes.search(); break;
    case 'copy': void copy(term); break;
    case 'take': setTimeout(() => term.clearSelection()); break;
    case 'bigger': choose('fontSize', settings.fontSize + 1); break;
    case 'smaller': choose('fontSize', settings.fontSize - 1); break;
    case 'usual': choose('fontSize', SIZES.usual); break;
  }
  return false;
}

/** A finger scrolls the lines above; the emulator itself knows only the wheel. @param {HTMLElement} host @param {Terminal} term */
function followTouch(host, term) {
  let last = 0;
  host.addEventListener('touchstart', (event) => { last = event.touches[0].clientY; }, { passive: true });
  host.addEventListener('touchmove', (event) => {
    if (event.touches.length !== 1) return;
    const rowHeight = host.clientHeight / term.rows;
    const lines = Math.trunc((last - event.touches[0].clientY) / rowHeight);
    if (lines === 0) return;
    last -= lines * rowHeight;
    term.scrollLines(lines);
  }, { passive: true });
}
