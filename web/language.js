// The language of the pages: this browser's choice is a cookie, because the daemon renders them.

import { at, here } from './base.js';

/** What is to be had, each as it calls itself. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

const COOKIE = 'coracle-language';
/** Seconds that a choice is kept for. */
const YEAR = 365 * 24 * 60 * 60;

/** What was chosen, or `auto`: then the browser's own wishes decide. */
export function chosen() {
  const found = document.cookie.split('; ').map((pair) => pair.split('=')).find(([name]) => name === COOKIE);
  return found && found[1] in LANGUAGES ? found[1] : 'auto';
}

/** Keeps a choice and shows this page in it. @param {string} language */
export function speakIn(language) {
  const lasts = language === 'auto' ? 0 : YEAR;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${COOKIE}=${language}; Path=${at('')}; Max-Age=${lasts}; SameSite=Lax${secure}`;
  // Not `reload`, which would send a form once more, and not with a mark, which would only scroll. The form that was sent
  // knows where it leads.
  const next = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="next"]'))?.value;
  location.replace(next ? at(`login?next=${encodeURIComponent(next)}`) : at(here().slice(1)) + location.search);
}
