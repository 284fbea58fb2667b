// Copying out of the terminal and pasting into it.

/** @typedef {import('./vendor/xterm.mjs').Terminal} Terminal */

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
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text !== '') term.paste(harmless(text));
  }, { capture: true });
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
