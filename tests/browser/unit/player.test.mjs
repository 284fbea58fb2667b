import assert from 'node:assert/strict';
import test from 'node:test';

import { Reader, parse, size } from '../../../web/cast.js';
import { Player } from '../../../web/player.js';

const HEADER = '{"version":3,"term":{"cols":80,"rows":24}}\n';

/** A recording that is fetched in pieces of this many bytes at most. */
class Played {
  reads = [];
  constructor(text, checkpoints = [], piece = Infinity) {
    this.all = Buffer.from(text);
    this.bytes = this.all.length;
    this.checkpoints = checkpoints;
    this.piece = piece;
  }

  async checkpoint(time) {
    return this.checkpoints.filter((one) => one.time <= time).at(-1) ?? null;
  }

  async read(from, to, signal) {
    await null;
    signal.throwIfAborted();
    this.reads.push(from);
    return new Uint8Array(this.all.subarray(from, Math.min(to, from + this.piece)));
  }
}

/** Keeps what it is given to draw. */
class Board {
  pending = 0;
  shown = '';
  size = null;
  restart(size, screen) {
    this.size = size;
    this.shown = screen ? Buffer.from(screen).toString() : '';
  }

  write(text) { this.shown += text; }
  resize(size) { this.size = size; }
  async drawn() {}
}

function open(cast, duration) {
  const board = new Board();
  const failures = [];
  const player = new Player(cast, board, () => {}, (error) => failures.push(error));
  return { board, player, failures, begin: (at) => player.begin({ duration, cols: 80, rows: 24 }, at) };
}

/** Lets time pass in steps, and whatever waits for pieces come. */
async function pass(player, milliseconds, step = 100) {
  for (let now = 0; now <= milliseconds; now += step) {
    player.tick((pass.now = (pass.now ?? 0) + step));
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

const line = (interval, kind, data) => `[${interval.toFixed(3)}, "${kind}", ${JSON.stringify(data)}]\n`;
const TEN = HEADER + Array.from({ length: 10 }, (_, n) => line(1, 'o', `${n + 1} `)).join('');

test('a line is an event, or nothing', () => {
  assert.deepEqual(parse('[1.25, "o", "\\u001b[m"]'), { time: 1250, kind: 'o', data: '\x1b[m' });
  for (const none of ['', '# x', HEADER, '[1, "o"', '[1, "o"]', '[-1, "o", ""]', '["x", "o", ""]', '[1, "o", 5]', '[1e999, "o", ""]']) {
    assert.equal(parse(none), null, none);
  }
  assert.deepEqual(size('120x40'), { cols: 120, rows: 40 });
  for (const none of ['', '0x4', '80x', '1001x1', '80x24x', '-1x5', 'axb']) assert.equal(size(none), null, none);
});

test('pieces that cut lines and characters anywhere give the same events', async () => {
  const text = HEADER + Array.from({ length: 30 }, (_, n) => line(0.1, 'o', `é${n}→漢`)).join('');
  for (const piece of [1, 3, 7, 64, 1000]) {
    const reader = new Reader(new Played(text, [], piece), { cast: 0, time: 0 }, new AbortController().signal);
    let all = '';
    let last = 0;
    while (!reader.isOver) {
      const event = reader.peek();
      if (!event) { await reader.fill(); continue; }
      all += event.data;
      last = event.time;
      reader.take();
    }
    assert.equal(all, Array.from({ length: 30 }, (_, n) => `é${n}→漢`).join(''), `pieces of ${piece}`);
    assert.equal(last, 3000);
  }
});

test('it plays as fast as is wanted, and stops at the end', async () => {
  const { board, player, begin } = open(new Played(TEN), 10_000);
  await begin();
  assert.equal(board.shown, '');
  player.play();
  await pass(player, 2900);
  assert.equal(board.shown, '1 2 ');
  player.speed = 4;
  await pass(player, 1000);
  assert.equal(board.shown, '1 2 3 4 5 6 7 ');
  await pass(player, 1000);
  assert.equal(board.shown, '1 2 3 4 5 6 7 8 9 10 ');
  assert.ok(player.isAtEnd && !player.playing && player.position === 10_000);
  player.play(); // once more from the beginning
  await pass(player, 100);
  assert.equal(player.position < 2000, true);
});

test('every moment can be gone to, from the nearest screen that was kept', async () => {
  const at = HEADER.length + [1, 2, 3, 4, 5].map((n) => line(1, 'o', `${n} `)).join('').length;
  const checkpoint = { time: 5000, cast: at, cols: 90, rows: 30, screen: Buffer.from('kept ') };
  const cast = new Played(TEN, [checkpoint]);
  const { board, player, begin } = open(cast, 10_000);
  await begin(7500);
  assert.deepEqual([board.shown, board.size.cols, player.position], ['kept 6 7 ', 90, 7500]);
  assert.deepEqual(cast.reads, [at], 'nothing before it was fetched');
  await player.seek(2000);
  assert.deepEqual([board.shown, board.size.cols], ['1 2 ', 80]);
  await player.seek(99_999);
  assert.deepEqual([board.shown, player.position], ['kept 6 7 8 9 10 ', 10_000]);
  await player.seek(-5);
  assert.deepEqual([board.shown, player.position], ['', 0]);
});

test('of wishes that follow each other only the last is carried out', async () => {
  const { board, player, failures, begin } = open(new Played(TEN), 10_000);
  await begin();
  const wishes = [9000, 8000, 3000, 1500].map((time) => player.seek(time));
  await Promise.all(wishes);
  assert.deepEqual([board.shown, player.position, player.seeking], ['1 ', 1500, false]);
  assert.deepEqual(failures, []);
});

test('of a time in which nothing happens only so much is played', async () => {
  const text = HEADER + line(1, 'o', 'a') + line(3600, 'r', '100x50') + line(1, 'o', 'b');
  const { board, player, begin } = open(new Played(text), 3_602_000);
  player.idle = 2000;
  await begin();
  player.play();
  await pass(player, 2800);
  assert.deepEqual([board.shown, board.size.cols], ['a', 80]);
  await pass(player, 400);
  assert.deepEqual([board.size, player.position >= 3_601_000], [{ cols: 100, rows: 50 }, true]);
  await pass(player, 1500);
  assert.equal(board.shown, 'ab');
});

test('a step shows one thing more', async () => {
  const { board, player, begin } = open(new Played(TEN), 10_000);
  await begin();
  player.play();
  await player.step();
  await player.step();
  assert.deepEqual([board.shown, player.position, player.playing], ['1 2 ', 2000, false]);
});

test('what cannot be drawn as fast is waited for', async () => {
  const { board, player, begin } = open(new Played(TEN), 10_000);
  await begin();
  player.play();
  board.pending = 2 * 1024 * 1024;
  await pass(player, 5000);
  assert.equal(board.shown, '');
  board.pending = 0;
  await pass(player, 1100);
  assert.equal(board.shown, '1 ', 'no time has gone by meanwhile');
});

test('a recording that grows goes on until its shell has ended', async () => {
  const cast = new Played(HEADER + line(1, 'o', 'a'));
  const { board, player, begin } = open(cast, 1000);
  await begin();
  player.live = true;
  player.play();
  await pass(player, 2000);
  assert.deepEqual([board.shown, player.playing, player.isAtEnd], ['a', true, true]);
  cast.all = Buffer.concat([cast.all, Buffer.from(line(0.5, 'o', 'b') + line(0.1, 'x', '0'))]);
  cast.bytes = cast.all.length;
  await pass(player, 2000);
  assert.deepEqual([board.shown, player.playing, player.live, player.duration], ['ab', false, false, 1600]);
});

test('a recording that cannot be fetched is said once, and stops', async () => {
  const cast = new Played(TEN);
  const { player, failures, begin } = open(cast, 10_000);
  cast.read = async () => { throw new Error('gone'); };
  await begin();
  player.play();
  await pass(player, 1000);
  assert.ok(failures.length >= 1 && failures.every((error) => error.message === 'gone'));
  assert.equal(player.playing, false);
});
