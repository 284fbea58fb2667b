// How it looks, and what stays: themes, settings, forced colours, zoom, and less motion.

import { inspectThemes } from '../axe.mjs';
import { after, inTerminal, line, openPage, picture, press, prompt, rows, run, type, until } from '../browser.mjs';
import { elsewhere } from '../elsewhere.mjs';

const colour = (page, selector, property = 'color') => page.locator(selector).first()
  .evaluate((one, name) => getComputedStyle(one)[name], property);

/** Opens the settings, lets `change` have the box, and closes it again. */
async function inSettings(page, change) {
  await page.getByRole('button', { name: 'Settings' }).click();
  const box = page.getByRole('dialog', { name: 'Settings' });
  await change(box);
  await box.getByRole('button', { name: 'Close' }).click();
  await box.waitFor({ state: 'detached' });
}

async function forgetSettings(page) {
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await prompt(page);
  await run(page, 'clear');
}

async function chosen({ context, page, url, faults }) {
  const home = await openPage(context, faults);
  await home.emulateMedia({ colorScheme: 'light' });
  await home.goto(`${url}/help`);
  const ground = () => colour(home, 'body', 'backgroundColor');
  const theme = home.getByRole('combobox', { name: 'Theme' });
  for (const [name, wanted, text, screen] of [
    ['Dark', 'rgb(14, 18, 19)', 'rgb(223, 230, 228)', 'rgb(11, 15, 16)'],
    ['Light', 'rgb(245, 246, 244)', 'rgb(23, 32, 31)', 'rgb(255, 255, 255)'],
    ['High contrast, white on black', 'rgb(0, 0, 0)', 'rgb(255, 255, 255)', 'rgb(0, 0, 0)'],
    ['High contrast, black on white', 'rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'rgb(255, 255, 255)'],
  ]) {
    await theme.selectOption(name);
    await until(`the page is ${name}`, async () => (await ground()) === wanted);
    await until(`the terminal in the other tab is ${name}`, async () => (await colour(page, '.xterm-rows')) === text
      && (await colour(page, '#terminal', 'backgroundColor')) === screen);
  }
  // It holds before any module has run: a page drawn in the wrong theme first would flash.
  await theme.selectOption('Dark');
  await home.route(/\/_\/.*\.js$/, (route) => (route.request().url().endsWith('/theme.js') ? route.continue() : route.abort()));
  const aborted = faults.length;
  await home.reload();
  if ((await ground()) !== 'rgb(14, 18, 19)') throw new Error(`without modules the page is ${await ground()}`);
  faults.splice(aborted, faults.length, ...faults.slice(aborted).filter((fault) => !/ERR_FAILED/.test(fault)));
  await home.unrouteAll();
  await home.reload();
  await theme.selectOption('As the system');
  await until('the page is light, as the system is', async () => (await ground()) === 'rgb(245, 246, 244)');
  await until('the terminal is dark, as its system is', async () => (await colour(page, '.xterm-rows')) === 'rgb(223, 230, 228)');
  await home.close();
}

async function kept({ page }) {
  await run(page, 'clear; seq 2000');
  const oldest = async () => {
    for (let turn = 0; turn < 30; turn += 1) await press(page, 'Shift+PageUp');
    return (await rows(page)).find(Boolean);
  };
  await until('the first lines are kept', async () => Number(await oldest()) < 100);
  await press(page, 'Enter');
  await inSettings(page, async (box) => {
    await box.getByRole('combobox', { name: 'Cursor' }).selectOption('Bar');
    await box.getByLabel('Cursor blinks').check();
    await box.getByRole('combobox', { name: 'Lines kept' }).selectOption('500');
    await box.getByLabel('Dark terminal').check();
    await picture(page, 'settings-all');
  });
  for (const again of [false, true]) {
    if (again) await page.reload();
    await prompt(page);
    await page.locator('.xterm-helper-textarea').focus();
    await until('the cursor is a blinking bar', () => page.locator('.xterm-cursor-bar.xterm-cursor-blink').count());
    await page.emulateMedia({ colorScheme: 'light' });
    await until('the page is light', async () => (await colour(page, '#toolbar', 'backgroundColor')) === 'rgb(255, 255, 255)');
    await until('the terminal is dark', async () => (await colour(page, '.xterm-rows')) === 'rgb(223, 230, 228)'
      && (await colour(page, '#terminal', 'backgroundColor')) === 'rgb(11, 15, 16)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await run(page, 'clear; seq 2000');
    await until('only 500 lines are kept', async () => Number(await oldest()) > 1400);
    await press(page, 'Enter');
  }
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.reload();
  await prompt(page);
  if (await page.locator('.xterm-cursor-blink').count()) throw new Error('the cursor blinks where less motion is wished');
  await page.emulateMedia({ reducedMotion: null });
  await forgetSettings(page);
}

async function bells({ page }) {
  await page.evaluate(() => {
    globalThis.heard = { tones: 0, flashes: 0 };
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...all) {
      globalThis.heard.tones += 1;
      return start.apply(this, all);
    };
    document.getElementById('terminal').addEventListener('animationstart', ({ animationName }) => {
      if (animationName === 'bell') globalThis.heard.flashes += 1;
    });
  });
  const heard = () => page.evaluate(() => `${globalThis.heard.tones},${globalThis.heard.flashes}`);
  for (const [bell, wanted] of [['Tone', '1,0'], ['Nothing', '1,0'], ['Flash', '1,1']]) {
    await inSettings(page, (box) => box.getByRole('combobox', { name: 'Bell' }).selectOption(bell));
    await until('a bell may be heard again', after(1000)); // it rests after each
    await type(page, "printf '\\a\\033]0;rung\\a'\n");
    await until('the bell came', async () => (await page.title()).startsWith('rung'));
    await type(page, "printf '\\033]0;\\a'\n");
    await until('the title is gone', async () => !(await page.title()).startsWith('rung'));
    await until(`${bell} gives ${wanted}`, async () => (await heard()) === wanted, undefined, heard);
  }
  await forgetSettings(page);
}

async function copyOnSelect({ page }) {
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate(() => navigator.clipboard.writeText('before'));
  await run(page, "clear; echo at'once'");
  const row = await page.locator('.xterm-rows > div').filter({ hasText: /^atonce\s*$/ }).boundingBox();
  const select = () => page.mouse.dblclick(row.x + 20, row.y + row.height / 2);
  await select();
  await until('the word is selected', () => page.locator('.xterm-selection > div').count());
  if ((await clipboard()) !== 'before') throw new Error('it was copied without being asked for');
  await inSettings(page, (box) => box.getByLabel('What is selected is copied').check());
  await page.mouse.click(row.x + 300, row.y + 100);
  await select();
  await until('the word is copied', async () => (await clipboard()) === 'atonce');
  await forgetSettings(page);
}

async function forced({ page }) {
  await run(page, "clear; printf '\\033[31mred\\033[0m plain\\n'");
  await page.emulateMedia({ forcedColors: 'active' });
  const system = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('span'));
    const read = (name) => {
      probe.style.color = name;
      return getComputedStyle(probe).color;
    };
    const found = { text: read('CanvasText'), ground: read('Canvas') };
    probe.remove();
    return found;
  });
  await until('the terminal has the colours of the system', async () => (await colour(page, '.xterm-rows')) === system.text
    && (await colour(page, '#terminal', 'backgroundColor')) === system.ground);
  const red = await page.locator('.xterm-rows span').filter({ hasText: /^red$/ }).first().evaluate((span) => getComputedStyle(span).color);
  if (red === system.text || red === system.ground) throw new Error(`red is ${red}`);
  if (!(await page.locator('.xterm-cursor').count())) throw new Error('there is no cursor');
  await picture(page, 'forced-colours');
  await page.emulateMedia({ forcedColors: null });
  await until('it has its own again', async () => (await colour(page, '.xterm-rows')) === 'rgb(223, 230, 228)');
}

/** 200 % at 1000 × 640 leaves 500 × 320 of the page's own pixels. */
async function zoomed({ page }) {
  await page.setViewportSize({ width: 500, height: 320 });
  await until('there are lines', async () => Number((await page.locator('#size').textContent()).split('×')[1]) >= 8);
  for (const name of ['Search', 'Settings', 'End']) {
    const { x, y, width, height } = await page.getByRole('button', { name, exact: true }).boundingBox();
    if (x < 0 || y < 0 || x + width > 500 || y + height > 320) throw new Error(`${name} is cut off`);
  }
  await page.getByRole('button', { name: 'Settings' }).click();
  const box = page.getByRole('dialog', { name: 'Settings' });
  for (const control of await box.locator('button, input, select').all()) {
    await control.focus();
    const place = await control.boundingBox();
    const close = await box.getByRole('button', { name: 'Close' }).boundingBox();
    if (close.y + close.height > 320) throw new Error('Close is out of sight');
    const inChoices = await control.evaluate((one) => one.closest('.choices') !== null);
    if (place.y < 0 || place.y + place.height > (inChoices ? 320 : close.y)) throw new Error(`a setting cannot be reached: ${JSON.stringify(place)}`);
  }
  await picture(page, 'zoomed-settings');
  await box.getByRole('button', { name: 'Close' }).click();
  await page.setViewportSize({ width: 1000, height: 640 });
  await run(page, 'clear');
}

async function wayBack({ page }) {
  const way = page.locator('#way-out');
  if (!/Ctrl Shift F6 leaves the terminal/.test(await way.textContent())) throw new Error(await way.textContent());
  const named = await page.locator('.xterm-helper-textarea').getAttribute('aria-label');
  if (!/Control Shift F6 leaves the terminal/.test(named)) throw new Error(`a screen reader is told "${named}"`);
  await press(page, 'Control+Shift+F6');
  await until('the focus is in the toolbar', () => page.evaluate(() => document.activeElement?.closest('#toolbar') !== null));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+Shift+F6');
  await until('the terminal has it back', () => inTerminal(page));
}

async function readerStays({ page }) {
  const button = page.getByRole('button', { name: 'Screen reader mode' });
  await button.focus();
  await page.keyboard.press('Enter');
  await until('it is announced', async () => (await page.locator('#announce').textContent()) === 'Screen reader mode is on.');
  await page.reload();
  await prompt(page);
  await type(page, 'clear; echo still rea"d"able\n');
  await page.locator('.xterm-accessibility').getByText('still readable', { exact: true }).waitFor();
  if ((await button.getAttribute('aria-pressed')) !== 'true') throw new Error('the button does not say that it is on');
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('.xterm-accessibility').waitFor({ state: 'detached' });
  await line(page, /[$#]/);
}

async function themedSettings(ring) {
  await elsewhere(ring, { viewport: { width: 1000, height: 640 } }, async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await inspectThemes(page, 'settings', (theme) => picture(page, `settings-${theme}`));
  });
}

export default [
  { name: 'the chosen theme holds against the system, at once, in every tab and before any module has run', test: chosen },
  { name: 'cursor, kept lines and a dark terminal on a light page stay after a reload, and nothing blinks against the wish', test: kept },
  { name: 'the bell is a tone, a flash or nothing', test: bells },
  { name: 'what is selected is copied at once only where that is wanted', test: copyOnSelect },
  { name: 'where the system forces its colours, the terminal has them, too', test: forced },
  { name: 'at 200 % every button and every setting can be reached', test: zoomed },
  { name: 'the key that leaves the terminal is told, and leads back', test: wayBack },
  { name: 'screen reader mode is announced and stays', test: readerStays },
  { name: 'axe has nothing to say about the settings, in every theme', test: themedSettings },
];
