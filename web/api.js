// Requests to the daemon, and its refusals in words.

import { at, here } from './base.js';
import { words } from './words.js';

/** @typedef {{id: string, owner: string, user: string, profile: string, state: string, created: number,
 *   lifetime_left: number}} Summary */
/** @typedef {{name: string, description: string}} Profile */

/** A request that was refused, or not answered; the message is for the person. */
export class Refusal extends Error {
  /** @param {string} message @param {number} status 0: no answer came */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Milliseconds after which an answer is no longer waited for; ending a session may take ten seconds. */
const PATIENCE = 20_000;

/** Leaves for the login page and comes back here. */
export function toLogin() {
  location.assign(at(`login?next=${encodeURIComponent(here())}`));
}

/** Starts a session; resolves with its id while it is still in the queue. @param {string} profile */
export async function startSession(profile) {
  const response = await request('POST', 'api/v1/sessions', { profile });
  const { id } = /** @type {{id: string}} */ (await response.json());
  return id;
}

/** Ends a session; resolves when nothing of it is left. @param {string} id */
export async function endSession(id) {
  await request('DELETE', `api/v1/sessions/${encodeURIComponent(id)}`);
}

/** @returns {Promise<Profile[]>} */
export async function profiles() {
  return (await request('GET', 'api/v1/profiles')).json();
}

/** Whether the daemon still knows this browser; `null` when it does not answer. */
export async function signedIn() {
  try {
    const response = await fetch(at('api/v1/me'), { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    return response.status === 401 ? false : response.ok ? true : null;
  } catch {
    return null;
  }
}

/**
 * An answer that is not refused; a `signal` takes the place of the usual patience.
 * @param {string} path as `at` takes it
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 * @throws {Refusal}
 */
export async function get(path, options) {
  return send(path, { method: 'GET', ...options });
}

/**
 * @param {string} method
 * @param {string} path as `at` takes it
 * @param {unknown} [body]
 * @returns {Promise<Response>}
 * @throws {Refusal}
 */
async function request(method, path, body) {
  /** @type {RequestInit} */
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { 'Content-Type': 'application/json' };
  }
  return send(path, options);
}

/** @param {string} path @param {RequestInit} options */
async function send(path, options) {
  let response;
  try {
    response = await fetch(at(path), { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error; // given up by who asked
    throw new Refusal(words.api.unreachable, 0);
  }
  if (response.status === 401) toLogin();
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The words of an `application/problem+json`, or of anything else that came. @param {Response} response */
export async function refusal(response) {
  let text = words.api.odd(response.status);
  if ((response.headers.get('Content-Type') ?? '').startsWith('application/problem+json')) {
    const problem = await response.json().catch(() => null);
    const said = problem?.detail || problem?.title;
    if (typeof said === 'string') text = said;
    if (typeof problem?.reference === 'string') text += ` ${words.reference(problem.reference)}.`;
  }
  return new Refusal(text, response.status);
}
