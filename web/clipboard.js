// Copying out of the terminal and pasting into it.

import { closeBox, element, openBox } from './overlay.js';
import { choose, settings } from './settings.js';
import { words } from './words.js';

/** @typedef {import('./vendor/xterm.mjs').Terminal} Terminal */

/** Lines of a paste that a question shows, and characters of each. */
const PREVIEW = { lines: 8, characters: 200 };

/**
 * What may be pasted of a text: Tab and line ends as they are, every other control character as its visible sign. ESC
 * could end the bracket that a program puts around what is pasted, and Ctrl+C too, since the line discipline still obeys
 * it; the rest would run as if it were typed.
 * @param {string} text
 */
export function harmless(text) {
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** Every way to paste ends in this event: keys, menus, the middle button. @param {HTMLElement} host @param {Terminal} term */
export function guardPaste(host, term) {
  host.addEventListener('paste', (event) => {
    event.preventDefault();
    event.stopPropagation();
    paste(term, event.clipboardData?.getData('text/plain') ?? '');
  }, { capture: true });
}

/**
 * Pastes what may be pasted of a text. Where a program would run each line as it comes, having asked for no bracket
 * around what is pasted, the person is asked first.
 * @param {Terminal} term
 * @param {string} text
 */
export function paste(term, text) {
  const clean = harmless(text);
  if (clean === '') return;
  if (settings.pasteWarning && /[\r\n]/.test(clean) && !term.modes.bracketedPasteMode) ask(term, clean);
  else term.paste(clean);
}

/** @param {Terminal} term @param {string} text */
function ask(term, text) {
  const lines = text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  const shown = lines.slice(0, PREVIEW.lines).map((line) => line.slice(0, PREVIEW.characters)
    + (line.length > PREVIEW.characters ? ' …' : ''));
  const more = lines.length - shown.length;
  const preview = element('pre', { class: 'preview', tabindex: '0', 'aria-label': words.paste.preview }, shown.join('\n'));
  const never = element('input', { type: 'checkbox' });
  const label = element('label', { class: 'setting' });
  label.append(never, element('span', {}, words.paste.never));
  openBox({
    title: words.paste.title(lines.length),
    text: words.paste.text,
    content: [preview, ...(more > 0 ? [element('p', { class: 'hint' }, words.paste.more(more))] : []), label],
    modal: true,
    choices: [
      {
        label: words.paste.act,
        look: 'primary',
        act() {
          if (never.checked) choose('pasteWarning', false);
          closeBox();
          term.paste(text);
          term.focus();
        },
      },
      {
        label: words.confirmEnd.cancel,
        look: '',
        act() {
          closeBox();
          term.focus();
        },
      },
    ],
  });
}

/** Copies what is selected, if anything is. @param {Terminal} term */
export async function copy(term) {
  if (!term.hasSelection()) return;
  try {
    await navigator.clipboard.writeText(term.getSelection());
  } catch {
    document.execCommand('copy'); // over plain HTTP there is no clipboard to write to; the emulator fills this one
  }
}

/** Copies whatever the mouse has selected, where that is wanted. @param {HTMLElement} host @param {Terminal} term */
export function copySelected(host, term) {
  let selecting = false;
  host.addEventListener('mousedown', () => { selecting = true; });
  addEventListener('mouseup', () => {
    if (selecting && settings.copyOnSelect) setTimeout(() => void copy(term)); // the emulator has to hear of it first
    selecting = false;
  });
}
