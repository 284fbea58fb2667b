import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { BadFrame, encode, parse } from '../../../web/protocol.js';

const frames = async (name) => JSON.parse(await readFile(new URL(`../../frames/${name}.json`, import.meta.url), 'utf8'));

/** Every path to a value inside, the whole left out. */
function paths(value, before = []) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value).flatMap((key) => [[...before, key], ...paths(value[key], [...before, key])]);
}

/** A copy in which `change` was done to the holder of the last key of `path`. */
function changed(frame, path, change) {
  const copy = structuredClone(frame);
  change(path.slice(0, -1).reduce((holder, key) => holder[key], copy), path.at(-1));
  return copy;
}

test('every frame of the daemon that both sides know is read as it was written', async () => {
  for (const frame of await frames('to-client')) assert.deepEqual(parse(JSON.stringify(frame)), frame);
});

test('every frame of the browser that both sides know is written as the daemon reads it', async () => {
  for (const frame of await frames('from-client')) assert.deepEqual(JSON.parse(encode(frame)), frame);
});

test('a frame of the daemon with any field missing is refused, and so is one with a field of another kind', async () => {
  for (const frame of await frames('to-client')) {
    for (const path of paths(frame)) {
      if (path.join() === 'type') continue;
      const without = JSON.stringify(changed(frame, path, (holder, key) => { delete holder[key]; }));
      assert.throws(() => parse(without), BadFrame, without);
      for (const wrong of [[{}], { a: 1 }]) {
        const other = JSON.stringify(changed(frame, path, (holder, key) => { holder[key] = wrong; }));
        assert.throws(() => parse(other), BadFrame, other);
      }
    }
  }
});

test('what is no frame at all is refused', () => {
  for (const wrong of ['', 'null', '[]', '1', '"ready"', '{}', '{"type":1}', '{"type":"ready"', '{"type":null}']) {
    assert.throws(() => parse(wrong), BadFrame, wrong);
  }
});

test('counts are whole, not negative, and small enough to be exact', () => {
  for (const bytes of ['-1', '1.5', '1e300', '"1"', 'null', '9007199254740993']) {
    assert.throws(() => parse(`{"type":"accepted","bytes":${bytes}}`), BadFrame, bytes);
  }
});

test('a type, a kind of notice and a field of a newer daemon do no harm', () => {
  assert.equal(parse('{"type":"weather","cpu":1}'), null);
  assert.equal(parse('{"type":"notice","kind":"applause"}'), null);
  assert.equal(parse('{"type":"toString"}'), null);
  assert.equal(parse('{"type":"__proto__"}'), null);
  assert.deepEqual(parse('{"type":"pong","t":1,"more":2}'), { type: 'pong', t: 1, more: 2 });
});

test('nothing is written that the daemon would refuse', () => {
  for (const wrong of [
    { type: 'sudo' }, { type: 'end', force: true }, { type: 'resize', cols: 0, rows: 1 },
    { type: 'resize', cols: 1001, rows: 1 }, { type: 'resize', cols: 80 }, { type: 'resize', cols: 80.5, rows: 24 },
    { type: 'ack', bytes: -1 }, { type: 'ping', t: NaN }, { type: 'visible', on: 'yes' }, {},
  ]) assert.throws(() => encode(wrong), BadFrame, JSON.stringify(wrong));
});
