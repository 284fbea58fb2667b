// The terminal's own menu, and the question before lines are pasted.

import { inspectThemes } from '../axe.mjs';
import { inTerminal, line, occupy, picture, press, prompt, rows, run, type, until } from '../browser.mjs';
import { elsewhere } from '../elsewhere.mjs';

const write = (page, text) => page.evaluate((all) => navigator.clipboard.writeText(all), text);
const read = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Opens the menu by a click of the right button where a row is shown. */
async function openMenu(page, row) {
  const { x, y, height } = await page.locator('.xterm-rows > div').filter({ hasText: row }).first().boundingBox();
  await page.mouse.click(x + 20, y + height / 2, { button: 'right' });
  const menu = page.getByRole('menu');
  await menu.waitFor();
  return menu;
}

async function menu({ page }) {
  await run(page, "clear; echo thr'ee' words here");
  await write(page, 'from the menu');
  let shown = await openMenu(page, /^three words here\s*$/);
  await picture(page, 'menu');
  if (await shown.getByRole('menuitem', { name: 'Copy' }).isEnabled()) throw new Error('nothing is selected, and Copy is offered');
  await page.keyboard.press('Escape');
  await shown.waitFor({ state: 'detached' });
  await until('the terminal has the focus', () => inTerminal(page));

  shown = await openMenu(page, /^three words here\s*$/);
  await shown.getByRole('menuitem', { name: 'Paste' }).click();
  await line(page, /[$#] from the menu$/);
  await press(page, 'Control+u');

  shown = await openMenu(page, /^three words here\s*$/);
  await shown.getByRole('menuitem', { name: 'Select all' }).click();
  shown = await openMenu(page, /^three words here\s*$/);
  await shown.getByRole('menuitem', { name: 'Copy' }).click();
  await until('the whole screen is copied', async () => /three words here\n[\s\S]*[$#]/.test(await read(page)));

  // By keyboard: the menu key, arrows, Enter.
  await press(page, 'ContextMenu');
  shown = page.getByRole('menu');
  await shown.waitFor();
  const focused = (name) => until(`${name} has the focus`, () => shown.getByRole('menuitem', { name })
    .evaluate((one) => one === document.activeElement));
  await page.keyboard.press('End');
  await focused('Clear what was shown');
  await page.keyboard.press('ArrowUp');
  await focused('Search');
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox', { name: 'Search for' }).waitFor();
  await page.keyboard.press('Escape');
  await until('the terminal has the focus', () => inTerminal(page));

  await run(page, 'clear; seq 500');
  shown = await openMenu(page, /^500$/);
  await shown.getByRole('menuitem', { name: 'Clear' }).click();
  await until('only the prompt is left', async () => (await rows(page)).filter(Boolean).length === 1);
  if ((await run(page, 'true')) !== 0) throw new Error('the shell did not hear');
}

async function othersMenus({ page }) {
  await page.evaluate(() => {
    globalThis.menus = [];
    addEventListener('contextmenu', (event) => globalThis.menus.push(event.defaultPrevented));
  });
  await run(page, "clear; echo he're'");
  const { x, y } = await page.locator('.xterm-rows > div').filter({ hasText: /^here\s*$/ }).boundingBox();
  const click = async (wanted) => {
    await page.mouse.click(x + 10, y + 5, { button: 'right' });
    const seen = await until('the click was seen', () => page.evaluate(() => globalThis.menus.splice(0)[0]?.toString()));
    if (seen !== String(wanted)) throw new Error(`the browser's menu was ${seen === 'true' ? 'kept away' : 'let through'}`);
    if (await page.getByRole('menu').count()) throw new Error('our menu is there');
  };
  await page.keyboard.down('Shift');
  await click(false);
  await page.keyboard.up('Shift');
  await occupy(page, "printf '\\033[?1000h\\033[?1006h'; cat -v");
  await click(true);
  await line(page, /\^\[\[<2;\d+;\d+M/);
  await press(page, 'Control+c');
  await run(page, "printf '\\033[?1000l\\033[?1006l'; clear");
}

async function refused(ring) {
  await elsewhere(ring, { viewport: { width: 1000, height: 640 } }, async (page) => {
    await page.evaluate(() => {
      navigator.clipboard.readText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await run(page, 'clear; echo spot');
    const shown = await openMenu(page, /^spot\s*$/);
    await inspectThemes(page, 'menu', (theme) => picture(page, `menu-${theme}`));
    await shown.getByRole('menuitem', { name: 'Paste' }).click();
    await page.locator('.strip.clipboard').getByText('Ctrl+Shift+V pastes').waitFor();
  });
}

async function warned({ page }) {
  const box = page.getByRole('dialog');
  await run(page, "clear; bind 'set enable-bracketed-paste off'");
  await line(page, /[$#]$/);
  const lines = Array.from({ length: 12 }, (_, number) => `echo line ${number}`);
  await write(page, `${lines.join('\n')}\n`);
  await press(page, 'Control+Shift+V');
  await box.getByRole('heading', { name: 'Paste 12 lines?' }).waitFor();
  await picture(page, 'paste-warning');
  const said = await box.textContent();
  if (!said.includes('echo line 7') || said.includes('echo line 8') || !said.includes('and 4 more')) throw new Error(said);
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await until('the terminal has the focus', () => inTerminal(page));
  await type(page, 'echo not"hing"\n');
  await line(page, /^nothing$/);
  if ((await rows(page)).some((row) => row.startsWith('line 0'))) throw new Error('it was pasted all the same');

  await write(page, 'echo one line and its end\n');
  await press(page, 'Shift+Insert');
  await box.getByRole('heading', { name: 'Paste a line that runs at once?' }).waitFor();
  await box.getByRole('button', { name: 'Paste' }).click();
  await line(page, /^one line and its end$/);
  await write(page, 'echo without an end');
  await press(page, 'Shift+Insert');
  await line(page, /[$#] echo without an end$/);
  await press(page, 'Control+u');

  // A shell that marks what is pasted waits for Enter by itself.
  await run(page, "clear; bind 'set enable-bracketed-paste on'");
  await line(page, /[$#]$/);
  await write(page, 'echo marked\necho twice\n');
  await press(page, 'Control+Shift+V');
  await line(page, /echo twice$/);
  if (await box.count()) throw new Error('asked although nothing would have run');
  await press(page, 'Control+c');

  await run(page, "clear; bind 'set enable-bracketed-paste off'");
  await line(page, /[$#]$/);
  await write(page, 'echo a-1\necho b-2\n');
  await press(page, 'Control+Shift+V');
  await box.getByLabel('Do not ask again').check();
  await box.getByRole('button', { name: 'Paste' }).click();
  await line(page, /^b-2$/);
  await run(page, 'clear');
  await page.reload();
  await prompt(page);
  await press(page, 'Control+Shift+V');
  await line(page, /^b-2$/);
  await page.getByRole('button', { name: 'Settings' }).click();
  await box.getByLabel('Ask before several lines').check();
  await page.keyboard.press('Escape');
  await run(page, "clear; bind 'set enable-bracketed-paste on'");
}

export default [
  { name: 'the right button and the menu key open a menu that copies, pastes, selects, searches and clears', test: menu },
  { name: 'with Shift the right button is the browser\'s, and a program\'s that has asked for the mouse', test: othersMenus },
  { name: 'a browser that lets no page read the clipboard is no dead end, and axe has nothing to say about the menu', test: refused },
  { name: 'lines that would run one by one are shown before they are pasted, until that is no longer wanted', test: warned },
];
