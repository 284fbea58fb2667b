// A phone: fingers, the row of extra keys, and a keyboard that covers half of the page. Chromium plays it, 390 px wide.

import { inspectThemes, obstacles } from '../axe.mjs';
import { agreedSize, inTerminal, line, occupy, picture, rows, run, type, until } from '../browser.mjs';
import { elsewhere } from '../elsewhere.mjs';
import { played, started } from '../played.mjs';

/** Milliseconds that a finger rests before it selects, and some more. */
const REST = 700;

const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** A phone at the session of the ring's page. */
function phone(ring, test) {
  return elsewhere(ring, PHONE, async (page, context) => test(page, await context.newCDPSession(page)));
}

/** One finger, from place to place; `rest` milliseconds at the first. */
async function finger(session, places, rest = 0) {
  const touch = (kind, points) => session.send('Input.dispatchTouchEvent', { type: kind, touchPoints: points.map(([x, y]) => ({ x, y })) });
  await touch('touchStart', [places[0]]);
  if (rest > 0) await new Promise((resolve) => { setTimeout(resolve, rest); }); // the finger's own time
  for (const place of places.slice(1)) await touch('touchMove', [place]);
  await touch('touchEnd', []);
}

/** Places on the way from one height to another, 10 px apart. */
function way(from, to) {
  const steps = Math.abs(to - from) / 10;
  return Array.from({ length: steps + 1 }, (_, step) => [195, from + (Math.sign(to - from) * step * 10)]);
}

const key = (page, name) => page.locator('#extra-keys').getByRole('button', { name, exact: true });

async function scrolls(ring) {
  await phone(ring, async (page, session) => {
    await run(page, 'seq -f "line %g" 300');
    await finger(session, way(200, 500));
    await until('earlier lines are shown', async () => !(await rows(page)).includes('line 300'));
    if (await page.evaluate(() => scrollY !== 0 || visualViewport.offsetTop !== 0)) throw new Error('the page moved, too');
    await finger(session, way(550, 150));
    await finger(session, way(550, 150));
    await line(page, /^line 300$/);

    await type(page, 'clear; seq -f "row %g" 300 | less\n');
    await line(page, /^row 1$/);
    await finger(session, way(500, 200));
    await until('less has scrolled', async () => !(await rows(page)).includes('row 1') && (await rows(page)).includes('row 20'));
    await finger(session, way(200, 500));
    await line(page, /^row 1$/);
    await type(page, 'q');
    await occupy(page, "printf '\\033[?1000h\\033[?1006h'; cat -v");
    await finger(session, way(400, 300));
    await line(page, /\^\[\[<65;\d+;\d+M/);
    await page.keyboard.press('Control+c');
    await run(page, "printf '\\033[?1000l\\033[?1006l'; clear");
  });
}

async function selects(ring) {
  await phone(ring, async (page, session) => {
    await run(page, "clear; echo pick this'one' now");
    await page.evaluate(() => navigator.clipboard.writeText(''));
    const place = await page.locator('.xterm-rows > div').filter({ hasText: /^pick thisone now\s*$/ }).boundingBox();
    const cell = await page.evaluate(() => document.querySelector('.xterm-screen').clientWidth)
      / Number((await page.locator('#size').textContent()).split('×')[0]);
    const at = (column) => [place.x + (column + 0.5) * cell, place.y + place.height / 2];
    const menu = page.getByRole('menu');
    for (const [places, copied] of [[[at(7)], 'thisone'], [[at(7), at(15)], 'thisone now'], [[at(7), at(2)], 'ck thisone']]) {
      await finger(session, places, REST);
      await menu.waitFor();
      await picture(page, 'phone-menu');
      await menu.getByRole('menuitem', { name: 'Copy' }).tap();
      await until(`"${copied}" is copied`, async () => (await page.evaluate(() => navigator.clipboard.readText())) === copied,
        undefined, async () => ` but "${await page.evaluate(() => navigator.clipboard.readText())}"`);
    }
    await finger(session, [at(3)], REST);
    await menu.getByRole('menuitem', { name: 'Paste' }).tap();
    await line(page, /[$#] ck thisone$/);
    await page.keyboard.press('Control+u');
  });
}

async function extraKeys(ring) {
  await phone(ring, async (page, session) => {
    const small = await page.locator('#extra-keys button').evaluateAll((all) => all
      .filter((one) => one.offsetWidth < 40 || one.offsetHeight < 40).map((one) => one.textContent));
    if (small.length > 0) throw new Error(`too small for a finger: ${small.join()}`);
    await occupy(page, 'cat -v');
    for (const name of ['Esc', 'Up', 'Left', 'End', 'PgDn', 'Pipe', 'Tilde', 'Slash', 'Minus']) await key(page, name).tap();
    await page.keyboard.press('Enter');
    await line(page, /^\^\[\^\[\[A\^\[\[D\^\[\[F\^\[\[6~\|~\/-$/);
    if (!(await inTerminal(page))) throw new Error('a key took the focus, and with it the keyboard');

    // Ctrl and Alt hold for one key, or until they are pressed again.
    const pressed = (name) => key(page, name).getAttribute('aria-pressed');
    await key(page, 'Alt').tap();
    if ((await pressed('Alt')) !== 'true') throw new Error('Alt is not shown as held');
    await page.keyboard.insertText('x');
    await page.keyboard.insertText('y');
    await page.keyboard.press('Enter');
    await line(page, /^\^\[xy$/);
    if ((await pressed('Alt')) !== 'false') throw new Error('Alt is still held');
    await key(page, 'Ctrl').tap();
    await key(page, 'Ctrl').tap();
    await key(page, 'Right').tap();
    await key(page, 'Up').tap();
    await key(page, 'Ctrl').tap();
    await key(page, 'Up').tap();
    await page.keyboard.press('Enter');
    await line(page, /^\^\[\[1;5C\^\[\[1;5A\^\[\[A$/);

    // An on-screen keyboard composes; what belongs to Ctrl must not wait for the end of the word.
    await key(page, 'Ctrl').tap();
    await session.send('Input.imeSetComposition', { text: 'c', selectionStart: 1, selectionEnd: 1 });
    await line(page, /\^C$/);
    await type(page, 'echo "status $?"\n');
    await line(page, /^status 130$/);
    if ((await rows(page)).some((row) => /[$#] c/.test(row))) throw new Error('the letter was typed, too');

    await key(page, 'Tab').tap();
    await key(page, 'Home').dispatchEvent('pointerdown');
    await key(page, 'Home').dispatchEvent('pointerup');
    await run(page, 'clear');
    await occupy(page, 'cat -v');
    await key(page, 'Down').dispatchEvent('pointerdown');
    await line(page, /(\^\[\[B){4}/);
    await key(page, 'Down').dispatchEvent('pointerup');
    await page.keyboard.press('Control+c');
    await line(page, /\^C$/);
    await picture(page, 'phone-keys');
  });
}

async function covered(ring) {
  await phone(ring, async (page) => {
    const lines = async () => Number((await page.locator('#size').textContent()).split('×')[1]);
    await agreedSize(page);
    const before = await lines();
    /** No browser without a screen has such a keyboard: what it does to the viewport is told to the page as it would be. */
    const viewport = (values) => page.evaluate((all) => {
      for (const [name, value] of Object.entries(all)) Object.defineProperty(visualViewport, name, { value, configurable: true });
      visualViewport.dispatchEvent(new Event('resize'));
    }, values);
    await viewport({ height: 420, offsetTop: 60 });
    await until('there are fewer lines', async () => (await lines()) < before);
    await run(page, 'seq 100');
    const bounds = await page.evaluate(() => {
      const box = (selector) => document.querySelector(selector).getBoundingClientRect();
      return { top: box('#toolbar').top, keys: box('#extra-keys').top, last: box('.xterm-rows > div:last-child').bottom, foot: box('.foot').bottom };
    });
    if (bounds.top !== 60 || bounds.foot > 480 || bounds.last > bounds.keys) throw new Error(JSON.stringify(bounds));
    await picture(page, 'phone-keyboard');
    await viewport({ height: 780, offsetTop: 0 });
    await until('all lines are back', async () => (await lines()) === before);
    await viewport({ height: 390, scale: 2 });
    await run(page, 'true');
    if ((await lines()) !== before) throw new Error('zooming with two fingers changed the number of lines');
  });
}

/** Another height of the line below would be another number of rows: programs draw anew, and a selection is lost. */
async function steady({ browser, context: shared, page, faults }) {
  const context = await browser.newContext({ ...PHONE, storageState: await shared.storageState() });
  const { page: handset, tell } = await played(context, faults, page.url());
  const height = () => handset.locator('#terminal').evaluate((one) => one.clientHeight);
  tell(started());
  await handset.locator('#facts').waitFor();
  const before = await height();
  for (const [cpu, memory, pids] of [[null, null, null], [480, 12_582_912, 3], [480, 209_715_200, 128]]) {
    tell({ type: 'stats', cpu, memory, pids });
    const wanted = cpu === null ? 'n/a' : '0.48/0.5';
    await until('the use is shown', async () => (await handset.locator('#cpu-text').textContent()) === wanted);
    if ((await height()) !== before) throw new Error(`${before} px became ${await height()} px with ${wanted}`);
  }
  await handset.evaluate(() => { document.getElementById('rtt').textContent = 'no answer for 10 s'; });
  if ((await height()) !== before) throw new Error('a silence that is told changed the size');
  await context.close();
}

async function fits(ring) {
  await phone(ring, async (page) => {
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 780 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) throw new Error(`the terminal's page is ${wide} px wider than ${width} px`);
    }
    await page.setViewportSize({ width: 390, height: 780 });
    await inspectThemes(page, 'phone', (theme) => picture(page, `phone-${theme}`));
    const small = await obstacles(page, ['target-size']);
    if (small.length > 0) throw new Error(small.join('; '));
    await page.getByRole('button', { name: 'Settings' }).tap();
    const box = page.getByRole('dialog', { name: 'Settings' });
    await box.getByLabel('Row of extra keys').selectOption('Never');
    await picture(page, 'phone-settings');
    await box.getByRole('button', { name: 'Close' }).tap();
    if (await page.locator('#extra-keys').isVisible()) throw new Error('the row of keys is still there');
  });
  if (await ring.page.locator('#extra-keys').isVisible()) throw new Error('a computer shows the row of keys');
}

export default [
  { name: 'a finger scrolls the lines above, a program that fills the screen, and one that follows the mouse', test: scrolls },
  { name: 'a finger that rests selects a word, and more when it moves; the menu copies and pastes', test: selects },
  { name: 'the row of extra keys types, holds Ctrl and Alt, repeats, and leaves the keyboard alone', test: extraKeys },
  { name: 'an on-screen keyboard covers no line, and pinching changes nothing', test: covered },
  { name: 'what the lines below say never changes the number of rows', test: steady },
  { name: 'axe has nothing to say about the terminal on a phone, and the row of keys can be put away', test: fits },
];
