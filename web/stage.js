// Where a recording is drawn: the emulator of the terminal's page, without anybody to hear what it answers or is typed.

import './style-shim.js';
import { Terminal } from './vendor/xterm.mjs';
import { FitAddon } from './vendor/addon-fit.mjs';
import { UnicodeGraphemesAddon } from './vendor/addon-unicode-graphemes.mjs';
import { FONT_FAMILY, followLook } from './palette.js';
import { onChange, settings } from './settings.js';

/** Pixels of the text: as large as the window lets the recorded size be, within these. */
const TEXT = { least: 6, most: 22 };
/** How often the size of the text is refined at most. */
const ROUNDS = 6;

/** @typedef {import('./cast.js').Size} Size */

/** Draws in the order of the calls, though the emulator takes its time. */
export class Stage {
  /** Characters that are not drawn yet. */
  pending = 0;
  #fit = new FitAddon();
  #term = new Terminal({
    allowProposedApi: true, // asked for by the grapheme add-on
    cursorInactiveStyle: 'outline',
    disableStdin: true,
    fontFamily: FONT_FAMILY,
    lineHeight: 1.1,
    linkHandler: { activate() {} }, // a link of a recording leads nowhere
    scrollback: 1000,
  });

  /** @param {HTMLElement} host */
  constructor(host) {
    const term = this.#term;
    term.loadAddon(this.#fit);
    term.loadAddon(new UnicodeGraphemesAddon());
    followLook(term);
    const obey = () => { term.options.screenReaderMode = settings.screenReader; };
    onChange(obey);
    obey();
    term.attachCustomKeyEventHandler(() => false); // keys are the page's
    term.open(host);
    if (term.textarea) term.textarea.tabIndex = -1;
    new ResizeObserver(() => this.#scale()).observe(host);
  }

  /** @param {Size} size @param {Uint8Array | null} screen */
  restart(size, screen) {
    this.#then(() => {
      this.#term.reset();
      this.#take(size);
    });
    if (screen) this.#term.write(screen);
  }

  /** @param {string} text */
  write(text) {
    this.pending += text.length;
    this.#term.write(text, () => { this.pending -= text.length; });
  }

  /** @param {Size} size */
  resize(size) {
    this.#then(() => this.#take(size));
  }

  /** @returns {Promise<void>} */
  drawn() {
    return new Promise((resolve) => this.#then(resolve));
  }

  /** Behind all that was given so far. @param {() => void} act */
  #then(act) {
    this.#term.write('', act);
  }

  /** @param {Size} size */
  #take({ cols, rows }) {
    if (cols !== this.#term.cols || rows !== this.#term.rows) this.#term.resize(cols, rows);
    this.#scale();
  }

  /** As large as fits: a guess that may be a little too large, since the emulator rounds, then smaller. */
  #scale() {
    const { cols, rows } = this.#term;
    const first = this.#fits();
    if (!first) return;
    this.#text = this.#text * Math.min((first.cols + 1) / cols, (first.rows + 1) / rows);
    for (let round = 0; round < ROUNDS; round += 1) {
      const now = this.#fits();
      if (!now || (now.cols >= cols && now.rows >= rows)) return;
      this.#text -= 0.5;
    }
  }

  /** Columns and rows for which there is room. */
  #fits() {
    const fits = this.#fit.proposeDimensions();
    return fits && Number.isFinite(fits.cols) && Number.isFinite(fits.rows) ? fits : null;
  }

  get #text() {
    return this.#term.options.fontSize ?? TEXT.most;
  }

  set #text(pixels) {
    this.#term.options.fontSize = Math.min(TEXT.most, Math.max(TEXT.least, Math.floor(pixels * 2) / 2));
  }
}
