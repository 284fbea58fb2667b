// Obstacles: what axe, and the width of a phone, find wrong with a page in light and in dark.

import { load, openPage, picture } from './browser.mjs';

/** Runs before a page's own scripts, since its policy lets no others in later. */
export const AXE = load.resolve('axe-core/axe.min.js');
const SCHEMES = ['light', 'dark'];

/** What axe finds wrong; everything, or by one rule. @param {string[]} [rules] */
export async function obstacles(page, rules) {
  return page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run({ resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }, rules);
}

/** Fails for whatever axe finds, and for a page that is wider than a phone. */
export async function inspect(page, name) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const found = await obstacles(page, colorScheme === 'dark' ? ['color-contrast'] : undefined); // nothing else differs
    if (found.length > 0) throw new Error(`${name}, ${colorScheme}: ${found.join('; ')}`);
    await picture(page, `launcher-${name}-${colorScheme}`, { fullPage: true });
  }
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${name} is ${wide} px wider than a phone`);
  await picture(page, `launcher-${name}-390`, { fullPage: true });
  await page.setViewportSize(before);
}

/** A page on which axe can be run. */
export async function readable(context, faults) {
  await context.addInitScript({ path: AXE });
  return openPage(context, faults);
}
