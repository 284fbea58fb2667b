// What was typed and pasted, on its way to the daemon: in order, in bounded frames, and never more than it has room for.

import { INPUT_CREDIT, MAX_INPUT } from './protocol.js';

/** Bytes that may wait here for credit; a larger paste is refused as a whole. */
export const MAX_QUEUE = 8 * 1024 * 1024;

/** What ends a bracketed paste, and Ctrl+C. */
const PASTE_END = '\x1b[201~';
const INTERRUPT = '\x03';

/** @typedef {'sent' | 'queued' | 'away' | 'full'} Outcome */

export class Input {
  #encoder = new TextEncoder();
  /** @type {((bytes: Uint8Array) => void) | null} */
  #send = null;
  #onQueued;
  /** @type {Uint8Array[]} */
  #queue = [];
  #waiting = 0;
  #sent = 0;
  #accepted = 0;

  /** @param {(bytes: number) => void} onQueued is told how many bytes wait, whenever that changes. */
  constructor(onQueued) {
    this.#onQueued = onQueued;
  }

  /** A shell can hear. @param {(bytes: Uint8Array) => void} send */
  connect(send) {
    this.#send = send;
    this.#sent = this.#accepted = 0;
  }

  /** The shell that heard so far hears again. @param {(bytes: Uint8Array) => void} send */
  resume(send) {
    this.#send = send;
  }

  /**
   * Nobody can hear: what still waits is dropped, never sent to a screen that has moved on. Of what was sent and not accepted
   * nobody knows whether the shell has it; sent again, it might have it twice.
   * @returns {{unsent: number, unsure: number}} bytes; none if nobody could hear before
   */
  disconnect() {
    const lost = this.#send ? { unsent: this.#waiting, unsure: this.#sent - this.#accepted } : { unsent: 0, unsure: 0 };
    this.#send = null;
    this.#drop();
    return lost;
  }

  /**
   * Takes what the emulator says was typed. Without a connection it is dropped.
   * @param {string} text
   * @returns {Outcome}
   */
  type(text) {
    if (text !== INTERRUPT || this.#waiting === 0) return this.bytes(this.#encoder.encode(text));
    // Ctrl+C means now, not after the rest of a long paste. A paste that is cut still gets its end mark, or the
    // program would take all that follows for pasted text.
    const bracketed = this.#endsWithMark();
    this.#drop();
    return this.bytes(this.#encoder.encode(bracketed ? PASTE_END + text : text));
  }

  /**
   * The same for what is no text (mouse reports of the old kind).
   * @param {Uint8Array} bytes
   * @returns {Outcome}
   */
  bytes(bytes) {
    if (!this.#send) return 'away';
    if (this.#waiting + bytes.length > MAX_QUEUE) return 'full';
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    this.#flush();
    return this.#waiting === 0 ? 'sent' : 'queued';
  }

  /** The daemon has taken over that many bytes of this attachment. @param {number} total */
  accepted(total) {
    this.#accepted = Math.max(this.#accepted, total);
    this.#flush();
  }

  #flush() {
    const before = this.#waiting;
    while (this.#send && this.#queue.length > 0) {
      const room = INPUT_CREDIT - (this.#sent - this.#accepted);
      const length = Math.min(this.#queue[0].length, MAX_INPUT, room);
      if (length <= 0 && this.#queue[0].length > 0) break;
      this.#send(this.#queue[0].subarray(0, length));
      this.#sent += length;
      this.#waiting -= length;
      if (length === this.#queue[0].length) this.#queue.shift();
      else this.#queue[0] = this.#queue[0].subarray(length);
    }
    if (this.#waiting !== before || this.#waiting > 0) this.#onQueued(this.#waiting);
  }

  #drop() {
    this.#queue = [];
    this.#waiting = 0;
    this.#onQueued(0);
  }

  #endsWithMark() {
    const mark = this.#encoder.encode(PASTE_END);
    return this.#queue.some((chunk) => {
      const tail = chunk.subarray(Math.max(0, chunk.length - mark.length));
      return tail.length === mark.length && tail.every((byte, index) => byte === mark[index]);
    });
  }
}
