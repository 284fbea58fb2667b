// Tells the daemon how much output the emulator has parsed: that is what it may send more for.

/** Bytes parsed after which an acknowledgement goes out at once. */
const EVERY = 64 * 1024;
/** Milliseconds after which a smaller one goes out. */
const DELAY = 50;

/** Counts the parsed bytes of one attachment, from 0. */
export class Acks {
  #send;
  #parsed = 0;
  #told = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(bytes: number) => void} send gets the cumulative count. */
  constructor(send) {
    this.#send = send;
  }

  /** @param {number} bytes that were parsed just now. */
  parsed(bytes) {
    this.#parsed += bytes;
    if (this.#parsed - this.#told >= EVERY) this.#tell();
    else if (this.#timer === undefined && this.#parsed > this.#told) this.#timer = setTimeout(() => this.#tell(), DELAY);
  }

  /** The attachment is over: nothing goes out any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#send = () => {};
  }

  #tell() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = this.#parsed;
    this.#send(this.#told);
  }
}
