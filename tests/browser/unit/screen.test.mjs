import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { amount, ordinal, processors } from '../../../web/words.en.js'; // before all that speak
import { harmless } from '../../../web/clipboard.js';
import { facts } from '../../../web/facts.js';
import { wish } from '../../../web/keys.js';
import { target } from '../../../web/links.js';
import { Strips } from '../../../web/notices.js';
import { endBox } from '../../../web/outcome.js';
import { isHardware } from '../../../web/renderer.js';
import { parse } from '../../../web/settings.js';
import { title, words } from '../../../web/words.js';

const frames = JSON.parse(readFileSync(new URL('../../frames/to-client.json', import.meta.url), 'utf8'));
const [limited, unlimited] = frames.filter((frame) => frame.type === 'started');

test('every key that is the page\'s is named, and nothing else is', () => {
  const key = (keys) => {
    const [last, ...held] = keys.split(' ').reverse();
    const [name, code] = last.split('/');
    return {
      type: 'keydown', key: name, code: code ?? `Key${name.toUpperCase()}`, ctrlKey: held.includes('ctrl'),
      shiftKey: held.includes('shift'), altKey: held.includes('alt'), metaKey: held.includes('meta'),
    };
  };
  const asked = (keys, habits = {}) => wish(key(keys), { mac: false, selected: false, ctrlVPastes: false, ...habits });
  for (const [keys, wanted] of [
    ['ctrl c', null], ['ctrl v', null], ['ctrl f', null], ['ctrl Insert/Insert', 'copy'], ['ctrl shift C', 'copy'],
    ['ctrl shift F', 'search'], ['ctrl shift F6/F6', 'leave'], ['shift F6/F6', null], ['ctrl shift +/Equal', 'bigger'],
    ['ctrl shift */BracketRight', 'bigger'], ['ctrl shift */Digit8', null], ['ctrl shift _/Minus', 'smaller'],
    ['ctrl shift )/Digit0', 'usual'], ['ctrl shift =/Digit0', 'usual'], ['ctrl 0/Digit0', null], ['ctrl -/Minus', null],
    ['ctrl shift alt F', null], ['meta c', null], ['ctrl shift А/KeyF', 'search'], ['ctrl shift J/KeyC', null],
  ]) assert.equal(asked(keys), wanted, keys);
  assert.equal(asked('ctrl c', { selected: true }), 'take');
  assert.equal(asked('ctrl c', { selected: true, mac: true }), null);
  assert.equal(asked('ctrl с/KeyC', { selected: true }), 'take', 'a Cyrillic keyboard');
  assert.equal(asked('ctrl v', { ctrlVPastes: true }), 'paste');
  assert.equal(wish({ ...key('ctrl shift F'), type: 'keyup' }, { mac: false, selected: false, ctrlVPastes: false }), null);
});

test('what is pasted keeps its text and loses every control but Tab and line ends', () => {
  assert.equal(harmless('a\tb\r\nc ä 日本 👩‍🚀'), 'a\tb\r\nc ä 日本 👩‍🚀');
  assert.equal(harmless('\x1b[201~\x03\x00\x7f\x9b201~'), '␛[201~␃␀␡\ufffd201~');
});

test('only addresses of the web are links, and they are shown as they are opened', () => {
  assert.equal(target('https://example.com/a?b'), 'https://example.com/a?b');
  assert.equal(target('https://exаmple.com'), 'https://xn--exmple-4nf.com/', 'a Cyrillic letter is seen');
  assert.equal(target('https://example.com/\u202egnp.exe'), 'https://example.com/%E2%80%AEgnp.exe');
  for (const none of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'nowhere', '']) assert.equal(target(none), null);
});

test('stored settings that are none, or out of bounds, are as usual or at the bound', () => {
  const stored = (values) => parse((key) => values[key.replace('coracle.', '')] ?? null);
  const usual = {
    theme: 'auto', darkTerminal: false, fontSize: 14, cursor: 'block', cursorBlinks: false, ctrlVPastes: false,
    copyOnSelect: false, pasteWarning: true, extraKeys: 'auto', bell: 'flash', scrollback: 5000, screenReader: false,
    renderer: 'auto',
  };
  assert.deepEqual(stored({}), usual);
  const nonsense = Object.keys(usual).map((name) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), '']);
  assert.deepEqual(stored(Object.fromEntries(nonsense)), usual);
  assert.equal(stored({ 'paste-warning': 'false' }).pasteWarning, false);
  assert.equal(stored({ scrollback: '1e9' }).scrollback, 5000);
  assert.equal(stored({ theme: 'dark-contrast' }).theme, 'dark-contrast');
  assert.equal(stored({ 'font-size': '7' }).fontSize, 8);
  assert.equal(stored({ 'font-size': '1e9' }).fontSize, 8);
  assert.equal(stored({ 'font-size': '4000' }).fontSize, 32);
  assert.equal(stored({ 'font-size': 'large' }).fontSize, 14);
  assert.equal(stored({ renderer: 'canvas' }).renderer, 'auto');
  assert.equal(stored({ renderer: 'webgl' }).renderer, 'webgl');
  assert.equal(stored({ 'ctrl-v-pastes': 'true' }).ctrlVPastes, true);
});

test('a driver that computes pictures on the processor is no graphics card', () => {
  for (const none of ['', 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)',
    'llvmpipe (LLVM 15.0.6, 256 bits)', 'ANGLE (Microsoft, Microsoft Basic Render Driver)']) assert.equal(isHardware(none), false, none);
  assert.equal(isHardware('ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)'), true);
});

test('every fact of the certificate is told, with its limit or that there is none', () => {
  const told = Object.fromEntries(facts(limited));
  assert.equal(Object.keys(told).length, Object.keys(limited.certificate).length + 1, 'and when it ends');
  const { Memory, Swap, Processor, Processes } = told;
  assert.deepEqual({ Memory, Swap, Processor, Processes }, {
    Memory: '200 MB at most', Swap: 'None', Processor: 'The time of 0.5 processors at most', Processes: '128 at most',
  });
  const without = Object.fromEntries(facts(unlimited));
  for (const name of ['Memory', 'Swap', 'Processor', 'Processes']) assert.match(without[name], /^Not limited/);
  assert.notEqual(without['User ids'], told['User ids']);
  const worse = { ...limited, certificate: { ...limited.certificate, capabilities: ['CAP_CHOWN'], no_new_privileges: false, read_only_root: false, seccomp: 'none' } };
  const bad = Object.fromEntries(facts(worse));
  for (const name of ['Capabilities', 'New privileges', 'System files', 'System calls']) assert.notEqual(bad[name], told[name]);
});

test('numbers are told as people say them', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22, 32, 111].map(ordinal),
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '32nd', '111th']);
  assert.deepEqual([0, 2048, 12_582_912, 17_179_869_184].map(amount), ['0 KB', '2 KB', '12 MB', '16 GB']);
  assert.deepEqual([0, 4, 480, 500, 2000].map(processors), ['0', '0', '0.48', '0.5', '2']);
  const note = (progress) => words.stepNote({ step: 'pull', done: 0, total: 0, layers: null, complete: null, text: '', ...progress });
  assert.equal(note({ step: 'queue', done: 3, total: 5 }), '3rd of 5 waiting');
  assert.equal(note({ step: 'verify' }), 'Checking its limits');
  assert.equal(note({ step: 'dance', text: 'Of a newer daemon' }), 'Of a newer daemon');
  assert.equal(note({}), 'Fetching the image');
  assert.equal(note({ text: 'Trying to pull x...' }), 'Trying to pull x...');
  assert.equal(note({ layers: 3 }), 'Layer 3');
  assert.equal(note({ done: 2 << 20, total: 3 << 20, layers: 3, complete: 1 }), '2 MB of 3 MB, 1 of 3 layers');
  assert.equal(title('', 'shell', true), '● shell – Coracle');
});

test('a start that failed is told as one; an end on purpose is not', () => {
  const ended = (reason) => ({ type: 'ended', reason, status: null, text: 'Words.' });
  for (const reason of Object.keys(words.notStarted.help)) {
    assert.equal(endBox('abc', ended(reason), null).title, words.notStarted.title, reason);
    assert.equal(endBox('abc', ended(reason), limited).title, words.ended.title, `${reason} after a shell`);
  }
  assert.equal(endBox('abc', ended('owner'), null).title, words.ended.title);
  assert.ok(endBox('abc', ended('host-full'), null).facts.includes('Session abc'));
  assert.equal(endBox('abc', ended('idle'), limited).text, words.reasons.idle);
  assert.equal(endBox('abc', ended('of-a-newer-daemon'), limited).text, 'Words.');
  assert.ok(endBox('abc', { ...ended('exit'), status: 7 }, limited).facts.includes('Exit status 7'));
});

test('a countdown is announced when it appears and once more ten seconds before the end', (context) => {
  const made = () => ({ setAttribute() {}, append() {}, addEventListener() {}, remove() {}, textContent: '' });
  globalThis.document = { createElement: made };
  context.after(() => delete globalThis.document);
  let now = 0;
  context.mock.method(performance, 'now', () => now);
  let tick = () => {};
  context.mock.method(globalThis, 'setInterval', (act) => { tick = act; });
  context.mock.method(globalThis, 'clearInterval', () => {});
  const said = [];
  new Strips(made(), (text) => said.push(text)).countDown('idle', 60, (seconds) => `${seconds} left`);
  for (now = 1000; now <= 60_000; now += 1000) tick();
  assert.deepEqual(said, ['60 left', '10 left']);
});
