// Another browser of the same person at the same session: for what the shared page, or its settings, must not keep.

import { readable } from './axe.mjs';
import { picture, prompt, run, until } from './browser.mjs';

/**
 * Opens the session of the ring's page with the same login, hands it to `test`, and brings the session back.
 * @param options of the browser context
 * @param {(page, context) => Promise<void>} test
 */
export async function elsewhere(ring, options, test) {
  const { browser, context: shared, faults, page } = ring;
  const context = await browser.newContext({
    colorScheme: 'dark', permissions: ['clipboard-read', 'clipboard-write'], storageState: await shared.storageState(), ...options,
  });
  const other = await readable(context, faults);
  try {
    await other.goto(page.url());
    await until('the other browser is connected', async () => (await other.locator('#link-word').textContent()) === 'connected');
    await run(other, 'clear');
    await test(other, context);
  } catch (error) {
    await picture(other, 'failed-elsewhere');
    throw error;
  } finally {
    await context.close();
    await page.reload();
  }
  await prompt(page);
  await run(page, 'clear');
}
