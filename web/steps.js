// What a start is doing, as a list: one line for each step, with its state in words, and how long it has taken so far.

import { byId, element } from './overlay.js';
import { words } from './words.js';

/** The steps that every start takes, in order; the others are shown once they are reported. */
const ALWAYS = ['create', 'verify', 'start'];
const ORDER = ['queue', 'pull', ...ALWAYS];

export class Steps {
  #section = byId('starting');
  #announce;
  /** @type {Map<string, string>} */
  #notes = new Map();
  #now = '';
  #began = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  /** @param {(text: string) => void} announce each step, for those who do not see it */
  constructor(announce) {
    this.#announce = announce;
    byId('starting-title').textContent = words.startingTitle;
  }

  /** @param {import('./protocol.js').Progress} progress */
  show(progress) {
    const { step } = progress;
    const note = words.stepNote(progress);
    if (step !== this.#now || step === 'queue') this.#announce(`${words.steps[step]}: ${note}`);
    this.#now = step;
    this.#notes.set(step, note);
    this.#render();
    if (this.#clock !== undefined) return;
    this.#began = performance.now();
    this.#clock = setInterval(() => this.#tick(), 1000);
    this.#tick();
    this.#section.hidden = false;
  }

  hide() {
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#section.hidden = true;
    this.#notes.clear();
    this.#now = '';
  }

  #tick() {
    byId('elapsed').textContent = words.elapsed((performance.now() - this.#began) / 1000);
  }

  #render() {
    const steps = ORDER.filter((step) => ALWAYS.includes(step) || this.#notes.has(step));
    const now = steps.indexOf(this.#now);
    const rows = steps.map((step, index) => {
      const state = index < now ? 'done' : index === now ? 'now' : 'next';
      return row(words.steps[step], state, state === 'now' ? (this.#notes.get(step) ?? '') : '');
    });
    byId('steps').replaceChildren(row(words.signedIn, 'done', ''), ...rows);
  }
}

/** @param {string} name @param {'done' | 'now' | 'next'} state @param {string} note */
function row(name, state, note) {
  const item = element('li', state === 'now' ? { class: state, 'aria-current': 'step' } : { class: state });
  item.append(
    element('span', { class: 'step' }, name),
    element('span', { class: 'visually-hidden' }, ` (${words.stepStates[state]}) `),
    element('span', { class: 'hint' }, note),
  );
  return item;
}
