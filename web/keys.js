// Which keys of the terminal are the page's own; all others are the program's.

/**
 * @typedef {'leave' | 'copy' | 'take' | 'paste' | 'search' | 'bigger' | 'smaller' | 'usual'} Wish
 *   `copy` keeps the selection, `take` is copying by Ctrl+C, after which the next one interrupts again.
 *
 * @typedef {Pick<KeyboardEvent, 'type' | 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>} Key
 *
 * @typedef {object} Habits
 * @property {boolean} mac Cmd copies and pastes there, by itself, so Ctrl+C is free to interrupt
 * @property {boolean} selected something is selected
 * @property {boolean} ctrlVPastes
 */

/**
 * What a key asks of the page; `null` if it is the program's.
 * @param {Key} event
 * @param {Habits} habits
 * @returns {Wish | null}
 */
export function wish(event, habits) {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return null;
  if (!event.shiftKey) {
    if (event.code === 'Insert') return 'copy';
    if (letter(event) === 'c' && habits.selected && !habits.mac) return 'take';
    return letter(event) === 'v' && habits.ctrlVPastes ? 'paste' : null;
  }
  if (event.code === 'F6') return 'leave';
  if (letter(event) === 'c') return 'copy';
  if (letter(event) === 'f') return 'search';
  // Where `+` needs no Shift, with Shift it is `*`, on the same key.
  if (event.key === '+' || event.code === 'NumpadAdd' || (event.key === '*' && event.code === 'BracketRight')) return 'bigger';
  if (event.key === '-' || event.key === '_') return 'smaller';
  return event.code === 'Digit0' || event.code === 'Numpad0' ? 'usual' : null;
}

/** The Latin letter of a key, also where the keyboard writes another alphabet. @param {Key} event */
function letter(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  return /^[\x20-\x7e]$/.test(event.key) ? '' : event.code.replace(/^Key/, '').toLowerCase();
}
