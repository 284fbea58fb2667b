// The bar that searches the screen and the lines above it.

import { byId, element } from './overlay.js';
import { marks } from './palette.js';
import { SearchAddon } from './vendor/addon-search.mjs';
import { words } from './words.js';

/** Matches marked and counted at most. */
const MOST = 1000;

/** Why a pattern cannot be searched for; empty if it can. @param {string} pattern */
export function problem(pattern) {
  try {
    return new RegExp(pattern).test('') ? words.search.empty : '';
  } catch {
    return words.search.wrong;
  }
}

export class Search {
  #addon = new SearchAddon({ highlightLimit: MOST });
  #term;
  #back;
  #bar = element('form', { id: 'search', role: 'search', 'aria-label': words.search.label });
  #field = element('input', { type: 'search', 'aria-label': words.search.field, autocomplete: 'off', spellcheck: 'false' });
  #count = element('span', { class: 'number', role: 'status' });
  #exact = this.#switch('Aa', words.search.exact);
  #regex = this.#switch('.*', words.search.regex);

  /** @param {import('./vendor/xterm.mjs').Terminal} term @param {() => void} back where the focus goes afterwards */
  constructor(term, back) {
    this.#term = term;
    this.#back = back;
    term.loadAddon(this.#addon);
    this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      this.#count.textContent = words.search.count(resultIndex + 1, resultCount, MOST);
    });
    this.#field.addEventListener('input', () => this.#find('previous', true));
    this.#bar.append(
      this.#field, this.#count, this.#exact, this.#regex,
      this.#button('↑', words.search.previous, () => this.#find('previous')),
      this.#button('↓', words.search.next, () => this.#find('next')),
      this.#button('✕', words.search.close, () => this.close()),
    );
    this.#bar.addEventListener('submit', (event) => event.preventDefault());
    this.#bar.addEventListener('keydown', (event) => this.#key(event));
    byId('main').append(this.#bar);
    this.open();
  }

  open() {
    this.#bar.hidden = false;
    this.#field.focus();
    this.#field.select();
    if (this.#field.value !== '') this.#find('previous', true);
  }

  close() {
    this.#bar.hidden = true;
    this.#addon.clearDecorations();
    this.#term.clearSelection(); // or the next Ctrl+C would copy what was found
    this.#back();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.#field) this.#find(event.shiftKey ? 'next' : 'previous');
    else return;
    event.preventDefault();
  }

  /** The newest is at the bottom, so the usual way is up. @param {'next' | 'previous'} way @param {boolean} [incremental] */
  #find(way, incremental = false) {
    const wanted = this.#field.value;
    const regex = pressed(this.#regex);
    const wrong = regex && wanted !== '' ? problem(wanted) : '';
    this.#field.setAttribute('aria-invalid', String(wrong !== ''));
    if (wanted === '' || wrong !== '') {
      this.#addon.clearDecorations();
      this.#term.clearSelection();
      this.#count.textContent = wrong;
      return;
    }
    const { match, active } = marks();
    const decorations = {
      matchBackground: match, activeMatchBackground: active,
      matchOverviewRuler: '#8a5300', activeMatchColorOverviewRuler: '#8a5300',
    };
    const options = { regex, caseSensitive: pressed(this.#exact), incremental, decorations };
    if (way === 'next') this.#addon.findNext(wanted, options);
    else this.#addon.findPrevious(wanted, options);
  }

  /** @param {string} sign @param {string} name @param {() => void} act */
  #button(sign, name, act) {
    const button = element('button', { type: 'button', 'aria-label': name, title: name }, sign);
    button.addEventListener('click', act);
    return button;
  }

  /** @param {string} sign @param {string} name */
  #switch(sign, name) {
    const button = this.#button(sign, name, () => {
      button.setAttribute('aria-pressed', String(!pressed(button)));
      this.#addon.clearDecorations(); // the add-on does not see by itself that only the way of searching changed
      this.#find('previous', true);
    });
    button.setAttribute('aria-pressed', 'false');
    return button;
  }
}

/** @param {Element} button */
function pressed(button) {
  return button.getAttribute('aria-pressed') === 'true';
}
