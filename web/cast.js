// A recording as the daemon has it: an asciicast, fetched piece by piece and never all of it at once.

import { get } from './api.js';

/** Bytes of the first piece, so that something is seen at once, and of those after it. */
const FIRST_PIECE = 64 * 1024;
const PIECE = 512 * 1024;

/**
 * @typedef {{time: number, kind: string, data: string}} Event `time` in milliseconds since the beginning
 * @typedef {{cols: number, rows: number}} Size
 * @typedef {{id: string, user: string, profile: string, started: number, bytes: number, duration: number, sealed: boolean,
 *   running: boolean} & Size} Facts
 * @typedef {{time: number, cast: number, screen: Uint8Array} & Size} Checkpoint
 * @typedef {{time: number, kind: string, text: string}} Mark
 * @typedef {{time: number, line: string}} Hit
 * @typedef {{duration: number, marks: Mark[], hits: Hit[], more: boolean}} Found
 */

/** One event of a line; `null` for the header, a comment, and what is cut off. @param {string} line @returns {Event | null} */
export function parse(line) {
  if (!line.startsWith('[')) return null;
  try {
    const [interval, kind, data] = JSON.parse(line);
    const time = Math.round(interval * 1000);
    return Number.isFinite(time) && time >= 0 && typeof data === 'string' ? { time, kind, data } : null;
  } catch {
    return null;
  }
}

/** A size as `80x24`. @param {string} text @returns {Size | null} */
export function size(text) {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  return cols > 0 && rows > 0 && cols <= 1000 && rows <= 1000 ? { cols, rows } : null;
}

/** What the daemon has of one recording. */
export class Cast {
  /** Bytes that are known to be there. */
  bytes = 0;
  #path;

  /** @param {string} id */
  constructor(id) {
    this.#path = `api/v1/recordings/${encodeURIComponent(id)}`;
  }

  /** What there is to know of it; the daemon writes down that somebody looks. @returns {Promise<Facts>} */
  async facts() {
    const facts = await (await get(this.#path)).json();
    this.bytes = facts.bytes;
    return facts;
  }

  /** Looks how far it goes now; whether that is farther than before. */
  async hasGrown() {
    const before = this.bytes;
    const answer = await get(`${this.#path}/cast`, { method: 'HEAD' });
    this.bytes = Number(answer.headers.get('Content-Length'));
    return this.bytes > before;
  }

  /**
   * The last screen that was kept before a moment; `null` if there is none.
   * @param {number} time milliseconds @param {AbortSignal} signal
   * @returns {Promise<Checkpoint | null>}
   */
  async checkpoint(time, signal) {
    const answer = await get(`${this.#path}/seek?time=${Math.floor(time)}`, { signal });
    if (answer.status === 204) return null;
    const { screen, ...place } = await answer.json();
    return { ...place, screen: Uint8Array.from(atob(screen), (byte) => byte.charCodeAt(0)) };
  }

  /**
   * Where a text stands; without one, what happened to the recording itself.
   * @param {string} text @param {AbortSignal} signal
   * @returns {Promise<Found>}
   */
  async find(text, signal) {
    const query = text === '' ? '' : `?text=${encodeURIComponent(text)}`;
    return (await get(`${this.#path}/find${query}`, { signal })).json();
  }

  /** Bytes from one offset to before another, which is not beyond its end. @param {number} from @param {number} to @param {AbortSignal} signal */
  async read(from, to, signal) {
    const answer = await get(`${this.#path}/cast`, { headers: { Range: `bytes=${from}-${to - 1}` }, signal });
    return new Uint8Array(await answer.arrayBuffer());
  }
}

/** The events of a recording from one place on, in order. Holds two pieces at most. */
export class Reader {
  #cast;
  #offset;
  #signal;
  /** Of the last event that was parsed. */
  #time;
  #piece = FIRST_PIECE;
  #decoder = new TextDecoder();
  /** A line that has begun. */
  #rest = '';
  /** @type {Event[]} */
  #events = [];
  #at = 0;
  /** @type {Promise<void> | null} */
  #filling = null;

  /**
   * @param {Pick<Cast, 'bytes' | 'read'>} cast
   * @param {{cast: number, time: number}} place between two events, the one before it at `time`
   * @param {AbortSignal} signal
   */
  constructor(cast, place, signal) {
    this.#cast = cast;
    this.#offset = place.cast;
    this.#time = place.time;
    this.#signal = signal;
  }

  /** The next event, if it is at hand. @returns {Event | undefined} */
  peek() {
    return this.#events[this.#at];
  }

  take() {
    this.#at += 1;
  }

  /** Nothing more is to come, unless the recording grows. */
  get isOver() {
    return this.peek() === undefined && this.#filling === null && this.#offset >= this.#cast.bytes;
  }

  /** Whether less than a piece is at hand and more can be had. */
  get wantsMore() {
    return this.#filling === null && this.#offset < this.#cast.bytes && this.#at * 2 >= this.#events.length;
  }

  /** Fetches the next piece, one at a time. */
  fill() {
    this.#filling ??= this.#fetch().finally(() => { this.#filling = null; });
    return this.#filling;
  }

  async #fetch() {
    const to = Math.min(this.#offset + this.#piece, this.#cast.bytes);
    if (to <= this.#offset) return;
    const bytes = await this.#cast.read(this.#offset, to, this.#signal);
    if (bytes.length === 0) throw new Error(`no bytes from ${this.#offset} to ${to}`);
    this.#offset += bytes.length;
    this.#piece = PIECE;
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#events = this.#events.slice(this.#at);
    this.#at = 0;
    for (const line of lines) {
      const event = parse(line);
      if (event) this.#events.push({ ...event, time: this.#time += event.time });
    }
  }
}
