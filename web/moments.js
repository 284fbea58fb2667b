// Moments that the daemon has put into a page.

import { locale } from './words.js';

/** Moments as the person's own clock and language have them. @param {ParentNode} within */
export function localTimes(within) {
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  for (const moment of /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll('[data-at]'))) {
    moment.textContent = format.format(Number(moment.dataset.at) * 1000);
  }
}
