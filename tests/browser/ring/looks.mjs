// Pages can be used on a phone, with a keyboard, in light and in dark.

import { openPage, picture, until } from '../browser.mjs';

const WIDTHS = [320, 390, 1280];

async function look(page, name, colorScheme) {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) throw new Error(`${name} is ${wide} px wider than ${width} px`);
    await picture(page, `${name}-${colorScheme}-${width}`);
  }
  await page.setViewportSize(before);
}

async function noOverflow({ browser, context, page, url, faults, expected }) {
  expected.push(/status of 404/);
  const home = await openPage(context, faults);
  for (const colorScheme of ['light', 'dark']) {
    const stranger = await browser.newContext({ colorScheme });
    const outside = await openPage(stranger, faults);
    await outside.goto(`${url}/login`);
    await look(outside, 'login', colorScheme);
    await outside.goto(`${url}/nowhere`);
    await look(outside, 'not-found', colorScheme);
    await stranger.close();

    await home.emulateMedia({ colorScheme });
    await home.goto(`${url}/`);
    await home.getByRole('button', { name: 'New session' }).waitFor();
    await look(home, 'home', colorScheme);
    await page.emulateMedia({ colorScheme });
    await page.getByRole('dialog').waitFor();
    await look(page, 'terminal', colorScheme);
  }
  await home.close();
}

async function keyboardOnly({ browser, url, faults }) {
  const context = await browser.newContext();
  const page = await openPage(context, faults);
  await page.goto(`${url}/login`);
  await until('the name has the focus', () => page.evaluate(() => document.activeElement?.id === 'user'));
  const seen = [];
  for (let step = 0; step < 4; step += 1) {
    const focus = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return { name: document.activeElement.id || document.activeElement.textContent, outline: `${style.outlineStyle} ${style.outlineWidth}` };
    });
    if (focus.outline !== 'solid 2px') throw new Error(`the focus on ${focus.name} is not visible: ${focus.outline}`);
    seen.push(focus.name);
    await page.keyboard.press('Tab');
  }
  const order = 'user,password,Show,Sign in';
  if (seen.join() !== order) throw new Error(`Tab goes ${seen.join()}, not ${order}`);
  await context.close();
}

export default [
  { name: 'no page is wider than its window, from 320 px on, in light and in dark', test: noOverflow },
  { name: 'the login form can be walked with Tab, and the focus is always visible', test: keyboardOnly },
];
