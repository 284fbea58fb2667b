// What is around the terminal: its start, the line of numbers, the boxes, search, settings, links, the bell.

import '../../../web/words.en.js'; // before all that speak
import { facts } from '../../../web/facts.js';
import { words } from '../../../web/words.js';
import { inspectThemes } from '../axe.mjs';
import { agreedSize, inTerminal, launch, line, occupy, openPage, picture, press, prompt, rows, run, type, until } from '../browser.mjs';
import { played, started } from '../played.mjs';

const text = (page, selector) => page.locator(selector).textContent();

async function starts({ page, context, faults }) {
  const id = page.url().split('/').pop();
  const second = await played(context, faults, page.url());
  const step = () => text(second.page, '#steps [aria-current]');
  const progress = (name, done, total, words) => second.tell({ type: 'progress', step: name, done, total, layers: null, complete: null, text: words });
  progress('queue', 3, 5, '');
  await until('the place in the queue is told', async () => (await step()).endsWith('3rd of 5 waiting'));
  await until('it is announced', async () => (await text(second.page, '#announce')).includes('3rd of 5 waiting'));
  if (!/^\d:\d\d so far/.test(await text(second.page, '#elapsed'))) throw new Error(await text(second.page, '#elapsed'));
  progress('pull', 0, 0, 'Copying blob sha256:5169229ce104');
  await until('the pull is told', async () => (await step()).endsWith('Copying blob sha256:5169229ce104'));
  await picture(second.page, 'starting');
  await until('the queue is done', async () => (await text(second.page, '#steps li:nth-child(2)')).includes('(done)'));

  for (const [reason, help] of [
    ['image-missing', 'Only an administrator can provide it'], ['host-full', 'makes room'],
    ['limits-unproven', 'No shell was started'], ['start-failed', 'Try once more'],
  ]) {
    second.tell({ type: 'ended', reason, status: null, text: '' });
    second.shut(1000);
    const box = second.page.getByRole('dialog');
    await box.getByRole('heading', { name: 'The session did not start' }).waitFor();
    const said = await box.textContent();
    for (const wanted of [words.reasons[reason], help, `Reason: ${reason}`, `Session ${id}`, 'New session', 'Back to start']) {
      if (!said.includes(wanted)) throw new Error(`"${wanted}" is not in "${said}"`);
    }
    if (await second.page.locator('#starting').isVisible()) throw new Error('the steps are still there');
    if (reason === 'image-missing') await picture(second.page, 'not-started');
    second.heard.length = 0;
    await second.page.reload();
    await until('the page is back', () => second.heard.some((frame) => frame.type === 'resize'));
  }

  // It ended while nobody was connected: the daemon still knows how.
  const json = { state: 'ended', reason: 'lost', status: null, text: 'It was lost.' };
  await second.page.route('**/api/v1/sessions/*', (route) => route.fulfill({ json }));
  second.shut(4404);
  const box = second.page.getByRole('dialog');
  await box.getByRole('heading', { name: 'Session ended' }).waitFor();
  if (!/went down\..*Reason: lost/.test(await box.textContent())) throw new Error(await box.textContent());
  await second.page.close();
}

async function numbers({ page, context, faults }) {
  const second = await played(context, faults, page.url());
  const left = (lifetime_left_ms) => ({ deadlines: { idle_ms: 900_000, detached_ms: 900_000, lifetime_left_ms } });
  await second.page.setViewportSize({ width: 390, height: 760 });
  second.tell(started(left(28_740_000)));
  await until('the hours are shown', async () => (await text(second.page, '#time-left')) === '7 h 59 min left');
  const height = await second.page.locator('.foot').evaluate((foot) => foot.clientHeight);
  if (height > 60) throw new Error(`the status line takes ${height} px of a phone`);
  second.tell(started(left(50_000)));
  second.tell({ type: 'stats', cpu: 480, memory: 12_582_912, pids: 3 });
  const shown = (name) => text(second.page, `#${name}-text`);
  await until('the use is shown', async () => (await shown('cpu')) !== '');
  await second.page.setViewportSize({ width: 1000, height: 640 });
  const all = await Promise.all(['cpu', 'memory', 'pids'].map(shown));
  if (all.join() !== '0.48/0.5,12/200 MB,3/128') throw new Error(all.join());
  const meters = await second.page.getByRole('meter').evaluateAll((found) => found.map((meter) => `${meter.value}/${meter.max}`));
  if (meters.join() !== '480/500,12582912/209715200,3/128') throw new Error(meters.join());
  await second.page.getByRole('meter', { name: 'Memory 12/200 MB' }).waitFor();
  if (!/^0:[0-5]\d left$/.test(await text(second.page, '#time-left'))) throw new Error(await text(second.page, '#time-left'));
  await second.page.locator('#time-left.urgent').waitFor();

  for (const width of [390, 320]) {
    await second.page.setViewportSize({ width, height: 760 });
    const cut = await second.page.evaluate(() => [...document.querySelectorAll('#toolbar > *, .foot *')]
      .filter((part) => part.checkVisibility() && part.id !== 'reader')
      .filter((part) => part.getBoundingClientRect().right > innerWidth || (part.scrollWidth > part.clientWidth + 1
        && getComputedStyle(part).display !== 'inline' && !part.matches('.where')))
      .map((part) => part.id || part.className || part.textContent));
    if (cut.length > 0) throw new Error(`at ${width} px these are cut off: ${cut.join()}`);
    await picture(second.page, `numbers-${width}`);
  }

  second.tell(started({ certificate: { ...started().certificate, memory: null, swap: null, millicpus: null, pids: null } }));
  second.tell({ type: 'stats', cpu: null, memory: 12_582_912, pids: null });
  await until('what is not counted is said', async () => (await shown('cpu')) === 'n/a');
  const without = `${await shown('memory')},${await shown('pids')},${await second.page.getByRole('meter').count()}`;
  if (without !== '12 MB,n/a,0') throw new Error(without);
  await second.page.close();
}

async function countdown({ page, context, faults }) {
  const second = await played(context, faults, page.url());
  second.tell(started());
  await until('the terminal has the focus', () => inTerminal(second.page));
  second.tell({ type: 'notice', kind: 'idle', seconds: 60 });
  const strip = second.page.locator('.strip.idle');
  await strip.waitFor();
  await picture(second.page, 'idle');
  if (!(await inTerminal(second.page))) throw new Error('the notice took the focus');
  await second.page.keyboard.press('x');
  await until('the key went to the shell', () => second.heard.some((frame) => frame.type === 'bytes' && frame.text === 'x'));
  await until('it counts down', async () => !(await strip.textContent()).includes('in 1:00'));
  if (!(await text(second.page, '#announce')).includes('in 1:00')) throw new Error('it is announced again each second');
  await strip.getByRole('button', { name: 'Keep it' }).click();
  await until('the session was extended', () => second.heard.some((frame) => frame.type === 'extend'));
  if (!(await inTerminal(second.page))) throw new Error('the button took the focus');
  second.tell({ type: 'notice', kind: 'idle', seconds: 0 });
  await strip.waitFor({ state: 'detached' });
  await second.page.close();
}

async function certificate({ page }) {
  const frames = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
    if (typeof payload === 'string') frames.push(JSON.parse(payload));
  }));
  await page.reload();
  const carried = await until('the shell is back', () => frames.find((frame) => frame.type === 'started'));
  page.removeAllListeners('websocket');
  const button = page.getByRole('button', { name: 'shell: limits' });
  await button.click();
  const box = page.getByRole('dialog', { name: 'What holds this session' });
  await box.waitFor();
  const names = await box.locator('dt').allTextContents();
  const values = await box.locator('dd').allTextContents();
  const shown = names.map((name, index) => [name, values[index]]);
  if (JSON.stringify(shown) !== JSON.stringify(facts(carried))) throw new Error(`shown: ${JSON.stringify(shown)}`);
  await picture(page, 'facts');
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await until('the focus is back', () => button.evaluate((one) => document.activeElement === one));
}

async function searching({ page }) {
  await run(page, "clear; printf 'one fish\\ntwo FISH\\nred f1sh\\nblue fish\\n'");
  await press(page, 'Control+Shift+F');
  const field = page.getByRole('searchbox', { name: 'Search for' });
  await until('the field has the focus', () => field.evaluate((one) => document.activeElement === one));
  const count = (wanted) => until(`the count is ${wanted}`, async () => (await text(page, '#search [role="status"]')) === wanted);
  await field.fill('fish\\b');
  await count('not found');
  await field.fill('fish');
  const [, total] = await until('matches are counted', async () => /^(\d+) of \1$/.exec(await text(page, '#search [role="status"]')))
    .then(([all]) => all.split(' of ').map(Number));
  await picture(page, 'search');
  await page.keyboard.press('Enter');
  await count(`${total - 1} of ${total}`);
  await page.keyboard.press('Shift+Enter');
  await count(`${total} of ${total}`);
  await page.getByRole('button', { name: 'Match case' }).click();
  await until('fewer match', async () => Number((await text(page, '#search [role="status"]')).split(' of ')[1]) < total);
  await page.getByRole('button', { name: 'Regular expression' }).click();
  await field.fill('f[i1]sh');
  await count('3 of 3');
  await field.fill('f(');
  await count('no pattern');
  await page.keyboard.press('Escape');
  await until('the terminal has the focus', () => inTerminal(page));
  if (await page.locator('#search').isVisible()) throw new Error('the bar is still there');
  if ((await run(page, 'true')) !== 0) throw new Error('the shell did not hear');
}

async function textSize({ page }) {
  const height = async () => (await page.locator('.xterm-rows > div').first().boundingBox()).height;
  const size = () => page.evaluate(() => localStorage.getItem('coracle.font-size'));
  const before = await height();
  await press(page, 'Control+Shift++');
  await until('rows are higher', async () => (await height()) > before);
  await press(page, 'Control+Shift+_');
  await press(page, 'Control+Shift+_');
  await until('rows are lower', async () => (await height()) < before);
  if ((await size()) !== '13') throw new Error(`${await size()} px are kept`);
  await page.reload();
  await prompt(page);
  if ((await height()) >= before) throw new Error('a reload forgot the size');

  await page.getByRole('button', { name: 'Settings' }).click();
  const box = page.getByRole('dialog', { name: 'Settings' });
  for (let clicks = 0; clicks < 8; clicks += 1) await box.getByRole('button', { name: 'Smaller text' }).click();
  if ((await size()) !== '8') throw new Error(`${await size()} px, not the least`);
  await picture(page, 'settings');
  await box.getByRole('button', { name: 'Reset' }).click();
  await until('it is as usual', async () => (await height()) === before);
  await box.getByRole('button', { name: 'Close' }).click();
  await box.waitFor({ state: 'detached' });
  await run(page, 'clear');
  await agreedSize(page);
}

async function clipboard({ page }) {
  const write = (wanted) => page.evaluate((all) => navigator.clipboard.writeText(all), wanted);
  await run(page, "clear; bind 'set enable-bracketed-paste on'");
  await line(page, /[$#]$/); // the prompt comes after the shell has asked for brackets
  await write('echo harm\x03\ntouch /tmp/harm\n');
  await press(page, 'Shift+Insert');
  await line(page, /echo harm␃/);
  await press(page, 'Control+c');
  await line(page, /[$#]$/); // an interrupt throws away what was typed behind it
  if ((await run(page, 'test ! -e /tmp/harm')) !== 0) throw new Error('what followed a pasted Ctrl+C ran');

  await run(page, 'clear');
  await write('by Ctrl+V');
  await occupy(page, 'cat -v');
  await press(page, 'Control+v'); // the line discipline's own: the next key as it is
  await press(page, 'Control+v');
  await press(page, 'Enter');
  await line(page, /^\^V$/);
  await page.getByRole('button', { name: 'Settings' }).click();
  const setting = page.getByLabel('Ctrl+V pastes');
  await setting.check();
  await page.keyboard.press('Escape');
  await press(page, 'Control+v');
  await press(page, 'Enter');
  await until('it was pasted and answered', async () => (await rows(page)).filter((row) => row === 'by Ctrl+V').length === 2);
  await page.getByRole('button', { name: 'Settings' }).click();
  await setting.uncheck();
  await page.keyboard.press('Escape');
  await press(page, 'Control+c');
  await line(page, /[$#]$/);

  await run(page, 'clear; echo sel""ected');
  const row = await page.locator('.xterm-rows > div').filter({ hasText: /^selected\s*$/ }).boundingBox();
  await page.mouse.dblclick(row.x + 20, row.y + row.height / 2);
  await until('the word is selected', () => page.locator('.xterm-selection > div').count());
  await press(page, 'Control+Insert');
  await until('Ctrl+Insert copied the word', () => page.evaluate(async () => (await navigator.clipboard.readText()) === 'selected'));
  await page.mouse.click(row.x + 300, row.y + 200, { button: 'middle' });
  await line(page, /[$#] selected$/);
  await press(page, 'Control+u');
}

async function links({ page, context, url }) {
  const address = `${url}/help?seen=1`;
  await run(page, 'clear');
  await type(page, `clear; printf 'go %s\\n\\033]8;;%s\\033\\\\https://good.example/\\033]8;;\\033\\\\\\n' ${address} ${address}2\n`);
  const row = (wanted) => page.locator('.xterm-rows > div').filter({ hasText: wanted }).last();
  for (const [wanted, leads, x] of [[/^go http/, address, 60], [/^https:\/\/good/, `${address}2`, 40]]) {
    await row(wanted).waitFor();
    const spot = await row(wanted).boundingBox();
    await page.mouse.move(spot.x + 400, spot.y + 200); // a row is looked through when the mouse comes to it
    await page.mouse.move(spot.x + x, spot.y + spot.height / 2);
    await until(`the target ${leads} is shown`, async () => (await text(page, '#link-target')) === `Ctrl+click opens ${leads}`, undefined, async () => ` but ${await text(page, '#link-target')}`);
    const before = context.pages().length;
    await page.mouse.click(spot.x + x, spot.y + spot.height / 2);
    const opened = context.waitForEvent('page');
    await page.keyboard.down('Control');
    await page.mouse.click(spot.x + x, spot.y + spot.height / 2);
    await page.keyboard.up('Control');
    const other = await opened;
    await other.waitForURL(leads);
    if (context.pages().length !== before + 1) throw new Error('a click without Ctrl opened the link, too');
    if (await other.evaluate(() => opener !== null)) throw new Error('the opened page can reach this one');
    await other.close();
    await page.mouse.move(spot.x + 400, spot.y + 200);
    await until('the target is hidden', () => page.locator('#link-target').isHidden());
  }
  await page.bringToFront();
}

async function bell({ page }) {
  const seen = (state) => page.evaluate((wanted) => {
    Object.defineProperty(document, 'visibilityState', { value: wanted, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await page.evaluate(() => {
    window.flashes = 0;
    document.getElementById('terminal').addEventListener('animationstart', () => { window.flashes += 1; });
  });
  await run(page, "printf '\\a\\a\\a\\a'");
  await until('the terminal flashed', () => page.evaluate(() => window.flashes > 0));
  if ((await page.evaluate(() => window.flashes)) > 1) throw new Error('four bells at once are more than one flash');
  if ((await page.title()).startsWith('●')) throw new Error('a tab that is seen is marked');
  await seen('hidden');
  await run(page, "printf '\\a'");
  await until('the tab is marked', async () => (await page.title()).startsWith('● '));
  await seen('visible');
  await until('the mark is gone', async () => !(await page.title()).startsWith('●'));
}

async function reader({ page }) {
  await run(page, 'clear; echo read""able');
  const button = page.getByRole('button', { name: 'Screen reader mode' });
  await button.focus();
  if ((await button.boundingBox()).y < 0) throw new Error('the button is not seen when it has the focus');
  await page.keyboard.press('Enter');
  await page.locator('.xterm-accessibility').getByText('readable', { exact: true }).waitFor();
  await until('the terminal has the focus', () => inTerminal(page));
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('.xterm-accessibility').waitFor({ state: 'detached' });
}

async function webgl({ page, context: shared, faults }) {
  const browser = await launch(['--use-angle=swiftshader', '--enable-unsafe-swiftshader']);
  try {
    const storageState = await shared.storageState(); // the same login
    const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1000, height: 640 }, storageState });
    const second = await openPage(context, faults);
    await second.addInitScript(() => localStorage.setItem('coracle.renderer', 'webgl'));
    await second.goto(page.url());
    await second.locator('#terminal[data-renderer="webgl"] canvas').first().waitFor();
    await type(second, "clear; seq -f 'line %g' 1 15; printf '\\033[38;2;1;150;200mtrue\\033[0m\\n\\033]0;drawn\\a'\n");
    await until('all of it was parsed', async () => (await second.title()).startsWith('drawn'));
    if (await second.locator('.xterm-rows').count()) throw new Error('the elements still draw');
    await picture(second, 'webgl');
    await second.evaluate(() => document.querySelector('#terminal canvas:not(.xterm-link-layer)')
      .getContext('webgl2').getExtension('WEBGL_lose_context').loseContext());
    for (let number = 1; number <= 15; number += 1) await line(second, new RegExp(`^line ${number}$`));
    await line(second, /^true$/);
    if (await second.locator('#terminal canvas').count()) throw new Error('a canvas is left');
    const colour = await second.locator('.xterm-rows span').filter({ hasText: /^true$/ }).evaluate((span) => getComputedStyle(span).color);
    if (colour !== 'rgb(1, 150, 200)') throw new Error(`the colour became ${colour}`);
    await run(second, 'echo goes on');
  } finally {
    await browser.close();
  }
  await page.locator('.strip.watch').waitFor({ state: 'detached' });
  await run(page, 'clear');
}

async function accessible({ page, context, faults }) {
  const { page: second, tell, shut } = await played(context, faults, page.url());
  const box = second.getByRole('dialog');
  const check = (name) => inspectThemes(second, name, (theme) => picture(second, `state-${name.replaceAll(/\W+/g, '-')}-${theme}`));
  tell({ type: 'progress', step: 'queue', done: 3, total: 5, layers: null, complete: null, text: '' });
  await second.locator('#starting').waitFor();
  await check('starting');
  tell(started({ deadlines: { idle_ms: 900_000, detached_ms: 900_000, lifetime_left_ms: 50_000 } }));
  tell({ type: 'stats', cpu: 480, memory: 12_582_912, pids: 3 });
  tell({ type: 'notice', kind: 'idle', seconds: 60 });
  await second.locator('.strip.idle').waitFor();
  tell({ type: 'notice', kind: 'directory', seconds: 60 });
  await second.locator('.strip.directory').getByText('Your account may not use this service any more').waitFor();
  await press(second, 'Control+Shift+F');
  await second.getByRole('searchbox').fill('nothing');
  await check('numbers, countdown and search');
  await second.keyboard.press('Escape');
  for (const [button, name] of [['shell: limits', 'What holds this session'], ['Settings', 'Settings']]) {
    await second.getByRole('button', { name: button }).click();
    await second.getByRole('dialog', { name }).waitFor();
    await check(name);
    await second.keyboard.press('Escape');
  }
  tell({ type: 'role', role: 'watcher', cols: 120, rows: 40 });
  await second.locator('.strip.watch').waitFor();
  if ((await text(second, '#size')) !== '120×40') throw new Error('it has the size of the window that it watches');
  await check('watching');
  shut(4409);
  await box.waitFor();
  await check('taken over');
  await second.close();
}

export default [
  { name: 'a start tells its place, its steps and its time, and a refused one why and what to do', test: starts },
  { name: 'the use is shown against the limits, the last minute is urgent, and nothing is cut off on a phone', test: numbers },
  { name: 'a countdown leaves the focus in the terminal, is announced once, and a key or a button answers it', test: countdown },
  { name: 'the box of limits shows exactly what the daemon proved', test: certificate },
  { name: 'search finds, counts, walks, and gives the focus back', test: searching },
  { name: 'the text size changes by keys and buttons, within bounds, and is remembered', test: textSize },
  { name: 'a pasted Ctrl+C ends nothing, Ctrl+V and the middle button paste, and Ctrl+Insert copies', test: clipboard },
  { name: 'a link shows where it leads, and only Ctrl+click opens it, without a way back', test: links },
  { name: 'the bell flashes once a second at most, and marks a tab that nobody sees', test: bell },
  { name: 'screen reader mode is one visible step before the terminal', test: reader },
  { name: 'axe has nothing to say about the states of the terminal page, in every theme', test: accessible },
  { name: 'WebGL draws under the policy, and a lost card loses no cell', test: webgl },
];
