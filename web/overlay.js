// Boxes over the terminal: the steps of a start, how it ended, questions. None of them hides the screen for good.

import { words } from './words.js';

/** The steps that every start takes, in order; the others are shown once they are reported. */
const ALWAYS = ['create', 'verify', 'start'];
const ORDER = ['queue', 'pull', ...ALWAYS];

/**
 * @typedef {object} Choice
 * @property {string} label
 * @property {'primary' | 'danger' | ''} look
 * @property {() => void | Promise<void>} act a rejection is shown in the box, which stays
 *
 * @typedef {object} Box
 * @property {string} title
 * @property {string} text
 * @property {string[]} [facts] short lines below
 * @property {Choice[]} choices the first one gets the focus
 * @property {boolean} [modal] nothing else can be used meanwhile, Escape closes
 */

/** @type {HTMLDialogElement | null} */
let shown = null;

/** Whether a box is shown. */
export function boxIsOpen() {
  return shown !== null;
}

export function closeBox() {
  shown?.close();
  shown?.remove();
  shown = null;
}

/**
 * Shows a box in place of the one before. Unless modal, the screen behind it can be read, selected and scrolled.
 * @param {Box} box
 */
export function openBox(box) {
  closeBox();
  const dialog = element('dialog', { class: 'box', 'aria-labelledby': 'box-title', 'aria-describedby': 'box-text' });
  const problem = element('p', { class: 'alert', role: 'alert', hidden: '' });
  const choices = element('div', { class: 'choices' });
  for (const choice of box.choices) {
    const button = element('button', { type: 'button', class: choice.look }, choice.label);
    button.addEventListener('click', () => void run(choice, button, problem));
    choices.append(button);
  }
  dialog.append(
    element('h2', { id: 'box-title' }, box.title),
    element('p', { id: 'box-text' }, box.text),
    ...(box.facts ?? []).map((fact) => element('p', { class: 'hint' }, fact)),
    problem,
    choices,
  );
  shown = dialog;
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    if (shown === dialog) closeBox();
  });
  if (box.modal) dialog.showModal();
  else dialog.show();
  choices.querySelector('button')?.focus();
}

/** @param {Choice} choice @param {HTMLButtonElement} button @param {HTMLElement} problem */
async function run(choice, button, problem) {
  problem.hidden = true;
  button.disabled = true;
  try {
    await choice.act();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
  button.disabled = false;
}

/** What a start is doing, as a list: one line for each step, with its state in words. */
export class Steps {
  #section;
  #list;
  /** @type {Map<string, string>} */
  #notes = new Map();
  #now = '';

  /** @param {HTMLElement} section with a heading and a list */
  constructor(section) {
    this.#section = section;
    this.#list = /** @type {HTMLElement} */ (section.querySelector('ol'));
    const heading = section.querySelector('h2');
    if (heading) heading.textContent = words.startingTitle;
  }

  /** @param {import('./protocol.js').Progress} progress */
  show(progress) {
    const count = progress.total > 0 ? `${words.of(progress.done, progress.total)}. ` : '';
    this.#now = progress.step;
    this.#notes.set(progress.step, count + progress.text);
    this.#render();
    this.#section.hidden = false;
  }

  hide() {
    this.#section.hidden = true;
    this.#notes.clear();
  }

  #render() {
    const steps = ORDER.filter((step) => ALWAYS.includes(step) || this.#notes.has(step));
    const now = steps.indexOf(this.#now);
    const rows = steps.map((step, index) => {
      const state = index < now ? 'done' : index === now ? 'now' : 'next';
      return row(words.steps[step], state, state === 'now' ? (this.#notes.get(step) ?? '') : '');
    });
    this.#list.replaceChildren(row(words.signedIn, 'done', ''), ...rows);
  }
}

/** @param {string} name @param {'done' | 'now' | 'next'} state @param {string} note */
function row(name, state, note) {
  const item = element('li', state === 'now' ? { class: state, 'aria-current': 'step' } : { class: state });
  item.append(
    element('span', { class: 'step' }, name),
    element('span', { class: 'visually-hidden' }, ` (${words.stepStates[state]}) `),
    element('span', { class: 'hint' }, note === name ? '' : note),
  );
  return item;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, text = '') {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (name !== 'class' || value) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
