// The terminal's type and colours: one palette for each look of the page, chosen anew whenever that changes.

import { onChange, settings } from './settings.js';

export const FONT_FAMILY = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';

/** @typedef {import('./vendor/xterm.mjs').ITheme} ITheme */
/** @typedef {'light' | 'dark' | 'light-contrast' | 'dark-contrast'} Look */

/** @type {Record<Look, ITheme>} */
const PALETTES = {
  dark: {
    background: '#0b0f10', foreground: '#dfe6e4', cursor: '#4fc3b5', cursorAccent: '#0b0f10',
    selectionBackground: '#2b5752', black: '#1d2527', red: '#f2777a', green: '#7fc98f', yellow: '#e0b566',
    blue: '#7aaef0', magenta: '#c99bea', cyan: '#5fc7ca', white: '#cdd6d4', brightBlack: '#728080',
    brightRed: '#ff9c9a', brightGreen: '#a3e3ae', brightYellow: '#f5d08a', brightBlue: '#a3caff',
    brightMagenta: '#e0bdfb', brightCyan: '#8fe3e4', brightWhite: '#ffffff',
  },
  light: {
    background: '#ffffff', foreground: '#17201f', cursor: '#0b6a62', cursorAccent: '#ffffff',
    selectionBackground: '#bfe3dd', black: '#17201f', red: '#b3261e', green: '#1f6f3d', yellow: '#7d5200',
    blue: '#1d5aa8', magenta: '#8a3a9c', cyan: '#0c6670', white: '#66726f', brightBlack: '#55615f',
    brightRed: '#c93a30', brightGreen: '#2a7d49', brightYellow: '#8f6000', brightBlue: '#2f6cc0',
    brightMagenta: '#9a4bad', brightCyan: '#137480', brightWhite: '#4b5755',
  },
  'dark-contrast': {
    background: '#000000', foreground: '#ffffff', cursor: '#ffff00', cursorAccent: '#000000',
    selectionBackground: '#ffffff', selectionForeground: '#000000', black: '#000000', red: '#ff9a94', green: '#6ee787',
    yellow: '#ffd75f', blue: '#99c3ff', magenta: '#e9b3ff', cyan: '#6fe7ea', white: '#ffffff', brightBlack: '#b4bdbb',
    brightRed: '#ffbdb8', brightGreen: '#a6f5b4', brightYellow: '#ffe79a', brightBlue: '#c2dcff',
    brightMagenta: '#f3d2ff', brightCyan: '#adf5f6', brightWhite: '#ffffff',
  },
  'light-contrast': {
    background: '#ffffff', foreground: '#000000', cursor: '#0000c8', cursorAccent: '#ffffff',
    selectionBackground: '#000000', selectionForeground: '#ffffff', black: '#000000', red: '#8a0f08', green: '#0b4f22',
    yellow: '#5a3a00', blue: '#0a3c82', magenta: '#651a77', cyan: '#004a52', white: '#3a4442', brightBlack: '#3a4442',
    brightRed: '#9c1a12', brightGreen: '#12592a', brightYellow: '#634200', brightBlue: '#14489a',
    brightMagenta: '#74258a', brightCyan: '#06545d', brightWhite: '#2a3331',
  },
};

/**
 * Programs choose colours for a dark screen; where these could not be read, the emulator moves them until they have this
 * contrast to what is behind them. 1: as they are.
 * @type {Record<Look, number>}
 */
const LEAST_CONTRAST = { dark: 1, light: 4.5, 'dark-contrast': 7, 'light-contrast': 7 };

/** Backgrounds of search matches, on which the colours of the palette can still be read. @type {Record<Look, {match: string, active: string}>} */
const MARKS = {
  dark: { match: '#3b3a1a', active: '#7a5300' },
  light: { match: '#fff1b8', active: '#ffd04d' },
  'dark-contrast': { match: '#3b3a1a', active: '#6b4a00' },
  'light-contrast': { match: '#fff1b8', active: '#ffd04d' },
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const forced = matchMedia('(forced-colors: active)');

/** How the terminal looks now. @returns {Look} */
export function look() {
  const theme = document.documentElement.dataset.theme ?? 'auto';
  const scheme = theme.startsWith('auto') ? (dark.matches ? 'dark' : 'light') : theme.startsWith('dark') ? 'dark' : 'light';
  const shown = settings.darkTerminal && !forced.matches ? 'dark' : scheme;
  return theme.endsWith('contrast') || forced.matches ? `${shown}-contrast` : shown;
}

/** The colours of what search has found. */
export function marks() {
  return MARKS[look()];
}

/** Keeps the colours of `term` as the page's look wants them. @param {import('./vendor/xterm.mjs').Terminal} term */
export function followLook(term) {
  const apply = () => {
    const now = look();
    document.documentElement.dataset.terminal = now.startsWith('dark') ? 'dark' : 'light';
    term.options.theme = forced.matches ? { ...PALETTES[now], ...systemColours() } : PALETTES[now];
    term.options.minimumContrastRatio = LEAST_CONTRAST[now];
  };
  dark.addEventListener('change', apply);
  forced.addEventListener('change', apply);
  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  onChange(apply);
  apply();
}

/** The colours that the system forces on every page, as the emulator can read them. @returns {ITheme} */
function systemColours() {
  const probe = document.createElement('span');
  document.body.append(probe);
  /** @param {string} name */
  const colour = (name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  };
  const [background, foreground] = [colour('Canvas'), colour('CanvasText')];
  const theme = {
    background, foreground, cursor: foreground, cursorAccent: background,
    selectionBackground: colour('Highlight'), selectionForeground: colour('HighlightText'),
  };
  probe.remove();
  return theme;
}
