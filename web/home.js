// The buttons of the start page and of the page of an ended session, and a start page that stays true while it is shown.
// Without a script they still show what there was.

import { endSession, startSession, toLogin } from './api.js';
import { at } from './base.js';
import { fetchPage, merge } from './fresh.js';
import { localTimes } from './moments.js';
import { words } from './words.js';

/** Milliseconds between two looks at the sessions. */
const EVERY = 10_000;

const problem = document.getElementById('problem');
const status = document.getElementById('status');
const live = document.getElementById('live');
/** A request of the person's is under way: nothing may change meanwhile. */
let busy = false;
let looking = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;

/** @param {string} text */
function say(text) {
  if (status) status.textContent = text;
}

/**
 * One request at a time: the buttons rest meanwhile, and a refusal is shown in words.
 * @param {string} doing
 * @param {() => Promise<void>} act
 */
async function run(doing, act) {
  if (busy) return;
  busy = true;
  if (problem) problem.hidden = true;
  say(doing);
  const focus = document.activeElement;
  const buttons = [...document.querySelectorAll('button')].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch (error) {
    say('');
    if (problem) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
      problem.scrollIntoView({ block: 'nearest' });
    }
  }
  for (const button of buttons) button.disabled = false;
  if (focus instanceof HTMLElement) focus.focus(); // a button that rests loses it
  busy = false;
  await refresh();
}

/** @param {string} profile @param {(address: string) => void} go */
function start(profile, go) {
  return run(words.api.starting, async () => {
    go(at(`s/${await startSession(profile)}`));
    await new Promise(() => {}); // this page is being left: its buttons go on resting
  });
}

/** @param {string} id */
function end(id) {
  return run(words.api.ending, async () => {
    await endSession(id);
    say(words.api.ended);
  });
}

/** The question takes the place of the buttons, or gives it back. @param {Element} row @param {boolean} asking */
function ask(row, asking) {
  row.toggleAttribute('data-asking', asking);
  /** @type {HTMLElement | null} */ (row.querySelector(asking ? '[data-end]' : '[data-ask]'))?.focus();
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  const row = button?.closest('.session');
  if (!button) return;
  if (button.dataset.profile !== undefined) void start(button.dataset.profile, (address) => location.assign(address));
  else if (button.dataset.end !== undefined) void end(button.dataset.end);
  else if (row && button.dataset.ask !== undefined) ask(row, true);
  else if (row && button.dataset.keep !== undefined) ask(row, false);
});
document.addEventListener('keydown', (event) => {
  const row = event.target instanceof Element ? event.target.closest('[data-asking]') : null;
  if (row && event.key === 'Escape') ask(row, false);
});

/** Looks what is new, and comes back for more while something runs: a page with nothing to show keeps no daemon awake. */
async function refresh() {
  clearTimeout(next);
  if (!live || busy || looking || document.hidden) return;
  looking = true;
  let again = true;
  try {
    const { page, path } = await fetchPage(location.pathname);
    const fresh = page.getElementById('live');
    if (path !== location.pathname) toLogin();
    if (page.documentElement.lang !== document.documentElement.lang) location.reload(); // another was chosen in another tab
    if (fresh && !busy) {
      show(live, fresh);
      if (status?.textContent === words.home.stale) say('');
    }
    again = live.querySelector('[data-session]') !== null;
  } catch {
    say(words.home.stale);
  }
  looking = false;
  if (again) next = setTimeout(() => void refresh(), EVERY);
}

/** @param {Element} old @param {Element} fresh */
function show(old, fresh) {
  localTimes(fresh);
  const section = document.activeElement?.closest('section')?.id ?? '';
  merge(old, fresh);
  // What had the focus is gone: it goes on at the heading above, not at the top of the page.
  if (section !== '' && document.activeElement === document.body) {
    /** @type {HTMLElement | null} */ (document.querySelector(`#${section} h2`))?.focus();
  }
}

localTimes(document);
document.addEventListener('visibilitychange', () => void refresh());
addEventListener('focus', () => void refresh());
addEventListener('online', () => void refresh());
if (live?.querySelector('[data-session]')) next = setTimeout(() => void refresh(), EVERY);

// Right after login: who has one thing to choose and nothing running wants it. Coming back here later does not start
// anything, so the mark goes away first.
if (location.hash === '#start') {
  history.replaceState(null, '', location.pathname);
  const starters = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[data-profile]'));
  if (starters.length === 1 && !starters[0].disabled && document.querySelector('#sessions [data-session]') === null) {
    void start(starters[0].dataset.profile ?? '', (address) => location.replace(address));
  }
}

// A page taken out of the browser's store shows what was, with its buttons resting.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
