// The start page's buttons. Without a script the page still shows what there is.

import { endSession, startSession } from './api.js';
import { words } from './words.js';

const problem = document.getElementById('problem');
const status = document.getElementById('status');
const starters = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[data-profile]'));
const enders = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button[data-end]'));

/**
 * One request at a time: the buttons rest meanwhile, and a refusal is shown in words.
 * @param {string} doing
 * @param {() => Promise<void>} act
 */
async function run(doing, act) {
  if (problem) problem.hidden = true;
  if (status) status.textContent = doing;
  const buttons = [...starters, ...enders];
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch (error) {
    if (status) status.textContent = '';
    if (problem) {
      problem.textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    }
    for (const button of buttons) button.disabled = false;
  }
}

/** @param {string} profile @param {(address: string) => void} go */
function start(profile, go) {
  return run(words.api.starting, async () => go(`/s/${await startSession(profile)}`));
}

for (const button of starters) {
  button.addEventListener('click', () => void start(button.dataset.profile ?? '', (address) => location.assign(address)));
}
for (const button of enders) {
  button.addEventListener('click', () => void run(words.api.ending, async () => {
    await endSession(button.dataset.end ?? '');
    location.reload();
  }));
}

// Right after login: who has one thing to choose and nothing running wants it. Coming back here later does not start
// anything, so the mark goes away first.
if (location.hash === '#start') {
  history.replaceState(null, '', location.pathname);
  if (starters.length === 1 && document.querySelector('[data-session]') === null) {
    void start(starters[0].dataset.profile ?? '', (address) => location.replace(address));
  }
}

// A page taken out of the browser's store shows what was, with its buttons resting.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
