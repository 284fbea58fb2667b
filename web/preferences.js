// The box with the terminal's settings.

import { at } from './base.js';
import { LANGUAGES, chosen, speakIn } from './language.js';
import { element, openBox } from './overlay.js';
import { CHOICES, FONT, SCROLLBACK, choose, settings } from './settings.js';
import { words } from './words.js';

/** @typedef {import('./settings.js').ChoiceName} ChoiceName */
/** @typedef {import('./settings.js').SwitchName} SwitchName */

/** @param {() => void} search @param {() => void} close */
export function showSettings(search, close) {
  const { groups } = words.settings;
  openBox({
    title: words.settings.title,
    text: words.settings.text,
    content: [
      group(groups.look, [
        language(), choice('theme'), toggle('darkTerminal'), textSize(), choice('cursor'), toggle('cursorBlinks'),
      ]),
      group(groups.keys, [toggle('ctrlVPastes'), toggle('copyOnSelect'), toggle('pasteWarning'), choice('extraKeys')]),
      group(groups.output, [choice('bell'), scrollback(), toggle('screenReader'), choice('renderer')]),
    ],
    modal: true,
    choices: [
      { label: words.close, look: 'primary', act: close },
      { label: words.search.open, look: '', act: search },
      { label: words.settings.help, look: '', act: () => void open(at('help'), '_blank', 'noopener') },
    ],
  });
}

/** @param {string} title @param {HTMLElement[]} settings */
function group(title, settings) {
  const place = element('fieldset', { class: 'settings' });
  place.append(element('legend', {}, title), ...settings);
  return place;
}

function textSize() {
  const place = element('div', { class: 'setting', role: 'group', 'aria-labelledby': 'text-size' });
  const shown = element('output', { class: 'number', 'aria-live': 'polite' }, words.settings.pixels(settings.fontSize));
  /** @param {string} sign @param {string} name @param {() => number} size */
  const button = (sign, name, size) => {
    const made = element('button', { type: 'button', 'aria-label': name }, sign);
    made.addEventListener('click', () => {
      choose('fontSize', size());
      shown.textContent = words.settings.pixels(settings.fontSize);
    });
    return made;
  };
  place.append(
    element('span', { id: 'text-size' }, words.settings.textSize),
    button('−', words.settings.smaller, () => settings.fontSize - 1),
    shown,
    button('+', words.settings.bigger, () => settings.fontSize + 1),
    button(words.settings.reset, words.settings.resetLabel, () => FONT.usual),
  );
  return place;
}

/** @param {SwitchName} name */
function toggle(name) {
  const label = element('label', { class: 'setting' });
  const box = element('input', { type: 'checkbox' });
  box.checked = settings[name];
  box.addEventListener('change', () => choose(name, box.checked));
  label.append(box, element('span', {}, words.settings.switches[name]));
  return label;
}

/** One of a few words, to be chosen from a list. @param {ChoiceName} name */
export function choice(name) {
  /** @type {readonly string[]} */
  const all = CHOICES[name];
  const { label, options } = words.settings.choices[name];
  return select(label, all.map((value) => [value, /** @type {Record<string, string>} */ (options)[value]]), settings[name],
    (value) => choose(name, /** @type {never} */ (value)));
}

/** The language of this page and all others; the page is loaded anew in it. */
export function language() {
  const { label, auto } = words.settings.language;
  return select(label, [['auto', auto], ...Object.entries(LANGUAGES)], chosen(), speakIn);
}

function scrollback() {
  const options = SCROLLBACK.map((lines) => /** @type {[string, string]} */ ([String(lines), words.settings.lines(lines)]));
  return select(words.settings.scrollback, options, String(settings.scrollback), (value) => choose('scrollback', Number(value)));
}

/**
 * @param {string} text
 * @param {[value: string, text: string][]} options
 * @param {string} now
 * @param {(value: string) => void} chosen
 */
function select(text, options, now, chosen) {
  const label = element('label', { class: 'setting' });
  const field = element('select');
  for (const [value, shown] of options) field.append(element('option', { value }, shown));
  field.value = now;
  field.addEventListener('change', () => chosen(field.value));
  label.append(element('span', {}, text), field);
  return label;
}
