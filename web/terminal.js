// The emulator: made, set as the person wants it, fitted to its place, and taught which keys and clicks are the page's.

import './style-shim.js';
import { Terminal } from './vendor/xterm.mjs';
import { FitAddon } from './vendor/addon-fit.mjs';
import { UnicodeGraphemesAddon } from './vendor/addon-unicode-graphemes.mjs';
import { WebLinksAddon } from './vendor/addon-web-links.mjs';
import { copy, copySelected, guardPaste } from './clipboard.js';
import { wish } from './keys.js';
import { linkHandler } from './links.js';
import { FONT_FAMILY, followLook } from './palette.js';
import { MAX_SIZE } from './protocol.js';
import { FONT as SIZES, choose, onChange, settings } from './settings.js';
import { followTouch } from './touch.js';
import { words } from './words.js';

/** Milliseconds that a size must hold before it is told. */
const RESIZE_QUIET = 40;
/** How often fitting is refined at most. */
const FIT_ROUNDS = 3;
/** Share of the window below which what is left of it must be for an on-screen keyboard to be there. */
const KEYBOARD = 0.75;

/**
 * @typedef {object} Wishes
 * @property {(text: string) => void} typed
 * @property {(bytes: Uint8Array) => void} raw what was "typed" but is no text
 * @property {(cols: number, rows: number) => void} resized
 * @property {(title: string) => void} titled
 * @property {() => void} rung
 * @property {() => void} leave the person wants the focus out of the terminal
 * @property {() => void} search
 * @property {(x: number, y: number) => void} menu is asked for at that place of the window
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
    fontFamily: FONT_FAMILY,
    lineHeight: 1.1, // at 1 the row cuts the underscore of common fonts off
    linkHandler,
    scrollOnUserInput: true,
    macOptionIsMeta: true,
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  term.loadAddon(new UnicodeGraphemesAddon());
  term.loadAddon(new WebLinksAddon(linkHandler.activate, linkHandler));
  followLook(term);
  obey(term);
  Terminal.strings.promptLabel = words.terminalLabel;
  Terminal.strings.tooMuchOutput = words.tooMuchOutput;
  term.open(host);

  let held = false;
  const refit = () => {
    if (held) return;
    const { cols, rows } = term;
    fitWithin(term, fit);
    if (cols !== term.cols || rows !== term.rows) wishes.resized(term.cols, term.rows);
  };
  fitWithin(term, fit);
  followSize(host, refit);
  onChange(() => {
    obey(term);
    refit();
  });
  term.onData(wishes.typed);
  term.onBinary((data) => wishes.raw(Uint8Array.from(data, (c) => c.charCodeAt(0))));
  term.onTitleChange(wishes.titled);
  term.onBell(wishes.rung);
  term.attachCustomKeyEventHandler((event) => ownKey(term, event, wishes));
  guardPaste(host, term);
  copySelected(host, term);
  followTouch(host, term, wishes.menu);
  host.addEventListener('contextmenu', (event) => ownMenu(term, event, wishes));
  /** @param {{cols: number, rows: number} | null} size */
  const hold = (size) => {
    held = size !== null;
    if (size) term.resize(size.cols, size.rows);
    else refit();
  };
  return { term, refit, hold };
}

/** Sets what the person has chosen. @param {Terminal} term */
function obey(term) {
  term.options.fontSize = settings.fontSize;
  term.options.cursorStyle = settings.cursor;
  term.options.cursorBlink = settings.cursorBlinks && !matchMedia('(prefers-reduced-motion: reduce)').matches;
  term.options.scrollback = settings.scrollback;
  term.options.screenReaderMode = settings.screenReader;
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
  followKeyboard(later);
}

/**
 * A phone's keyboard covers the page without resizing it, and may move it: what stays visible is the page's place. Zooming
 * with two fingers makes that smaller, too, and must change nothing.
 * @param {() => void} changed
 */
function followKeyboard(changed) {
  const viewport = visualViewport;
  if (!viewport) return;
  const { style, dataset } = document.documentElement;
  const apply = () => {
    const height = viewport.height * viewport.scale;
    style.setProperty('--visible-height', `${Math.floor(height)}px`);
    style.setProperty('--visible-top', `${viewport.scale > 1 ? 0 : Math.floor(viewport.offsetTop)}px`);
    if (height < innerHeight * KEYBOARD) dataset.keyboard = 'open';
    else delete dataset.keyboard;
    changed();
  };
  viewport.addEventListener('resize', apply);
  viewport.addEventListener('scroll', apply);
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

/**
 * The right button and the menu key open our menu. The right button is the program's where that has asked for the mouse;
 * with Shift it is the browser's.
 * @param {Terminal} term @param {MouseEvent} event @param {Wishes} wishes
 */
function ownMenu(term, event, wishes) {
  if (event.shiftKey) return;
  event.preventDefault();
  if (event.button !== 2 || term.modes.mouseTrackingMode === 'none') wishes.menu(event.clientX, event.clientY);
}
