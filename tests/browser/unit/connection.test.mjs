import assert from 'node:assert/strict';
import test from 'node:test';

import { Connection } from '../../../web/connection.js';

/** The page's side of a network that the test plays, with a clock that the test moves. */
class World {
  now = 0;
  /** Timers: when they are due, what they do, and how often. */
  #due = new Map();
  #next = 1;
  page = new EventTarget();
  document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  sockets = [];
  told = [];

  constructor(context) {
    const later = (act, wait, every = 0) => {
      this.#due.set(this.#next, { at: this.now + wait, act, every });
      return this.#next++;
    };
    const { sockets } = this;
    globalThis.WebSocket = class {
      static CONNECTING = 0;
      static OPEN = 1;
      readyState = 0;
      sent = [];
      constructor(address) { this.address = new URL(address); sockets.push(this); }
      send(message) { this.sent.push(JSON.parse(message)); }
      close() { this.readyState = 3; }
      opened() {
        this.readyState = 1;
        for (const frame of [{ type: 'ready', protocol: 'coracle.v1' }, { type: 'authed', user: 'mira' }]) this.hear(frame);
      }
      hear(frame) { this.onmessage?.({ data: JSON.stringify(frame) }); }
      pong() { this.hear({ type: 'pong', t: this.sent.findLast(({ type }) => type === 'ping').t }); }
    };
    globalThis.document = this.document;
    globalThis.addEventListener = (...all) => this.page.addEventListener(...all);
    context.mock.method(performance, 'now', () => this.now);
    context.mock.method(Math, 'random', () => 1);
    context.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('no network')));
    context.mock.method(globalThis, 'setTimeout', (act, wait) => later(act, wait));
    context.mock.method(globalThis, 'setInterval', (act, every) => later(act, every, every));
    for (const clear of ['clearTimeout', 'clearInterval']) context.mock.method(globalThis, clear, (id) => this.#due.delete(id));
    const tell = (kind) => (...all) => this.told.push([kind, ...all]);
    const kinds = ['frame', 'output', 'lost', 'waiting', 'connecting', 'closed', 'rtt', 'silent'];
    this.connection = new Connection('ws://there', Object.fromEntries(kinds.map((kind) => [kind, tell(kind)])));
    this.connection.open();
  }

  get socket() { return this.sockets.at(-1); }

  pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const [id, timer] = [...this.#due].sort(([, one], [, other]) => one.at - other.at)[0] ?? [0, { at: Infinity }];
      if (timer.at > end) break;
      this.now = timer.at;
      if (timer.every > 0) timer.at += timer.every;
      else this.#due.delete(id);
      timer.act();
    }
    this.now = end;
  }

  /** The connection breaks, and so do all tries of so many milliseconds. */
  outage(milliseconds) {
    const end = this.now + milliseconds;
    while (this.now < end) {
      if (this.socket.readyState !== 3) {
        this.socket.readyState = 3;
        this.socket.onclose?.({ code: 1006 });
      }
      this.pass(50);
    }
  }

  seen(state) {
    this.document.visibilityState = state;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  of(kind) { return this.told.filter(([one]) => one === kind); }
}

test('tries come at growing distances, at most 8 s apart', (context) => {
  const world = new World(context);
  world.socket.opened();
  world.outage(40_000);
  const waits = world.of('waiting').map(([, , at], index, all) => (index === 0 ? null : Math.round(at - all[index - 1][2])));
  assert.ok(world.sockets.length >= 8 && world.sockets.length < 12, `${world.sockets.length} tries in 40 s`);
  assert.ok(waits.slice(1).every((wait) => wait <= 8100), waits.join());
  assert.ok(waits.at(-1) > 7000, waits.join());
});

for (const [what, happens] of [
  ['the network is back', (world) => world.page.dispatchEvent(new Event('online'))],
  ['the tab is shown', (world) => { world.seen('hidden'); world.seen('visible'); }],
]) {
  test(`when ${what}, the next try comes at once, and the distances begin anew`, (context) => {
    const world = new World(context);
    world.socket.opened();
    world.outage(40_000);
    const before = world.sockets.length;
    happens(world);
    assert.equal(world.sockets.length, before + 1);
    world.outage(100);
    assert.equal(world.of('waiting').at(-1)[2] - world.now < 700, true);
    world.pass(600);
    world.socket.opened();
    assert.ok(world.of('frame').some(([, { type }]) => type === 'authed'));
  });
}

test('a try that hangs is given up when the network is back', (context) => {
  const world = new World(context);
  world.pass(2000);
  assert.equal(world.sockets.length, 1);
  world.page.dispatchEvent(new Event('online'));
  assert.equal(world.sockets.length, 2);
  world.page.dispatchEvent(new Event('online'));
  assert.equal(world.sockets.length, 2, 'and not one that has only begun');
});

test('a connection that went silent is told after 2 s and replaced after 10 s, after a change of network after 3 s', (context) => {
  for (const [changed, bound] of [[false, 10_000], [true, 3000]]) {
    const world = new World(context);
    world.socket.opened();
    world.socket.pong();
    world.pass(6000); // the next ping has gone out
    assert.ok(world.socket.sent.filter(({ type }) => type === 'ping').length > 1);
    if (changed) world.page.dispatchEvent(new Event('online'));
    world.pass(bound - 2500);
    assert.equal(world.of('lost').length, 0);
    world.pass(4500);
    assert.equal(world.of('lost').length, 1, `${changed}`);
    if (!changed) assert.ok(world.of('silent').length > 3);
  }
});

test('any message is a sign of life, and a pong ends the silence', (context) => {
  const world = new World(context);
  world.socket.opened();
  for (let seconds = 0; seconds < 30; seconds += 1) {
    world.pass(1000);
    world.socket.hear({ type: 'accepted', bytes: seconds });
  }
  assert.equal(world.of('lost').length + world.of('silent').length, 0);
  world.socket.pong();
  assert.equal(world.of('rtt').length, 1);
});

test('nothing that is sent without a connection is sent later', (context) => {
  const world = new World(context);
  world.socket.opened();
  world.outage(500);
  world.connection.sendInput(new TextEncoder().encode('"lost"'));
  world.connection.send({ type: 'extend' });
  world.pass(10_000);
  world.socket.opened();
  const sent = world.sockets.flatMap((socket) => socket.sent);
  assert.equal(sent.some((message) => message === 'lost' || message.type === 'extend'), false);
});

test('a window that comes back by itself says so and which it is, and one that a person opens asks for the keyboard', (context) => {
  const world = new World(context);
  const said = () => Object.fromEntries(world.socket.address.searchParams);
  const { window } = said();
  assert.match(window, /^[0-9a-f]{16}$/);
  assert.deepEqual(said(), { window });
  world.socket.onclose({ code: 1006 });
  world.pass(10_000);
  assert.deepEqual(said(), { window }, 'it never had a connection');
  world.socket.opened();
  world.socket.onclose({ code: 1006 });
  world.pass(10_000);
  assert.deepEqual(said(), { window, returns: 'true' });
  world.connection.open();
  assert.deepEqual(said(), { window });
});
