// The terminal's own menu, for the right mouse button, the menu key and a finger that rests.

import { copy, paste } from './clipboard.js';
import { byId, element } from './overlay.js';
import { words } from './words.js';

/** Pixels between the menu and the window's edge at least. */
const MARGIN = 4;

/**
 * Opens it at a place of the window.
 * @param {import('./vendor/xterm.mjs').Terminal} term
 * @param {{x: number, y: number}} at
 * @param {() => void} search
 * @param {() => void} refused the browser lets no page read the clipboard
 */
export function openMenu(term, at, search, refused) {
  const before = document.activeElement;
  const menu = element('div', { class: 'menu', role: 'menu', popover: 'auto', 'aria-label': words.menu.label });
  /** @param {string} name @param {string} keys @param {() => void} act @param {boolean} possible */
  const item = (name, keys, act, possible) => {
    const button = element('button', { type: 'button', role: 'menuitem', tabindex: '-1' });
    button.append(element('span', {}, name), element('kbd', { 'aria-hidden': 'true' }, keys));
    if (keys === '') button.lastChild?.remove();
    button.disabled = !possible;
    button.addEventListener('click', () => {
      menu.hidePopover();
      act();
    });
    menu.append(button);
  };
  const { copy: copying, paste: pasting, search: searching } = words.menu.keys;
  item(words.menu.copy, copying, () => void copy(term), term.hasSelection());
  item(words.menu.paste, pasting, () => void pasteInto(term, refused), true);
  item(words.menu.selectAll, '', () => term.selectAll(), true);
  item(words.menu.search, searching, search, true);
  item(words.menu.clear, '', () => term.clear(), true);

  menu.addEventListener('keydown', (event) => walk(menu, event));
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  menu.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === 'open') return;
    menu.remove();
  });
  menu.addEventListener('beforetoggle', (event) => {
    // Back to where the keys went, before whatever was chosen takes them elsewhere.
    if (/** @type {ToggleEvent} */ (event).newState === 'closed' && before instanceof HTMLElement) before.focus();
  });
  byId('main').append(menu);
  menu.showPopover();
  place(menu, at);
  /** @type {HTMLElement | null} */ (menu.querySelector('button:enabled'))?.focus();
}

/** @param {import('./vendor/xterm.mjs').Terminal} term @param {() => void} refused */
async function pasteInto(term, refused) {
  let text;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    refused();
    return;
  }
  paste(term, text);
}

/** As near as it fits into what can be seen. @param {HTMLElement} menu @param {{x: number, y: number}} at */
function place(menu, { x, y }) {
  const { width, height } = menu.getBoundingClientRect();
  const right = document.documentElement.clientWidth - width - MARGIN;
  const bottom = (visualViewport ? visualViewport.offsetTop + visualViewport.height : innerHeight) - height - MARGIN;
  menu.style.left = `${Math.max(MARGIN, Math.min(x, right))}px`;
  menu.style.top = `${Math.max(MARGIN, Math.min(y, bottom))}px`;
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function walk(menu, event) {
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button:enabled')]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key === 'Tab') menu.hidePopover();
  else if (event.key in to) items.at(to[event.key] % items.length)?.focus();
  else return;
  event.preventDefault();
}
