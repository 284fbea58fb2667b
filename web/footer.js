// The line below the terminal: is it connected, how far away, how much time is left.

import { byId } from './overlay.js';
import { words } from './words.js';

/** Input bytes waiting for credit from which on they are shown; less is gone before it could be read. */
const QUEUED_SHOWN = 32 * 1024;

/** @typedef {keyof typeof words.link} LinkState */

/** @type {Record<LinkState, string>} */
const DOTS = { connecting: 'busy', starting: 'busy', on: 'good', away: 'bad', over: 'away' };

export class Footer {
  #end = 0;

  constructor() {
    setInterval(() => this.#showTimeLeft(), 1000);
  }

  /** @param {LinkState} state */
  link(state) {
    byId('link-dot').className = `dot ${DOTS[state]}`;
    byId('link-word').textContent = words.link[state];
    if (state !== 'on') byId('rtt').textContent = '';
    if (state === 'over') {
      this.#end = 0;
      byId('time-left').textContent = '';
      byId('usage').textContent = '';
    }
  }

  /** @param {number} ms */
  rtt(ms) {
    byId('rtt').textContent = words.rtt(ms);
  }

  /** @param {number} cols @param {number} rows */
  size(cols, rows) {
    byId('size').textContent = words.size(cols, rows);
  }

  /** @param {number} bytes */
  queued(bytes) {
    byId('queued').textContent = bytes >= QUEUED_SHOWN ? words.queued(bytes) : '';
  }

  /** @param {import('./protocol.js').Stats} stats */
  usage(stats) {
    byId('usage').textContent = words.usage(stats.cpu, stats.memory, stats.pids);
  }

  /** @param {number} ms until the session's lifetime is over */
  timeLeft(ms) {
    this.#end = performance.now() + ms;
    this.#showTimeLeft();
  }

  #showTimeLeft() {
    if (this.#end === 0) return;
    const text = words.left((this.#end - performance.now()) / 1000);
    if (byId('time-left').textContent !== text) byId('time-left').textContent = text;
  }
}
