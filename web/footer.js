// The line below the terminal: is it connected, how far away, how much time is left, and what is used of what may be.

import { byId } from './overlay.js';
import { words } from './words.js';

/** Input bytes waiting for credit from which on they are shown; less is gone before it could be read. */
const QUEUED_SHOWN = 32 * 1024;
/** Seconds before the end from which on the time left is urgent. */
const URGENT = 60;
/** Share of a limit from which on a meter warns. */
const HIGH = 0.9;
/** Milliseconds from which on typing is felt to lag. */
const SLOW = 300;

/** @typedef {keyof typeof words.link} LinkState */
/** @typedef {'cpu' | 'memory' | 'pids'} Resource */

/** @type {Record<LinkState, string>} */
const DOTS = { connecting: 'busy', starting: 'busy', on: 'good', away: 'bad', over: 'away' };

/** @type {Resource[]} */
const RESOURCES = ['cpu', 'memory', 'pids'];

export class Footer {
  #end = 0;
  /** @type {Record<Resource, number | null>} */
  #limits = { cpu: null, memory: null, pids: null };

  constructor() {
    setInterval(() => this.#showTimeLeft(), 1000);
  }

  /** @param {LinkState} state */
  link(state) {
    byId('link-dot').className = `dot ${DOTS[state]}`;
    byId('link-word').textContent = words.link[state];
    if (state !== 'on') {
      byId('rtt').textContent = '';
      byId('usage').classList.add('stale');
    }
    if (state === 'over') {
      this.#end = 0;
      byId('time-left').textContent = '';
      byId('usage').hidden = true;
    }
  }

  /** The way to the daemon and back took that long. @param {number} ms */
  rtt(ms) {
    this.#latency(words.rtt(ms), ms >= SLOW);
  }

  /** No answer has come for that long. @param {number} ms */
  silent(ms) {
    this.#latency(words.silent(ms), true);
  }

  /** @param {string} text @param {boolean} slow */
  #latency(text, slow) {
    const place = byId('rtt');
    place.textContent = text;
    place.classList.toggle('slow', slow);
  }

  /** @param {number} cols @param {number} rows */
  size(cols, rows) {
    byId('size').textContent = words.size(cols, rows);
  }

  /** @param {number} bytes */
  queued(bytes) {
    byId('queued').textContent = bytes >= QUEUED_SHOWN ? words.queued(bytes) : '';
  }

  /** What the kernel holds the session to. @param {import('./protocol.js').Certificate} certificate */
  limits({ millicpus, memory, pids }) {
    this.#limits = { cpu: millicpus, memory, pids };
    byId('usage').hidden = false; // takes its place at once, so that the terminal's size does not change with the first numbers
  }

  /** @param {import('./protocol.js').Stats} stats */
  usage(stats) {
    for (const resource of RESOURCES) this.#gauge(resource, stats[resource], this.#limits[resource]);
    byId('usage').classList.remove('stale');
  }

  /** @param {Resource} resource @param {number | null} used @param {number | null} limit */
  #gauge(resource, used, limit) {
    const meter = /** @type {HTMLMeterElement} */ (byId(`${resource}-meter`));
    meter.hidden = used === null || limit === null;
    if (used !== null && limit !== null) {
      meter.max = limit;
      meter.high = limit * HIGH;
      meter.value = used;
    }
    byId(`${resource}-text`).textContent = used === null ? words.unavailable : words.usage[resource](used, limit);
  }

  /** @param {number} ms until the session's lifetime is over */
  timeLeft(ms) {
    this.#end = performance.now() + ms;
    this.#showTimeLeft();
  }

  #showTimeLeft() {
    if (this.#end === 0) return;
    const seconds = (this.#end - performance.now()) / 1000;
    const place = byId('time-left');
    const text = words.left(seconds);
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle('urgent', seconds < URGENT);
  }
}
