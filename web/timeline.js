// The bar below a recording: where it is, and where something was or was found.

import { element } from './overlay.js';
import { timecode, words } from './words.js';

/** Marks that are drawn at most: beside each other, more could not be told apart. */
const MOST = 300;

/** Milliseconds for which a sign that was passed is told. */
const TOLD = 3000;

/** @typedef {{time: number, kind: string, text: string}} Sign a mark, or a match (`hit`) */

export class Timeline {
  #bar = element('input', { type: 'range', min: '0', step: '100', value: '0', 'aria-label': words.replay.position });
  #place;
  #duration = 0;
  /** @type {Sign[]} */
  #signs = [];

  /** @param {HTMLElement} place @param {(time: number) => void} seek */
  constructor(place, seek) {
    this.#place = element('span', { class: 'signs', 'aria-hidden': 'true' });
    place.append(this.#place, this.#bar);
    this.#bar.addEventListener('input', () => seek(Number(this.#bar.value)));
  }

  /** @param {number} position @param {number} duration milliseconds */
  show(position, duration) {
    if (duration !== this.#duration) {
      this.#duration = duration;
      this.#bar.max = String(duration);
      this.#draw();
    }
    this.#bar.value = String(position);
    this.#bar.setAttribute('aria-valuetext', words.replay.of(position, duration));
  }

  /** Shows these in place of those of the same kinds. @param {string[]} kinds @param {Sign[]} signs */
  sign(kinds, signs) {
    this.#signs = [...this.#signs.filter(({ kind }) => !kinds.includes(kind)), ...signs].sort((a, b) => a.time - b.time);
    this.#draw();
  }

  /** The nearest sign after a moment, or before it. @param {number} time @param {1 | -1} way @returns {Sign | undefined} */
  next(time, way) {
    return this.#signs.filter((sign) => (sign.time - time) * way > 0).at(way > 0 ? 0 : -1);
  }

  /** What was passed just now. @param {number} time */
  near(time) {
    return this.#signs.filter((sign) => sign.time <= time && time - sign.time < TOLD).at(-1);
  }

  #draw() {
    if (this.#duration === 0) return;
    const every = Math.ceil(this.#signs.length / MOST);
    const drawn = this.#signs.filter((sign, index) => sign.kind === 'gap' || index % every === 0);
    this.#place.replaceChildren(...drawn.map(({ time, kind, text }) => {
      const mark = element('i', { class: kind, title: `${timecode(time)} ${text}` });
      mark.style.left = `${(100 * time) / this.#duration}%`;
      return mark;
    }));
  }
}
