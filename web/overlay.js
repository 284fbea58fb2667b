// Boxes over the terminal: how it ended, facts, settings, questions. None of them hides the screen for good.

/**
 * @typedef {object} Choice
 * @property {string} label
 * @property {'primary' | 'danger' | ''} look
 * @property {() => void | Promise<void>} act a rejection is shown in the box, which stays
 *
 * @typedef {object} Box
 * @property {string} title
 * @property {string} text
 * @property {HTMLElement[]} [content] what stands below the text
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
 * @returns the box, which is no longer in the document once it is closed
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
    ...(box.content ?? []),
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
  return dialog;
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
