// One WebSocket to one session, made again whenever it breaks, until the daemon says that there is no point.

import { signedIn } from './api.js';
import { BadFrame, SUBPROTOCOL, encode, parse } from './protocol.js';

/** Milliseconds before the first new try, and at most before any. */
const FIRST_WAIT = 300;
const LONGEST_WAIT = 8000;
/** Milliseconds between two pings of a visible page. */
const PING_EVERY = 5000;
/** Milliseconds without any message, with a ping unanswered, after which the connection counts as dead. */
const SILENCE = 10_000;
/** The same after the network changed or the page came back: what was there before is likely to be gone. */
const PROBE = 3000;
/** Milliseconds of silence from which on it is told. */
const SILENCE_TOLD = 2000;
/** Milliseconds that a connection may take before a network that has just come back is tried anew. */
const CONNECT_STALE = 1000;
/** Milliseconds for a connection to be made. */
const CONNECT_PATIENCE = 10_000;
/** Milliseconds between `ready` and `authed` after which the login is asked about. */
const AUTH_PATIENCE = 1500;

/** Close codes after which no new try is made by itself. */
export const CLOSE = {
  ended: 1000, protocol: 1008, tooBig: 1009, restarting: 1012, notLoggedIn: 4401, notYours: 4403, noSuchSession: 4404,
  takenOver: 4409, tooMany: 4429,
};
const FINAL = new Set(Object.values(CLOSE).filter((code) => code !== CLOSE.restarting));

/**
 * Milliseconds to wait before try number `attempt` (from 1): doubling, at most `LONGEST_WAIT`, and between half and all
 * of it, so that many browsers do not come back in one moment.
 * @param {number} attempt
 * @param {number} random from 0 to 1
 */
export function backoff(attempt, random) {
  const whole = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempt - 1, 10));
  return Math.round(whole * (0.5 + random / 2));
}

/**
 * @typedef {object} Listener
 * @property {(frame: import('./protocol.js').ToClient) => void} frame
 * @property {(bytes: Uint8Array) => void} output
 * @property {() => void} lost the attachment is gone; a new try follows, or `closed`
 * @property {(attempt: number, at: number) => void} waiting for try `attempt`, which comes at `at` (performance.now())
 * @property {(attempt: number) => void} connecting
 * @property {(code: number) => void} closed for good, with one of `CLOSE`
 * @property {(ms: number) => void} rtt
 * @property {(ms: number) => void} silent a ping has had no answer for so long
 */

export class Connection {
  #url;
  /** So that its connections are known to follow one another. */
  #window = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  /** It comes back by itself, and takes the keyboard from no other window. */
  #returns = false;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #readied = false;
  #ending = false;
  #watching = false;
  #heard = 0;
  #pinged = 0;
  #lastPing = 0;
  /** Milliseconds of silence that are borne at the moment. */
  #patience = SILENCE;
  #began = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string} url @param {Listener} listener */
  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
    setInterval(() => this.#watch(), 1000);
    addEventListener('online', () => this.#lookAgain());
    addEventListener('offline', () => this.#probe());
    document.addEventListener('visibilitychange', () => {
      this.send({ type: 'visible', on: document.visibilityState === 'visible' });
      if (document.visibilityState === 'visible') this.#lookAgain();
    });
  }

  /** Connects because a person wants it; also again after `closed`. */
  open() {
    this.#returns = false;
    this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#abandon();
    this.#attempt += 1;
    this.#readied = this.#watching = false;
    this.#pinged = 0;
    this.#began = performance.now();
    this.#listener.connecting(this.#attempt);
    const address = new URL(this.#url);
    address.searchParams.set('window', this.#window);
    if (this.#returns) address.searchParams.set('returns', 'true');
    const socket = new WebSocket(address.href, SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#broken(0), CONNECT_PATIENCE);
    socket.onmessage = (event) => this.#message(event.data);
    socket.onclose = (event) => this.#broken(event.code);
  }

  /** Does not wait any longer for the next try. */
  retryNow() {
    if (!this.#socket && this.#timer !== undefined) this.#open();
  }

  /** Something may have changed: no new try waits any longer, and a connection that there is has to prove itself. */
  #lookAgain() {
    const connecting = this.#socket?.readyState === WebSocket.CONNECTING;
    if (!this.#socket) this.#attempt = 0; // what failed until now says nothing about what comes
    if (connecting && performance.now() - this.#began > CONNECT_STALE) this.#open();
    else this.retryNow();
    this.#probe();
  }

  /** The daemon has said that the session is over: however the connection goes now, no new try follows. */
  expectEnd() {
    this.#ending = true;
  }

  /** Who only watches does not come back by itself: it would take the keyboard. @param {boolean} on */
  watch(on) {
    this.#watching = on;
  }

  /** Sends a frame; without a connection nothing. @param {import('./protocol.js').FromClient} frame */
  send(frame) {
    if (this.#usable()) this.#socket?.send(encode(frame));
  }

  /** Sends terminal bytes. @param {Uint8Array} bytes */
  sendInput(bytes) {
    if (this.#usable()) this.#socket?.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  #usable() {
    return this.#readied && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @param {unknown} data */
  #message(data) {
    this.#heard = performance.now();
    if (data instanceof ArrayBuffer) {
      this.#listener.output(new Uint8Array(data));
      return;
    }
    let frame;
    try {
      frame = parse(String(data));
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#abandon();
      this.#finish(CLOSE.protocol);
      return;
    }
    if (!frame) return;
    if (frame.type === 'ready') {
      this.#readied = true;
      clearTimeout(this.#timer);
      // Without a valid cookie the daemon waits for a ticket that this page does not have.
      this.#timer = setTimeout(() => this.#askForLogin(), AUTH_PATIENCE);
    } else if (frame.type === 'authed') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#attempt = 0;
      this.#returns = true;
      if (document.visibilityState !== 'visible') this.send({ type: 'visible', on: false });
      else this.#ping();
    } else if (frame.type === 'pong') {
      this.#pinged = 0;
      this.#patience = SILENCE;
      this.#listener.rtt(performance.now() - frame.t);
      return;
    }
    this.#listener.frame(frame);
  }

  async #askForLogin() {
    this.#timer = undefined;
    if ((await signedIn()) !== false) return;
    this.#abandon();
    this.#finish(CLOSE.notLoggedIn);
  }

  #ping() {
    if (!this.#usable() || this.#pinged > 0) return;
    this.#pinged = performance.now();
    this.send({ type: 'ping', t: this.#pinged });
  }

  /** Pings anew, whatever was asked before, and waits less long. */
  #probe() {
    this.#pinged = 0;
    this.#patience = PROBE;
    this.#ping();
  }

  /** Once a second: is a ping due, or overdue? Any message is a sign of life, since a pong may queue behind output. */
  #watch() {
    const now = performance.now();
    if (this.#pinged > 0) {
      const silence = now - Math.max(this.#heard, this.#pinged);
      if (silence > this.#patience) this.#broken(0);
      else if (silence > SILENCE_TOLD) this.#listener.silent(silence);
    } else if (document.visibilityState === 'visible' && now - this.#lastPing > PING_EVERY) {
      this.#lastPing = now;
      this.#ping();
    }
  }

  /** @param {number} code */
  #broken(code) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refused = !this.#readied;
    this.#abandon();
    if (this.#ending || FINAL.has(code)) {
      this.#finish(this.#ending ? CLOSE.ended : code);
      return;
    }
    if (this.#watching) {
      this.#finish(CLOSE.takenOver);
      return;
    }
    this.#listener.lost();
    const wait = backoff(this.#attempt + 1, Math.random());
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#listener.waiting(this.#attempt + 1, performance.now() + wait);
    // A refused upgrade shows no reason to a script. If it is the login, another try does not help.
    if (refused) void this.#stopIfSignedOut();
  }

  async #stopIfSignedOut() {
    if ((await signedIn()) !== false || this.#usable()) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#abandon();
    this.#finish(CLOSE.notLoggedIn);
  }

  /** @param {number} code */
  #finish(code) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt = 0;
    this.#listener.lost();
    this.#listener.closed(code);
  }

  /** Lets go of the socket without hearing from it again. */
  #abandon() {
    const socket = this.#socket;
    this.#socket = null;
    this.#readied = false;
    this.#pinged = 0;
    this.#patience = SILENCE;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
