// Every ending is explained, and offers what comes next.

import { line, openPage, picture, press, prompt, rows, run, signIn, type, until, untilAnswered } from '../browser.mjs';

async function boxSays(page, ...texts) {
  const box = page.getByRole('dialog');
  await box.waitFor();
  for (const text of texts) await until(`the box says "${text}"`, async () => (await box.textContent()).includes(text));
  return box;
}

async function another(page) {
  const old = page.url();
  await until('"New session" has the focus', () => page.evaluate(() => document.activeElement?.textContent === 'New session'));
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.href !== old && url.pathname.startsWith('/s/'));
  await prompt(page);
}

async function exitSeven({ page }) {
  await run(page, 'clear; echo "the last""words"');
  await type(page, 'exit 7\n');
  await boxSays(page, 'Session ended', 'Exit status 7');
  if (!(await rows(page)).some((row) => row.includes('the lastwords'))) throw new Error('the screen is gone');
  await picture(page, 'ended');
  await another(page);
  if ((await rows(page)).some((row) => row.includes('the lastwords'))) throw new Error('the new session shows the old screen');
}

async function controlD({ page }) {
  await press(page, 'Control+d');
  await boxSays(page, 'Session ended', 'Exit status 0');
  await page.getByRole('dialog').getByRole('button', { name: 'Back to start' }).waitFor();
  await another(page);
}

async function endButton({ page }) {
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await boxSays(page, 'End this session?');
  await picture(page, 'confirm-end');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  if ((await run(page, 'true')) !== 0) throw new Error('the shell is gone though nobody confirmed');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await boxSays(page, 'Session ended', 'You ended the session.');
  await another(page);
}

async function gone({ page, context, faults, expected, url }) {
  expected.push(/status of 404/);
  const second = await openPage(context, faults);
  const response = await second.goto(`${url}/s/aaaaaaaaaaaa`);
  if (response.status() !== 404) throw new Error(`status ${response.status()}`);
  await second.getByRole('heading', { level: 1 }).waitFor();
  await picture(second, 'no-such-session');
  await second.close();
  await run(page, 'true');
}

async function logout(ring) {
  const { page, context, faults, expected, url, user, password } = ring;
  expected.push(/status of 4(01|29)/, /WebSocket/);
  const session = new URL(page.url()).pathname;
  await run(page, 'clear; here=kept');
  const home = await openPage(context, faults);
  await home.goto(`${url}/`);
  await home.getByRole('link', { name: /^Open session/ }).waitFor();
  await picture(home, 'home-with-session');
  await home.getByRole('button', { name: 'Sign out' }).click();
  await home.waitForURL('**/login*');
  await page.waitForURL('**/login?next=*');
  await home.close();
  await untilAnswered(page, async () => {
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  });
  await page.waitForURL(`**${session}`);
  await until('connected again', async () => (await page.locator('#link-word').textContent()) === 'connected');
  await type(page, 'echo "$here"\n');
  await line(page, /^kept$/);
}

async function endFromHome({ page, url, user, password, faults, browser, expected }) {
  expected.push(/status of 429/);
  const context = await browser.newContext();
  const home = await openPage(context, faults);
  await signIn(home, url, user, password);
  await home.getByRole('button', { name: /^End session/ }).waitFor();
  if (!home.url().endsWith('/')) throw new Error(`a second session was started: ${home.url()}`);
  await home.getByRole('button', { name: /^End session/ }).click();
  await home.getByRole('button', { name: 'End session', exact: true }).click();
  await until('the list is empty', async () => (await home.locator('[data-session]').count()) === 0);
  await boxSays(page, 'Session ended', 'You ended the session.');
  await context.close();
}

export default [
  { name: 'exit 7 is told with its status over the old screen, and "New session" starts another', test: exitSeven },
  { name: 'Ctrl-D ends the shell', test: controlD },
  { name: 'the End button asks first, then ends the session', test: endButton },
  { name: 'the address of a session that is no more says so', test: gone },
  { name: 'logout closes the terminal, lands on the login page, and the way back leads to the same shell', test: logout },
  { name: 'a session is ended from the start page, and its tab says so', test: endFromHome },
];
