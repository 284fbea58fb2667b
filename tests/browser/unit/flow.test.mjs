import assert from 'node:assert/strict';
import test from 'node:test';

import { Acks } from '../../../web/ack.js';
import { backoff } from '../../../web/connection.js';
import { Input, MAX_QUEUE } from '../../../web/input.js';
import { INPUT_CREDIT, MAX_INPUT } from '../../../web/protocol.js';
import { duration } from '../../../web/words.en.js';
import { title } from '../../../web/words.js';

function connected() {
  const frames = [];
  const queued = [];
  const input = new Input((bytes) => queued.push(bytes));
  input.connect((bytes) => frames.push(Buffer.from(bytes)));
  return { input, frames, queued, all: () => Buffer.concat(frames) };
}

/** Timers that run only when the test says that time has passed. */
function heldClock(context) {
  let now = 0;
  let due = [];
  context.mock.method(globalThis, 'setTimeout', (act, wait) => {
    const entry = { act, at: now + wait };
    due.push(entry);
    return entry;
  });
  context.mock.method(globalThis, 'clearTimeout', (entry) => { due = due.filter((other) => other !== entry); });
  return {
    pass(milliseconds) {
      now += milliseconds;
      const ready = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { act } of ready) act();
    },
  };
}

test('a paste goes out in frames of at most 16 KiB and stops at the credit', () => {
  const { input, frames, all, queued } = connected();
  assert.equal(input.type('x'.repeat(1_000_000)), 'queued');
  assert.equal(all().length, INPUT_CREDIT);
  assert.ok(frames.every((frame) => frame.length <= MAX_INPUT));
  assert.equal(queued.at(-1), 1_000_000 - INPUT_CREDIT);
});

test('the rest follows as the daemon takes it over, in order, and never beyond the credit', () => {
  const { input, all, queued } = connected();
  const text = Array.from({ length: 100_000 }, (_, number) => `${number} ä\n`).join('');
  input.type(text);
  for (let accepted = 0; accepted < Buffer.byteLength(text); accepted += 10_000) {
    input.accepted(accepted);
    assert.ok(all().length <= accepted + INPUT_CREDIT);
  }
  assert.equal(all().toString(), text);
  assert.equal(queued.at(-1), 0);
});

test('an older count takes nothing back', () => {
  const { input, all } = connected();
  input.type('x'.repeat(INPUT_CREDIT + 20));
  input.accepted(10);
  input.accepted(5);
  assert.equal(all().length, INPUT_CREDIT + 10);
});

test('nothing is queued without a connection, and nothing of an old one reaches the next', () => {
  const frames = [];
  const input = new Input(() => {});
  assert.equal(input.type('lost'), 'away');
  input.connect(() => {});
  input.type('x'.repeat(INPUT_CREDIT + 7));
  input.accepted(3);
  assert.deepEqual(input.disconnect(), { unsent: 4, unsure: INPUT_CREDIT }, 'what was sent last is in doubt');
  assert.deepEqual(input.disconnect(), { unsent: 0, unsure: 0 }, 'that is said once');
  input.connect((bytes) => frames.push(Buffer.from(bytes).toString()));
  input.type('new');
  assert.deepEqual(frames, ['new']);
});

test('without the keyboard nothing is kept, and with it back the credit goes on counting', () => {
  const { input, frames, all } = connected();
  input.type('x'.repeat(INPUT_CREDIT));
  input.disconnect();
  assert.equal(input.type('not sent'), 'away');
  input.resume((bytes) => frames.push(Buffer.from(bytes)));
  assert.equal(input.type('y'), 'queued', 'the daemon has taken nothing yet');
  input.accepted(INPUT_CREDIT);
  assert.equal(all().length, INPUT_CREDIT + 1);
  assert.equal(all().at(-1), 'y'.charCodeAt(0));
});

test('Ctrl+C overtakes a waiting paste and closes its bracket', () => {
  for (const [start, end] of [['', ''], ['\x1b[200~', '\x1b[201~']]) {
    const { input, all } = connected();
    input.type(`${start}${'x'.repeat(INPUT_CREDIT)}${end}`);
    assert.equal(input.type('\x03'), 'queued');
    input.accepted(INPUT_CREDIT);
    assert.equal(all().toString().replaceAll('x', ''), `${start}${end}\x03`);
  }
});

test('more than the queue holds is refused as a whole', () => {
  const { input, all } = connected();
  assert.equal(input.type('x'.repeat(MAX_QUEUE + 1)), 'full');
  assert.equal(all().length, 0);
  assert.equal(input.type('y'), 'sent');
});

test('parsed output is acknowledged every 64 KiB, a smaller rest 50 ms later, and always as a sum', (context) => {
  const clock = heldClock(context);
  const told = [];
  const acks = new Acks((bytes) => told.push(bytes));
  acks.parsed(1000);
  acks.parsed(1000);
  clock.pass(49);
  assert.deepEqual(told, []);
  clock.pass(1);
  assert.deepEqual(told, [2000]);
  acks.parsed(64 * 1024);
  assert.deepEqual(told, [2000, 2000 + 64 * 1024]);
  clock.pass(1000);
  assert.equal(told.length, 2);
  acks.parsed(1);
  acks.stop();
  clock.pass(1000);
  assert.equal(told.length, 2);
});

test('waits grow from 0.3 s to 8 s and are spread over half of their length', () => {
  assert.deepEqual([1, 2, 3].map((attempt) => backoff(attempt, 1)), [300, 600, 1200]);
  assert.deepEqual([6, 7, 1000].map((attempt) => backoff(attempt, 1)), [8000, 8000, 8000]);
  assert.deepEqual([1, 1000].map((attempt) => backoff(attempt, 0)), [150, 4000]);
});

test('a title of a program is cleaned, cut, and never stands alone', () => {
  assert.equal(title('vim – x', 'shell'), 'vim – x · shell – Coracle');
  assert.equal(title('', 'shell'), 'shell – Coracle');
  assert.equal(title(' \u202e\u0007\u2066 ', 'shell'), 'shell – Coracle');
  assert.equal(title('a'.repeat(500), 's'), `${'a'.repeat(80)} · s – Coracle`);
});

test('lengths of time are short and exact where it matters', () => {
  assert.deepEqual([-3, 0, 59, 60, 599, 600, 3600, 28_800 - 60, 86_400].map(duration),
    ['0:00', '0:00', '0:59', '1:00', '9:59', '10 min', '1 h', '7 h 59 min', '1 d']);
});
