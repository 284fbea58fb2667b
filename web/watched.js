// Administrators who look at the session: its owner sees that as long as it lasts, and hears of it afterwards.

import { words } from './words.js';

export class Watched {
  #mark;
  #strips;
  #announce;
  /** @type {string[]} */
  #by = [];
  /** The last look that was told, in Unix seconds. */
  #told = 0;

  /** @param {HTMLElement} mark @param {import('./notices.js').Strips} strips @param {(text: string) => void} announce */
  constructor(mark, strips, announce) {
    this.#mark = mark;
    this.#strips = strips;
    this.#announce = announce;
  }

  /** @param {import('./protocol.js').Watched} frame who looks now, and who did before */
  now({ by, before }) {
    const isNew = by.some((name) => !this.#by.includes(name));
    const wentAway = this.#by.length > 0 && by.length === 0; // its time, in whole seconds, may be one that was told already
    this.#by = by;
    this.#mark.hidden = by.length === 0;
    this.#mark.textContent = by.length === 0 ? '' : words.watched.mark(by);
    this.#mark.title = by.length === 0 ? '' : words.watched.now(by);
    const last = Math.max(0, ...before.map(({ until }) => until));
    if (by.length > 0) {
      if (isNew) this.#show(words.watched.now(by));
    } else if (wentAway || last > this.#told) {
      this.#show(words.watched.before(before));
    }
    this.#told = Math.max(this.#told, last);
  }

  /** @param {string} text */
  #show(text) {
    this.#strips.show('watched', text, { label: words.hide, act: () => this.#strips.hide('watched') });
    this.#announce(text);
  }
}
