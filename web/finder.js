// The search of a recording: the daemon looks through all of it, and this leads from match to match.

import { element } from './overlay.js';
import { words } from './words.js';

/** @typedef {import('./cast.js').Hit} Hit */
/**
 * @typedef {object} Recording
 * @property {(text: string, signal: AbortSignal) => Promise<import('./cast.js').Found>} find
 * @property {() => number} position milliseconds
 * @property {(time: number) => void} seek
 * @property {(hits: Hit[]) => void} found
 * @property {(error: unknown) => void} failed
 * @property {() => void} left the focus goes elsewhere
 */

export class Finder {
  #form;
  #recording;
  #field = element('input', {
    type: 'search', 'aria-label': words.replay.search.field, autocomplete: 'off', spellcheck: 'false', maxlength: '200',
  });
  #count = element('span', { class: 'number', role: 'status' });
  /** What was looked for last. */
  #text = '';
  /** @type {Hit[]} */
  #hits = [];
  #more = false;
  #chosen = -1;
  #wish = new AbortController();

  /** @param {HTMLElement} form @param {Recording} recording */
  constructor(form, recording) {
    this.#form = form;
    this.#recording = recording;
    form.setAttribute('aria-label', words.replay.search.label);
    form.append(
      this.#field, this.#count,
      this.#button('↑', words.replay.search.previous, () => void this.go(-1)),
      this.#button('↓', words.replay.search.next, () => void this.go(1)),
      this.#button('✕', words.replay.search.close, () => this.close()),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.go(1);
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && event.shiftKey && event.target === this.#field) void this.go(-1);
      else return;
      event.preventDefault();
    });
  }

  open() {
    this.#form.hidden = false;
    this.#field.focus();
    this.#field.select();
  }

  close() {
    this.#wish.abort();
    this.#form.hidden = true;
    this.#text = '';
    this.#show([], false);
    this.#count.textContent = '';
    this.#recording.left();
  }

  /** To the next match, or the one before; searches first if another text is wanted. @param {1 | -1} way */
  async go(way) {
    if (this.#form.hidden) return this.open();
    if (this.#field.value.trim() === '') return;
    const fresh = this.#field.value !== this.#text;
    if (fresh && !await this.#search(this.#field.value)) return;
    const at = this.#recording.position();
    const lies = this.#hits.map((hit, index) => (hit.time - at || index - this.#chosen) * way > 0);
    const next = way > 0 ? lies.indexOf(true) : lies.lastIndexOf(true);
    const found = fresh ? Math.max(0, next) : next;
    if (found < 0) return; // no further one
    this.#chosen = found;
    this.#tell();
    this.#recording.seek(this.#hits[found].time);
  }

  /** @param {string} text @returns {Promise<boolean>} whether it was found */
  async #search(text) {
    this.#wish.abort();
    const wish = this.#wish = new AbortController();
    this.#count.textContent = words.replay.search.searching;
    try {
      const { hits, more } = await this.#recording.find(text, wish.signal);
      if (wish.signal.aborted) return false;
      this.#text = text;
      this.#show(hits, more);
      return hits.length > 0;
    } catch (error) {
      if (wish.signal.aborted) return false;
      this.#count.textContent = '';
      this.#recording.failed(error);
      return false;
    }
  }

  /** @param {Hit[]} hits @param {boolean} more */
  #show(hits, more) {
    this.#hits = hits;
    this.#more = more;
    this.#chosen = -1;
    this.#recording.found(hits);
    this.#tell();
  }

  #tell() {
    const { none, count } = words.replay.search;
    this.#count.textContent = this.#hits.length === 0 ? none : count(this.#chosen + 1, this.#hits.length, this.#more);
  }

  /** @param {string} sign @param {string} name @param {() => void} act */
  #button(sign, name, act) {
    const button = element('button', { type: 'button', 'aria-label': name, title: name }, sign);
    button.addEventListener('click', act);
    return button;
  }
}
