// The box with the terminal's settings.

import { at } from './base.js';
import { element, openBox } from './overlay.js';
import { FONT, choose, settings } from './settings.js';
import { words } from './words.js';

/** @param {() => void} search @param {() => void} close */
export function showSettings(search, close) {
  openBox({
    title: words.settings.title,
    text: words.settings.text,
    content: [
      textSize(),
      toggle('ctrlVPastes', words.settings.ctrlV),
      toggle('screenReader', words.settings.screenReader),
    ],
    modal: true,
    choices: [
      { label: words.close, look: 'primary', act: close },
      { label: words.search.open, look: '', act: search },
      { label: words.settings.help, look: '', act: () => void open(at('help'), '_blank', 'noopener') },
    ],
  });
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

/** @param {'ctrlVPastes' | 'screenReader'} name @param {string} text */
function toggle(name, text) {
  const label = element('label', { class: 'setting' });
  const box = element('input', { type: 'checkbox' });
  box.checked = settings[name];
  box.addEventListener('change', () => choose(name, box.checked));
  label.append(box, element('span', {}, text));
  return label;
}
