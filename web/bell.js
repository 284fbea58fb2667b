// A program's bell: a flash or a tone, as the person wants it, and not more often than anybody could bear.

import { settings } from './settings.js';

/** Milliseconds between two flashes or tones at least: well below the three in a second that can harm. */
const REST = 1000;
/** The tone: Hertz, seconds, and its share of full loudness. */
const TONE = { pitch: 660, length: 0.15, loudness: 0.1 };

export class Bell {
  #host;
  #mark;
  #rung = -Infinity;
  /** @type {AudioContext | undefined} */
  #audio;

  /** @param {HTMLElement} host flashes @param {(on: boolean) => void} mark sets a mark while the page is not seen */
  constructor(host, mark) {
    this.#host = host;
    this.#mark = mark;
    host.addEventListener('animationend', () => host.classList.remove('bell'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') mark(false);
    });
  }

  ring() {
    if (settings.bell === 'none') return;
    if (document.visibilityState !== 'visible') this.#mark(true);
    const now = performance.now();
    if (now - this.#rung < REST) return;
    this.#rung = now;
    if (settings.bell === 'sound') this.#sound();
    else this.#host.classList.add('bell');
  }

  /** Before the first key or click of this page a browser stays silent. */
  #sound() {
    this.#audio ??= new AudioContext();
    if (this.#audio.state !== 'running') void this.#audio.resume();
    const { currentTime } = this.#audio;
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.value = TONE.pitch;
    volume.gain.setValueAtTime(TONE.loudness, currentTime);
    volume.gain.linearRampToValueAtTime(0, currentTime + TONE.length); // an end at full loudness would click
    tone.connect(volume).connect(this.#audio.destination);
    tone.start();
    tone.stop(currentTime + TONE.length);
  }
}
