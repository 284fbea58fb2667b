// How a session ended, or why it never began, and what comes next.

import { profiles, startSession } from './api.js';
import { at } from './base.js';
import { words } from './words.js';

/** @typedef {import('./protocol.js').Ended} Ended */

/** @type {import('./overlay.js').Choice} */
export const toStart = { label: words.ended.toStart, look: '', act: () => location.assign(at('')) };

/**
 * Starts another session: of the same profile, or of the only one there is.
 * @param {string | undefined} profile
 * @returns {import('./overlay.js').Choice}
 */
export function newSession(profile) {
  return {
    label: words.ended.newSession,
    look: 'primary',
    async act() {
      const offered = profile === undefined ? await profiles() : [{ name: profile }];
      if (offered.length === 1) location.assign(at(`s/${await startSession(offered[0].name)}`));
      else location.assign(at(''));
    },
  };
}

/**
 * What is told at the end. A session that never had a shell here has failed to start, if it was not ended on purpose.
 * @param {string} id for whoever looks into the journal
 * @param {Ended | null} ended
 * @param {import('./protocol.js').Started | null} shell
 * @returns {import('./overlay.js').Box}
 */
export function endBox(id, ended, shell) {
  const choices = [newSession(shell?.profile), toStart];
  const help = ended && !shell ? words.notStarted.help[ended.reason] : undefined;
  if (ended && help) {
    const facts = [help, words.notStarted.kept, words.ended.reason(ended.reason), words.ended.session(id)];
    return { title: words.notStarted.title, text: sentence(ended), facts, choices };
  }
  const facts = [shell ? words.ended.kept : words.notStarted.kept, words.ended.session(id)];
  if (ended?.reason === 'exit' && ended.status !== null) facts.unshift(words.ended.status(ended.status));
  else if (ended) facts.unshift(words.ended.reason(ended.reason));
  return { title: words.ended.title, text: ended ? sentence(ended) : words.ended.unknown, facts, choices };
}

/** A reason of a newer daemon than this page has only its English words. @param {Ended} ended */
function sentence({ reason, text }) {
  return words.reasons[reason] ?? text;
}

/**
 * How a session ended that is no more; `null` if the daemon does not say.
 * @param {string} id
 * @returns {Promise<Ended | null>}
 */
export async function howItEnded(id) {
  try {
    const response = await fetch(at(`api/v1/sessions/${encodeURIComponent(id)}`), { cache: 'no-store' });
    const { state, reason, status, text } = await response.json();
    return response.ok && state === 'ended' ? { type: 'ended', reason, status, text } : null;
  } catch {
    return null;
  }
}
