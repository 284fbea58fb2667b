// Plays a recording: which moment it is at, how fast it goes on from there, and what is to be drawn by then. Knows no page.

import { Reader, size } from './cast.js';

/** Characters that are given to the emulator at once, and that may wait to be drawn. */
const BATCH = 128 * 1024;
const MOST_PENDING = 1024 * 1024;
/** Milliseconds that go by between two ticks at most: while a page is hidden there are none. */
const LONGEST_TICK = 250;

/** @typedef {import('./cast.js').Size} Size */
/**
 * @typedef {object} Stage where it is drawn; everything takes effect in the order of the calls
 * @property {number} pending characters that are not drawn yet
 * @property {(size: Size, screen: Uint8Array | null) => void} restart shows this screen, or an empty one
 * @property {(text: string) => void} write
 * @property {(size: Size) => void} resize
 * @property {() => Promise<void>} drawn resolves once all of it is
 */

export class Player {
  /** Milliseconds since the beginning. */
  position = 0;
  duration = 0;
  playing = false;
  /** More may come at its end, which is waited for. */
  live = false;
  /** On its way to another moment. */
  seeking = false;
  speed = 1;
  /** Milliseconds that are played of a time in which nothing happens; infinite for all of it. */
  idle = Infinity;
  #cast;
  #stage;
  #changed;
  #failed;
  /** @type {Size} */
  #size = { cols: 80, rows: 24 };
  /** @type {Reader | null} */
  #reader = null;
  /** Of the last event that was drawn. */
  #last = 0;
  /** What was under way before the latest wish is given up. */
  #wish = new AbortController();
  #text = '';
  /** When the last tick was. @type {number | null} */
  #tick = null;

  /**
   * @param {Pick<import('./cast.js').Cast, 'bytes' | 'read' | 'checkpoint'>} cast
   * @param {Stage} stage
   * @param {() => void} changed is called whenever something of what can be read here did
   * @param {(error: unknown) => void} failed
   */
  constructor(cast, stage, changed, failed) {
    this.#cast = cast;
    this.#stage = stage;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Shows the first moment. @param {{duration: number} & Size} facts @param {number} [at] or another one */
  async begin(facts, at = 0) {
    this.#size = { cols: facts.cols, rows: facts.rows };
    this.duration = facts.duration;
    await this.seek(at);
  }

  /** All of it was played that is there. */
  get isAtEnd() {
    return !this.seeking && this.#reader !== null && this.#reader.isOver && this.position >= this.duration;
  }

  play() {
    if (this.isAtEnd && !this.live) void this.seek(0);
    this.playing = true;
    this.#tick = null;
    this.#changed();
  }

  pause() {
    this.playing = false;
    this.#changed();
  }

  /** Shows another moment. @param {number} time milliseconds */
  async seek(time) {
    this.#wish.abort();
    const wish = this.#wish = new AbortController();
    const to = Math.min(Math.max(0, time), this.duration);
    this.seeking = true;
    this.position = to;
    this.#changed();
    try {
      await this.#goTo(to, wish.signal);
    } catch (error) {
      if (!wish.signal.aborted) this.#failed(error);
    }
    if (wish.signal.aborted) return;
    this.seeking = false;
    this.#tick = null;
    this.#changed();
  }

  /** @param {number} time @param {AbortSignal} signal */
  async #goTo(time, signal) {
    const checkpoint = time > 0 ? await this.#cast.checkpoint(time, signal) : null;
    if (signal.aborted) return;
    // A reader of an earlier wish cannot read on: its wish was given up.
    this.#reader = new Reader(this.#cast, checkpoint ?? { cast: 0, time: 0 }, signal);
    this.#last = checkpoint?.time ?? 0;
    this.#text = '';
    this.#stage.restart(checkpoint ?? this.#size, checkpoint?.screen ?? null);
    for (;;) {
      const event = await this.#next(this.#reader);
      if (signal.aborted) return;
      if (!event || event.time > time) break;
      this.#draw(this.#reader, event);
      if (this.#stage.pending > MOST_PENDING) await this.#stage.drawn();
      if (signal.aborted) return;
    }
    this.#flush();
    await this.#stage.drawn();
  }

  /** @param {Reader} reader */
  async #next(reader) {
    while (reader.peek() === undefined && !reader.isOver) await reader.fill();
    return reader.peek();
  }

  /** Pauses and shows the next thing that happened. */
  async step() {
    this.pause();
    const reader = this.#reader;
    if (!reader || this.seeking) return;
    try {
      const event = await this.#next(reader);
      if (!event || reader !== this.#reader) return;
      this.#draw(reader, event);
      this.#flush();
      this.position = event.time;
    } catch (error) {
      this.#failed(error);
    }
    this.#changed();
  }

  /** Time has passed. @param {number} now milliseconds of any clock */
  tick(now) {
    const reader = this.#reader;
    const passed = this.#tick === null ? 0 : Math.min(now - this.#tick, LONGEST_TICK);
    this.#tick = now;
    if (!this.playing || this.seeking || !reader) return;
    if (reader.wantsMore) reader.fill().catch((error) => { if (reader === this.#reader) this.#stop(error); });
    if (this.#stage.pending > MOST_PENDING) return; // it goes no faster than it can be drawn
    const next = reader.peek();
    if (!next && !reader.isOver) return; // or than it comes
    let to = this.position + passed * this.speed;
    if (next && next.time - this.#last > this.idle && to > this.#last + this.idle) to = Math.max(to, next.time);
    this.position = to;
    for (let event = reader.peek(); event && event.time <= to; event = reader.peek()) {
      this.#draw(reader, event);
      if (this.#stage.pending > MOST_PENDING) {
        this.position = event.time;
        break;
      }
    }
    this.#flush();
    this.duration = Math.max(this.duration, this.#last);
    if (reader.isOver) this.position = Math.min(this.position, this.duration);
    if (this.isAtEnd && !this.live) this.playing = false;
    this.#changed();
  }

  /** @param {unknown} error */
  #stop(error) {
    this.pause();
    this.#failed(error);
  }

  /** @param {Reader} reader @param {import('./cast.js').Event} event */
  #draw(reader, event) {
    reader.take();
    this.#last = event.time;
    if (event.kind === 'o') {
      this.#text += event.data;
      if (this.#text.length > BATCH) this.#flush();
    } else if (event.kind === 'r') {
      const changed = size(event.data);
      this.#flush();
      if (changed) this.#stage.resize(changed);
    } else if (event.kind === 'x') {
      this.live = false;
    }
  }

  #flush() {
    if (this.#text !== '') this.#stage.write(this.#text);
    this.#text = '';
  }
}
