// Whatever the scripts say stands in web/words.js: anything else would be overlooked by whoever translates or corrects it.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import test from 'node:test';

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
  const modules = (await readdir(WEB)).filter((name) => name.endsWith('.js') && name !== 'words.js');
  assert.ok(modules.length > 10, `${modules.length} modules in web/`);
  for (const name of modules) assert.deepEqual(sentences(await readFile(new URL(name, WEB), 'utf8')), [], name);
});
