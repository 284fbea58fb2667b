// Fingers on the terminal, of which the emulator knows nothing: one that moves scrolls, one that rests selects.

/** Milliseconds after which a finger that has not moved selects. */
const HOLD = 500;
/** Pixels that a resting finger may stray. */
const STRAY = 8;
/** Pixels a millisecond from which on the lines go on when the finger leaves, and below which they stop. */
const SPEED = { goes: 0.4, stops: 0.03 };
/** Share of the speed that is left after a millisecond. */
const GLIDE = 0.997;
/** Pixels of a wheel's notch, as browsers tell them; the emulator makes one line of each. */
const NOTCH = 100;

/** @typedef {import('./vendor/xterm.mjs').Terminal} Terminal */
/** @typedef {{x: number, y: number}} Spot in pixels of the window */
/** @typedef {{column: number, row: number}} Cell from 0; rows count from the first line that is kept */

/**
 * @param {HTMLElement} host
 * @param {Terminal} term
 * @param {(x: number, y: number) => void} menu is asked for where a finger rested
 */
export function followTouch(host, term, menu) {
  new Touch(host, term, menu);
}

class Touch {
  #host;
  #term;
  #menu;
  /** The last place of the one finger; `null` if there is none, or more than one. @type {Spot | null} */
  #at = null;
  #start = { x: 0, y: 0 };
  #moved = false;
  /** Where the selection began. @type {{from: Cell, to: Cell} | null} */
  #held = null;
  /** Pixels scrolled that make no whole line yet. */
  #rest = 0;
  /** Pixels a millisecond, and when it was measured. */
  #speed = 0;
  #when = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} host @param {Terminal} term @param {(x: number, y: number) => void} menu */
  constructor(host, term, menu) {
    this.#host = host;
    this.#term = term;
    this.#menu = menu;
    host.addEventListener('touchstart', (event) => this.#down(event), { passive: true });
    host.addEventListener('touchmove', (event) => this.#move(event), { passive: true });
    host.addEventListener('touchend', (event) => this.#up(event), { passive: false });
    host.addEventListener('touchcancel', () => this.#letGo());
    host.addEventListener('contextmenu', (event) => this.#pressed(event), { capture: true });
  }

  /** The browser has its own idea of how long a press is long; it may come first, or when the finger is gone. @param {MouseEvent} event */
  #pressed(event) {
    const byFinger = this.#at || /** @type {PointerEvent} */ (event).pointerType === 'touch';
    if (!byFinger) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#held || this.#moved) return;
    clearTimeout(this.#timer);
    this.#hold();
    if (this.#at) return;
    this.#letGo();
    this.#openMenu(this.#start);
  }

  /** @param {TouchEvent} event */
  #down(event) {
    this.#letGo();
    if (event.touches.length !== 1) return;
    this.#at = this.#start = spot(event.touches[0]);
    this.#when = event.timeStamp;
    this.#timer = setTimeout(() => this.#hold(), HOLD);
  }

  /** @param {TouchEvent} event */
  #move(event) {
    if (!this.#at) return;
    const now = spot(event.touches[0]);
    if (this.#held) {
      this.#select(this.#held, this.#cell(now));
    } else if (this.#moved || Math.hypot(now.x - this.#start.x, now.y - this.#start.y) > STRAY) {
      clearTimeout(this.#timer);
      this.#moved = true;
      const way = this.#at.y - now.y;
      const time = Math.max(1, event.timeStamp - this.#when);
      this.#speed = (this.#speed + way / time) / 2;
      this.#scroll(way, now);
    } else {
      return; // it may still be a resting one: what it strayed counts once it moves
    }
    this.#when = event.timeStamp;
    this.#at = now;
  }

  /** @param {TouchEvent} event */
  #up(event) {
    const { x, y } = this.#at ?? this.#start;
    const held = this.#held !== null;
    const glides = this.#at && this.#moved && this.#ours() && Math.abs(this.#speed) > SPEED.goes;
    if ((held || this.#moved) && event.cancelable) event.preventDefault(); // no click follows
    const speed = this.#speed;
    this.#letGo();
    if (held) this.#openMenu({ x, y });
    else if (glides && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.#glide(speed, { x, y });
  }

  #letGo() {
    clearTimeout(this.#timer);
    this.#at = this.#held = null;
    this.#moved = false;
    this.#speed = this.#rest = 0;
  }

  /** Lines go on for a moment, slower and slower, until a finger comes back. @param {number} speed @param {Spot} at */
  #glide(speed, at) {
    let last = performance.now();
    this.#speed = speed;
    const step = () => {
      const now = performance.now();
      if (this.#at || !this.#ours() || Math.abs(this.#speed) < SPEED.stops) return;
      this.#scroll(this.#speed * (now - last), at);
      this.#speed *= GLIDE ** (now - last);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** @param {number} pixels upwards @param {Spot} at */
  #scroll(pixels, at) {
    const height = this.#screen().height / this.#term.rows;
    this.#rest += pixels;
    const lines = Math.trunc(this.#rest / height);
    this.#rest -= lines * height;
    if (this.#ours()) this.#term.scrollLines(lines);
    else for (let count = Math.min(Math.abs(lines), this.#term.rows); count > 0; count -= 1) this.#wheel(Math.sign(lines), at);
  }

  /** Whether scrolling is ours: a program that fills the screen, or follows the mouse, does it itself. */
  #ours() {
    return this.#term.buffer.active.type === 'normal' && this.#term.modes.mouseTrackingMode === 'none';
  }

  /** Below the line of the finger, so that what is selected can be seen. @param {Spot} at */
  #openMenu({ x, y }) {
    this.#menu(x, y + this.#screen().height / this.#term.rows);
  }

  /** One notch, since a finger is a wheel to a program. @param {number} way @param {Spot} at */
  #wheel(way, { x, y }) {
    this.#host.querySelector('.xterm-screen')?.dispatchEvent(new WheelEvent('wheel', {
      deltaY: way * NOTCH, clientX: x, clientY: y, bubbles: true, cancelable: true,
    }));
  }

  /** The word under the finger is selected, if there is one. */
  #hold() {
    const { column, row } = this.#cell(this.#start);
    const line = this.#term.buffer.active.getLine(row);
    /** @param {number} at */
    const inWord = (at) => at >= 0 && at < this.#term.cols && (line?.getCell(at)?.getWidth() === 0
      || /\S/.test(line?.getCell(at)?.getChars() ?? ''));
    let [from, to] = [column, column];
    while (inWord(from - 1) && inWord(column)) from -= 1;
    while (inWord(to + 1) && inWord(column)) to += 1;
    this.#held = { from: { column: from, row }, to: { column: to, row } };
    this.#term.clearSelection();
    if (inWord(column)) this.#term.select(from, row, to - from + 1);
  }

  /** From the word that was held to `end`, whichever comes first. @param {{from: Cell, to: Cell}} held @param {Cell} end */
  #select({ from, to }, end) {
    const { cols } = this.#term;
    /** @param {Cell} cell */
    const index = (cell) => cell.row * cols + cell.column;
    const first = index(end) < index(from) ? end : from;
    const last = index(end) > index(to) ? end : to;
    this.#term.select(first.column, first.row, index(last) - index(first) + 1);
  }

  /** @param {Spot} at @returns {Cell} */
  #cell({ x, y }) {
    const { left, top, width, height } = this.#screen();
    const { cols, rows } = this.#term;
    /** @param {number} share @param {number} count */
    const nth = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return { column: nth((x - left) / width, cols), row: nth((y - top) / height, rows) + this.#term.buffer.active.viewportY };
  }

  #screen() {
    return (this.#host.querySelector('.xterm-screen') ?? this.#host).getBoundingClientRect();
  }
}

/** @param {globalThis.Touch} finger @returns {Spot} */
function spot({ clientX, clientY }) {
  return { x: clientX, y: clientY };
}
