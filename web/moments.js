// Moments that the daemon has put into a page.

/** Moments as the person's own clock and language have them. @param {ParentNode} within */
export function localTimes(within) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  for (const moment of /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll('[data-at]'))) {
    moment.textContent = format.format(Number(moment.dataset.at) * 1000);
  }
}
