import assert from 'node:assert/strict';
import test from 'node:test';

import { sequence, typed } from '../../../web/extrakeys.js';

const NONE = { ctrl: false, alt: false };
const CTRL = { ctrl: true, alt: false };
const ALT = { ctrl: false, alt: true };
const BOTH = { ctrl: true, alt: true };

test('the extra keys send what terminals send for them, with and without modifiers', () => {
  for (const [key, held, application, bytes] of [
    ['escape', NONE, false, '\x1b'], ['tab', NONE, false, '\t'], ['|', NONE, false, '|'], ['escape', ALT, false, '\x1b\x1b'],
    ['up', NONE, false, '\x1b[A'], ['up', NONE, true, '\x1bOA'], ['up', CTRL, true, '\x1b[1;5A'], ['left', ALT, false, '\x1b[1;3D'],
    ['right', BOTH, false, '\x1b[1;7C'], ['home', NONE, false, '\x1b[H'], ['end', NONE, true, '\x1bOF'],
    ['pageUp', NONE, true, '\x1b[5~'], ['pageDown', CTRL, false, '\x1b[6;5~'], ['/', CTRL, false, '\x1f'], ['-', ALT, false, '\x1b-'],
  ]) assert.equal(sequence(key, held, application), bytes, `${key} ${JSON.stringify(held)}`);
});

test('Ctrl makes the control character of a letter or sign, and leaves what has none', () => {
  for (const [char, bytes] of [
    ['c', '\x03'], ['C', '\x03'], ['[', '\x1b'], ['@', '\0'], [' ', '\0'], ['_', '\x1f'], ['?', '\x7f'], ['5', '5'], ['ä', 'ä'],
    ['日', '日'], ['\r', '\r'],
  ]) assert.equal(typed(char, CTRL), bytes, char);
  assert.equal(typed('x', ALT), '\x1bx');
  assert.equal(typed('c', BOTH), '\x1b\x03');
});
