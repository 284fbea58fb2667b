// A stretch of network between browser and Coracle that can be cut, or fall silent, and be mended.

import net from 'node:net';

export class Wire {
  #pairs = new Set();
  #server;
  #state = 'whole';

  /** @param {string} url of a Coracle on this machine, over plain HTTP */
  constructor(url) {
    const { protocol, hostname, port } = new URL(url);
    if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(hostname)) {
      throw new Error(`CORACLE_URL must be http:// on 127.0.0.1 or localhost, so that its network can be cut: ${url}`);
    }
    this.#server = net.createServer((near) => {
      if (this.#state === 'cut') {
        near.destroy();
        return;
      }
      const far = net.connect(Number(port || 80), '127.0.0.1');
      const pair = [near, far];
      this.#pairs.add(pair);
      for (const [from, to] of [[near, far], [far, near]]) {
        from.setNoDelay(true);
        from.pipe(to);
        from.on('error', () => {});
        from.on('close', () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
      }
      if (this.#state === 'silent') this.#hush(pair);
    });
  }

  /** @returns {Promise<string>} the address to use instead */
  async open() {
    await new Promise((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Breaks every connection and refuses new ones. */
  cut() {
    this.#state = 'cut';
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Connections stay, and nothing comes through any more. */
  hush() {
    this.#state = 'silent';
    for (const pair of this.#pairs) this.#hush(pair);
  }

  #hush([near, far]) {
    near.unpipe(far);
    far.unpipe(near);
    near.pause();
    far.pause();
  }

  /** All is well again for new connections. */
  mend() {
    this.#state = 'whole';
  }

  close() {
    this.cut();
    this.#server.close();
  }
}
