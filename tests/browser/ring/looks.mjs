// Pages can be used on a phone, with a keyboard, in light and in dark.

import { openPage, picture, signIn, until } from '../browser.mjs';

const WIDTHS = [320, 390, 1280];

async function noOverflow({ browser, url, user, password, faults, expected }) {
  expected.push(/status of 4(04|29)/);
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme });
    const page = await openPage(context, faults);
    const look = async (name) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) throw new Error(`${name} is ${wide} px wider than ${width} px`);
        await picture(page, `${name}-${colorScheme}-${width}`);
      }
    };
    await page.goto(`${url}/login`);
    await look('login');
    await page.goto(`${url}/s/aaaaaaaaaaaa`);
    await signIn(page, url, user, password);
    // Its hash would start a session; the address without it does not.
    await page.goto(`${url}/nowhere`);
    await look('not-found');
    await context.close();
  }
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
