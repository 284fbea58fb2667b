// Obstacles: what axe, and the width of a phone, find wrong with a page in every theme.

import { load, openPage, picture, until } from './browser.mjs';

/** Runs before a page's own scripts, since its policy lets no others in later. */
export const AXE = load.resolve('axe-core/axe.min.js');

/** Every theme, as a system asks for it. */
export const THEMES = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  'light-contrast': { colorScheme: 'light', contrast: 'more' },
  'dark-contrast': { colorScheme: 'dark', contrast: 'more' },
};

/** What axe finds wrong; everything, or by some rules. @param {string[]} [rules] */
export async function obstacles(page, rules) {
  return page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run({ resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }, rules);
}

/** Whether the page, and the terminal if there is one, have followed the system to a theme. */
function inTheme(theme) {
  const [scheme, more] = theme.split('-');
  const { dataset } = document.documentElement;
  return dataset.theme === (more ? 'auto-contrast' : 'auto') && (dataset.terminal ?? scheme) === scheme
    && matchMedia(`(prefers-color-scheme: ${scheme})`).matches;
}

/** Fails for whatever axe finds in any theme: everything in the first, and the colours, which alone differ, in the others. */
export async function inspectThemes(page, name, seen = async () => {}) {
  for (const [theme, media] of Object.entries(THEMES)) {
    await page.emulateMedia(media);
    await until(`the page is in ${theme}`, () => page.evaluate(inTheme, theme));
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
    const colours = theme.endsWith('contrast') ? ['color-contrast', 'color-contrast-enhanced'] : ['color-contrast'];
    const found = await obstacles(page, theme === 'light' ? undefined : colours);
    if (found.length > 0) throw new Error(`${name}, ${theme}: ${found.join('; ')}`);
    await seen(theme);
  }
}

/** Pixels by which a page, or a part of it that hides what sticks out, is wider than its window. */
export async function tooWide(page) {
  return page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll('.bar, .box, .foot, .strip, #search')].map((part) => part.scrollWidth - part.clientWidth)));
}

/** The same, and fails for a page that is wider than a phone. */
export async function inspect(page, name) {
  const before = page.viewportSize();
  await inspectThemes(page, name, async (theme) => {
    await picture(page, `launcher-${name}-${theme}`, { fullPage: true });
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await tooWide(page);
    if (wide > 0) throw new Error(`${name}, ${theme} is ${wide} px wider than a phone`);
    await picture(page, `launcher-${name}-${theme}-390`, { fullPage: true });
    await page.setViewportSize(before);
  });
}

/** A page on which axe can be run. */
export async function readable(context, faults) {
  await context.addInitScript({ path: AXE });
  return openPage(context, faults);
}
