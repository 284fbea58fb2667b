// What is told while there is no connection: the next try, that nothing typed now is sent, and for how long the session waits.

import { boxIsOpen, closeBox, openBox } from './overlay.js';
import { toStart } from './outcome.js';
import { words } from './words.js';

/** Milliseconds without a connection after which a line below the terminal is no longer enough. */
const LONG = 30_000;

export class Away {
  /** The service said that it restarts. */
  restarting = false;
  /** Milliseconds that the session goes on without a browser; 0: there was no shell yet, or it does not. */
  lasts = 0;
  #strips;
  #retry;
  /** When the connection was lost (performance.now()); 0: it was not. */
  #since = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown;
  /** @type {HTMLDialogElement | undefined} */
  #box;

  /** @param {import('./notices.js').Strips} strips @param {() => void} retryNow */
  constructor(strips, retryNow) {
    this.#strips = strips;
    this.#retry = { label: words.now, act: retryNow };
  }

  /** Try number `attempt` is under way. @param {number} attempt */
  trying(attempt) {
    clearInterval(this.#countdown);
    if (attempt > 1 || this.#since > 0) this.#say(0, attempt);
  }

  /** Try number `attempt` comes at `at` (performance.now()). @param {number} attempt @param {number} at */
  waiting(attempt, at) {
    clearInterval(this.#countdown);
    this.#since ||= performance.now();
    const say = () => {
      this.#say(Math.max(0, Math.ceil((at - performance.now()) / 1000)), attempt);
      if (performance.now() - this.#since > LONG) this.#tellLong();
    };
    say();
    this.#countdown = setInterval(say, 1000);
  }

  /** It is there again, or will not come back by itself. */
  over() {
    clearInterval(this.#countdown);
    this.#strips.hide('link');
    this.#since = 0;
    this.restarting = false;
    if (this.#box?.isConnected) closeBox();
    this.#box = undefined;
  }

  /** @param {number} seconds @param {number} attempt */
  #say(seconds, attempt) {
    const what = this.restarting ? words.restarting : words.reconnecting(seconds, attempt);
    this.#strips.show('link', `${what} ${words.waitsForYou(this.lasts / 1000)}`.trim(), this.#retry);
  }

  /** Once, and not in place of what the person has open. */
  #tellLong() {
    if (this.#box || boxIsOpen()) return;
    const left = this.lasts > 0 ? this.lasts - (performance.now() - this.#since) : 0;
    this.#box = openBox({
      title: words.away.title,
      text: words.away.text,
      facts: left > 0 ? [words.away.until(new Date(Date.now() + left))] : [],
      choices: [{ label: words.away.now, look: 'primary', act: this.#retry.act }, { label: words.hide, look: '', act: closeBox }, toStart],
    });
  }
}
