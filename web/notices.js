// Strips above the footer: things to know that end nothing. They never take the focus, so typing goes on.

import { element } from './overlay.js';

/** Seconds before the end of a countdown at which it is announced once more. */
const LAST_CALL = 10;

/**
 * @typedef {'link' | 'watch' | 'watched' | 'idle' | 'lifetime' | 'directory' | 'oom'
 *   | 'gap' | 'recorded' | 'unrecorded' | 'input' | 'module' | 'clipboard'} Kind
 */

export class Strips {
  #place;
  #announce;
  /** @type {Map<Kind, {strip: HTMLElement, text: HTMLElement, timer?: ReturnType<typeof setInterval>}>} */
  #shown = new Map();

  /** @param {HTMLElement} place @param {(text: string) => void} announce for those who do not see it appear */
  constructor(place, announce) {
    this.#place = place;
    this.#announce = announce;
  }

  /**
   * Shows a strip, or changes the one of this kind.
   * @param {Kind} kind
   * @param {string} text
   * @param {{label: string, act: () => void}} [choice]
   */
  show(kind, text, choice) {
    const there = this.#shown.get(kind);
    if (there) {
      clearInterval(there.timer);
      there.text.textContent = text;
      return;
    }
    const strip = element('div', { class: `strip ${kind}` });
    const words = element('p', {}, text);
    strip.append(words);
    if (choice) {
      const button = element('button', { type: 'button' }, choice.label);
      button.addEventListener('mousedown', (event) => event.preventDefault()); // the terminal keeps the focus
      button.addEventListener('click', choice.act);
      strip.append(button);
    }
    this.#place.append(strip);
    this.#shown.set(kind, { strip, text: words });
    this.#announce(text);
  }

  /**
   * A strip that counts down, once a second, to 0. It is announced when it appears and once more near the end.
   * @param {Kind} kind
   * @param {number} seconds
   * @param {(seconds: number) => string} text
   * @param {{label: string, act: () => void}} [choice]
   */
  countDown(kind, seconds, text, choice) {
    const end = performance.now() + seconds * 1000;
    this.show(kind, text(seconds), choice);
    const entry = this.#shown.get(kind);
    if (!entry) return;
    entry.timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      entry.text.textContent = text(left);
      if (left === LAST_CALL && seconds > LAST_CALL) this.#announce(text(left));
      if (left === 0) clearInterval(entry.timer);
    }, 1000);
  }

  /** @param {Kind} kind */
  hide(kind) {
    const entry = this.#shown.get(kind);
    if (!entry) return;
    clearInterval(entry.timer);
    entry.strip.remove();
    this.#shown.delete(kind);
  }

  hideAll() {
    for (const kind of [...this.#shown.keys()]) this.hide(kind);
  }

  /** Draws the eye to a strip, because something just did not happen. @param {Kind} kind */
  flash(kind) {
    const strip = this.#shown.get(kind)?.strip;
    if (!strip) return;
    strip.classList.remove('flash');
    void strip.offsetWidth; // starts the animation anew
    strip.classList.add('flash');
  }
}
