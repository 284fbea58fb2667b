// A program's bell: seen and never heard, and not more often than anybody could look.

/** Milliseconds between two flashes at least: well below the three in a second that can harm. */
const REST = 1000;

export class Bell {
  #host;
  #mark;
  #rung = -Infinity;

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
    if (document.visibilityState !== 'visible') this.#mark(true);
    const now = performance.now();
    if (now - this.#rung < REST) return;
    this.#rung = now;
    this.#host.classList.add('bell');
  }
}
