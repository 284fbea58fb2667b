// The network breaks, falls silent, and somebody opens the session elsewhere.

import { line, openPage, picture, press, prompt, rows, run, type, until } from '../browser.mjs';

const LOST = [/WebSocket connection/, /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_TIMED_OUT|ERR_ABORTED/];

const word = (page) => page.locator('#link-word').textContent();

async function cut({ page, wire, expected }) {
  expected.push(...LOST);
  await run(page, 'clear; here=still; echo "pid=$$"');
  const [pid] = await line(page, /^pid=\d+$/);
  wire.cut();
  await until('the page says so', async () => (await word(page)) === 'not connected');
  await page.locator('.strip.link').waitFor();
  await type(page, 'echo typed while away\n');
  await picture(page, 'connection-lost');
  if (!(await rows(page)).includes(pid)) throw new Error('the screen did not stay');
  wire.mend();
  await until('the page came back by itself', async () => (await word(page)) === 'connected');
  await page.locator('.strip.link').waitFor({ state: 'detached' });
  await type(page, 'echo "$here $$"\n');
  await line(page, new RegExp(`^still ${pid.slice(4)}$`));
  if ((await rows(page)).some((row) => row.includes('typed while away'))) throw new Error('what was typed while away was sent');
}

async function silence({ page, wire, expected }) {
  expected.push(...LOST);
  await run(page, 'clear; here=silent');
  wire.hush();
  await until('the page notices', async () => (await word(page)) === 'not connected');
  wire.mend();
  // Unless it is back by itself meanwhile.
  await page.evaluate(() => document.querySelector('.strip.link button')?.click());
  await until('the page came back', async () => (await word(page)) === 'connected');
  await type(page, 'echo "$here"\n');
  await line(page, /^silent$/);
}

async function reload({ page }) {
  await run(page, 'clear; here=reloaded');
  await page.reload();
  await until('connected again', async () => (await word(page)) === 'connected');
  await type(page, 'echo "$here"\n');
  await line(page, /^reloaded$/);
}

async function takeOver({ page, context, faults }) {
  await run(page, 'clear; here=shared');
  const second = await openPage(context, faults);
  await second.goto(page.url());
  await until('the second tab is connected', async () => (await word(second)) === 'connected');
  const box = page.getByRole('dialog');
  await box.getByRole('heading', { name: 'Opened elsewhere' }).waitFor();
  await picture(page, 'taken-over');
  await type(second, 'echo "$here by two"\n');
  await line(second, /^shared by two$/);
  await box.getByRole('button', { name: 'Take back' }).click();
  await until('the first tab is connected', async () => (await word(page)) === 'connected');
  await second.getByRole('dialog').getByRole('heading', { name: 'Opened elsewhere' }).waitFor();
  await second.close();
  await press(page, 'Enter');
  await prompt(page);
  await type(page, 'echo "$here by one"\n');
  await line(page, /^shared by one$/);
}

export default [
  { name: 'after a broken connection the page comes back by itself, and the shell went on', test: cut },
  { name: 'a connection that falls silent is noticed and replaced', test: silence },
  { name: 'a reloaded page is back in the same shell', test: reload },
  { name: 'a second tab takes over, and the first can take back', test: takeOver },
];
