// A row of the keys that on-screen keyboards lack. Ctrl and Alt hold for the next key, or, pressed twice, until they are
// pressed again.

import { element } from './overlay.js';
import { onChange, settings } from './settings.js';
import { words } from './words.js';

/** Milliseconds after which a key that is held repeats, and between two of these. */
const REPEAT = { after: 450, every: 70 };

/** What each key sends; those with a letter are written as CSI or SS3, those with a number as CSI number `~`. @type {Record<string, string | number>} */
const KEYS = {
  escape: '\x1b', tab: '\t', up: 'A', down: 'B', right: 'C', left: 'D', home: 'H', end: 'F', pageUp: 5, pageDown: 6,
};
/** @type {string[][]} */
const ROWS = [
  ['escape', '|', '/', '-', '~', 'home', 'up', 'end'],
  ['tab', 'ctrl', 'alt', 'pageUp', 'pageDown', 'left', 'down', 'right'],
];

/** @typedef {'ctrl' | 'alt'} Modifier */
/** @typedef {'off' | 'once' | 'locked'} Hold */
/** @typedef {Record<Modifier, boolean>} Held */

/**
 * The bytes of a key of the row.
 * @param {string} key a name of `KEYS`, or the character itself
 * @param {Held} held
 * @param {boolean} application whether the program has switched the cursor keys to their other form
 */
export function sequence(key, { ctrl, alt }, application) {
  const code = KEYS[key] ?? key;
  const modifiers = 1 + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  if (typeof code === 'number') return modifiers > 1 ? `\x1b[${code};${modifiers}~` : `\x1b[${code}~`;
  if (!/^[A-Z]$/.test(code)) return typed(code, { ctrl, alt });
  if (modifiers > 1) return `\x1b[1;${modifiers}${code}`;
  return (application ? '\x1bO' : '\x1b[') + code;
}

/**
 * A character as it is typed while modifiers are held.
 * @param {string} char
 * @param {Held} held
 */
export function typed(char, { ctrl, alt }) {
  return (alt ? '\x1b' : '') + (ctrl ? control(char) : char);
}

/** What Ctrl makes of a character, as terminals have it; others stay as they are. @param {string} char */
function control(char) {
  if (/^[@-_a-z]$/.test(char)) return String.fromCharCode(char.charCodeAt(0) & 0x1f);
  /** @type {Record<string, string>} */
  const others = { ' ': '\0', '?': '\x7f', '/': '\x1f', '-': '\x1f', '~': '\x1e', '|': '\x1c' };
  return others[char] ?? char;
}

export class ExtraKeys {
  /** @type {import('./vendor/xterm.mjs').Terminal | undefined} */
  #term;
  /** @type {Record<Modifier, Hold>} */
  #holds = { ctrl: 'off', alt: 'off' };
  /** @type {Map<Modifier, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} place is shown and hidden as it is wished */
  constructor(place) {
    const coarse = matchMedia('(pointer: coarse)');
    const show = () => {
      const { extraKeys } = settings;
      place.hidden = extraKeys === 'never' || (extraKeys === 'auto' && !coarse.matches);
      if (place.hidden) this.#hold({ ctrl: 'off', alt: 'off' });
    };
    for (const row of ROWS) for (const key of row) place.append(this.#button(key));
    place.setAttribute('aria-label', words.extraKeys.label);
    place.addEventListener('mousedown', (event) => event.preventDefault()); // the on-screen keyboard stays as it is
    coarse.addEventListener('change', show);
    onChange(show);
    show();
  }

  /** The keys are typed into this. @param {import('./vendor/xterm.mjs').Terminal} term */
  serve(term) {
    this.#term = term;
    // On-screen keyboards compose words, and hand them over only at their end; a letter that belongs to Ctrl goes at once.
    const { textarea } = term;
    textarea?.addEventListener('input', (event) => {
      const { inputType, data } = /** @type {InputEvent} */ (event);
      if (inputType !== 'insertCompositionText' || !data || !this.#anyHeld()) return;
      textarea.blur(); // ends the composition, and the emulator forgets what it was
      textarea.focus();
      term.input(data);
    });
  }

  /** What was typed, with what is held. @param {string} text */
  modified(text) {
    // A sequence is a key of its own, an answer of the emulator's or a paste.
    if (!this.#anyHeld() || text === '' || /^\x1b./s.test(text)) return text;
    const [first, ...rest] = text;
    return typed(first, this.#take()) + rest.join('');
  }

  #anyHeld() {
    return this.#holds.ctrl !== 'off' || this.#holds.alt !== 'off';
  }

  /** Which are held; those that hold for one key are let go. @returns {Held} */
  #take() {
    const { ctrl, alt } = this.#holds;
    this.#hold({ ctrl: ctrl === 'once' ? 'off' : ctrl, alt: alt === 'once' ? 'off' : alt });
    return { ctrl: ctrl !== 'off', alt: alt !== 'off' };
  }

  /** @param {Record<Modifier, Hold>} holds */
  #hold(holds) {
    this.#holds = holds;
    for (const [modifier, button] of this.#buttons) {
      button.setAttribute('aria-pressed', String(holds[modifier] !== 'off'));
      button.classList.toggle('locked', holds[modifier] === 'locked');
    }
  }

  /** @param {string} key */
  #button(key) {
    const { signs, names } = words.extraKeys;
    const button = element('button', { type: 'button' }, signs[key] ?? key);
    if (names[key]) button.setAttribute('aria-label', names[key]);
    if (key === 'ctrl' || key === 'alt') {
      this.#buttons.set(key, button);
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', () => this.#hold({ ...this.#holds, [key]: next(this.#holds[key]) }));
    } else {
      repeating(button, () => this.#press(key));
    }
    return button;
  }

  /** @param {string} key */
  #press(key) {
    this.#term?.input(sequence(key, this.#take(), this.#term.modes.applicationCursorKeysMode));
  }
}

/** @param {Hold} hold @returns {Hold} */
function next(hold) {
  return hold === 'off' ? 'once' : hold === 'once' ? 'locked' : 'off';
}

/** Acts on each press, and again and again while the finger stays. @param {HTMLElement} button @param {() => void} act */
function repeating(button, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let repeated = false;
  const again = () => {
    repeated = true;
    act();
    timer = setTimeout(again, REPEAT.every);
  };
  const stop = () => clearTimeout(timer);
  button.addEventListener('pointerdown', () => {
    repeated = false;
    stop();
    timer = setTimeout(again, REPEAT.after);
  });
  for (const kind of ['pointerup', 'pointerleave', 'pointercancel']) button.addEventListener(kind, stop);
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('click', () => {
    if (!repeated) act();
    repeated = false;
  });
}
