// Whatever the scripts say stands in web/words.*.js: anything else would be overlooked by whoever translates or corrects it.
// Both tables say the same things, each in its own language.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import test from 'node:test';

import { speak, words } from '../../../web/words.js';

const WEB = new URL('../../../web/', import.meta.url);
/** Comments, and strings of all three kinds; a comment inside a string, or the other way round, belongs to what began first. */
const TOKENS = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** Strings of a module that somebody could read on a page. */
function sentences(source) {
  return [...source.matchAll(TOKENS)].filter(({ 0: token, index }) => {
    if (token.startsWith('/')) return false;
    // Errors that only a defect can cause speak to the console.
    if (/\b(Error|BadFrame)\($/.test(source.slice(0, index).trimEnd())) return false;
    const text = token.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, 'x');
    return /^[A-Z][a-z]+( ?[.…!?]| [a-z])/.test(text) || /[a-z]{2,} [a-z]+ [a-z]{2,}/.test(text);
  }).map(([token]) => token);
}

test('what can be seen to be a sentence is seen', () => {
  for (const one of ["x('Try again')", 'x("Loading …")', 'x(`No connection since ${n} s`)', "x('Saved.') // 'y'"]) {
    assert.equal(sentences(one).length, 1, one);
  }
  for (const none of ["x('visually-hidden')", "x('[data-end]')", "throw new Error('Not a page of ours')", "// it's 'Not here'"]) {
    assert.deepEqual(sentences(none), [], none);
  }
});

test('no script has a sentence of its own', async () => {
  const modules = (await readdir(WEB)).filter((name) => name.endsWith('.js') && !name.startsWith('words.'));
  assert.ok(modules.length > 10, `${modules.length} modules in web/`);
  for (const name of modules) assert.deepEqual(sentences(await readFile(new URL(name, WEB), 'utf8')), [], name);
});

/** The table that a module gives to the scripts. @param {string} tag */
async function table(tag) {
  speak(undefined);
  await import(`../../../web/words.${tag}.js`);
  return words;
}
const english = await table('en');
const german = await table('de');

/** What a sentence with values in it is asked with, by its place in the table; numbers where nothing stands here. */
const ASKED = {
  stepNote: [{ step: 'queue', done: 3, total: 5, layers: null, complete: null, text: '' }],
  'away.until': [new Date(0)],
  'facts.network': ['none'],
  'facts.isolation': ['slots'],
  'facts.capabilities': [[]],
  'facts.seccomp': ['coracle'],
  'watched.looking': ['mira'],
  'watched.mark': [['ada', 'uid 0']],
  'watched.now': [['ada', 'bea']],
  'watched.before': [[{ by: 'ada', until: 1_764_200_000 }]],
};

/** Every text of a table by its place. */
function* texts(node, place = '') {
  for (const [key, value] of Object.entries(node)) {
    const here = place === '' ? key : `${place}.${key}`;
    if (typeof value === 'object') yield* texts(value, here);
    else if (typeof value === 'string') yield [here, value];
    else {
      assert.equal(typeof value, 'function', here);
      // For one and for many.
      for (const number of [1, 7000]) yield [`${here}(${number})`, value(...(ASKED[here] ?? [number, number + 1, number]))];
    }
  }
}

/** Names, units and numbers, and words that both languages have. */
const SHARED = new Set(['Terminal', 'Minus', 'Tab', 'Esc', 'Alt', 'Swap', 'Capabilities', 'Cursor', 'Block', 'WebGL', 'Tilde']);

test('both tables say the same things, and none of them in the language of the other', () => {
  const [ours, theirs] = [new Map(texts(english)), new Map(texts(german))];
  assert.deepEqual([...theirs.keys()].sort(), [...ours.keys()].sort());
  assert.ok(ours.size > 250, `${ours.size} texts`);
  for (const [place, text] of theirs) {
    assert.ok(typeof text === 'string' && !/undefined|NaN|\[object/.test(text), `${place}: ${text}`);
    const plain = !/[a-z]{3}/i.test(text) || SHARED.has(text);
    if (!plain) assert.notEqual(text, ours.get(place), place);
  }
});

test('numbers and lengths of time are written as the language writes them', () => {
  assert.equal(german.usage.cpu(480, 1500), '0,48/1,5');
  assert.equal(german.rtt(3.21), '3,2 ms');
  assert.equal(german.settings.lines(20_000), '20.000');
  assert.equal(german.left(2 * 86_400), 'noch 2 Tage');
  assert.equal(german.left(86_400 + 3600), 'noch 1 Tag 1 h');
  assert.match(german.facts.ends(900, 2 * 86_400), /^Nach 15 min ohne Eingabe, nach 2 Tagen ohne Browser/);
  assert.equal(german.stepNote({ step: 'queue', done: 3, total: 5 }), '3. von 5 Wartenden');
  assert.equal(german.left(59), 'noch 0:59');
});
