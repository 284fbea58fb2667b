// The network breaks, falls silent, and somebody opens the session elsewhere.

import { agreedSize, inTerminal, line, openPage, picture, press, prompt, rows, run, signIn, type, until } from '../browser.mjs';
import { played, started } from '../played.mjs';

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
  await until('the silence is told', async () => /^no answer for \d+ s$/.test(await page.locator('#rtt').textContent()));
  await until('the page notices', async () => (await word(page)) === 'not connected');
  wire.mend();
  // Unless it is back by itself meanwhile.
  await page.evaluate(() => document.querySelector('.strip.link button')?.click());
  await until('the page came back', async () => (await word(page)) === 'connected');
  await type(page, 'echo "$here"\n');
  await line(page, /^silent$/);
  await until('how far away it is', async () => /^[\d.]+ ms$/.test(await page.locator('#rtt').textContent()));
}

/** Half a minute of a clock that the test moves; the daemon of this page is played, so no session is touched. */
async function longAway({ page, context, faults, expected }) {
  expected.push(...LOST);
  const { page: second, tell, shut, refuse, heard } = await played(context, faults, page.url(), { clock: true });
  const box = second.getByRole('dialog');
  tell(started());
  await until('connected', async () => (await word(second)) === 'connected');
  refuse(true);
  shut(1011);
  const strip = second.locator('.strip.link');
  await strip.getByText('What you type now is not sent.').waitFor();
  await strip.getByText('The session waits 15 min for a browser.').waitFor();
  await until('the cursor is hollow', () => second.locator('#terminal.away').count());
  await second.clock.runFor(20_000);
  if (await box.count()) throw new Error('a box after 20 s');
  heard.length = 0;
  await second.keyboard.type('lost');
  await until('that it is lost is seen', () => strip.evaluate((one) => one.classList.contains('flash')));
  for (let step = 0; step < 8 && !(await box.count()); step += 1) await second.clock.runFor(5000);
  await box.getByRole('heading', { name: 'No connection' }).waitFor();
  await picture(second, 'away-long');
  refuse(false);
  await second.evaluate(() => dispatchEvent(new Event('online')));
  await until('it comes back at once', () => heard.some((frame) => frame.type === 'resize'));
  tell(started());
  await box.waitFor({ state: 'detached' });
  await until('the terminal has the focus', () => inTerminal(second));
  await second.keyboard.type('n');
  await until('what is typed now is heard', () => heard.some((frame) => frame.type === 'bytes'));
  const bytes = heard.filter((frame) => frame.type === 'bytes').map((frame) => frame.text).join('');
  if (bytes !== 'n') throw new Error(`it was sent late: ${bytes}`);
  await second.close();
}

async function reload({ page }) {
  await run(page, 'clear; here=reloaded');
  await page.reload();
  await until('connected again', async () => (await word(page)) === 'connected');
  await type(page, 'echo "$here"\n');
  await line(page, /^reloaded$/);
}

/** The screen of a page that has just come, once it is as it was. */
async function sameScreen(page, before, what) {
  await until(`${what}: connected`, async () => (await word(page)) === 'connected');
  const show = async () => `\n    was\n${before.join('\n')}\n    is\n${(await rows(page)).join('\n')}`;
  await until(`${what}: the same screen`, async () => (await rows(page)).join('\n') === before.join('\n'), 20_000, show);
}

async function redraw({ page, browser, url, user, password, faults }) {
  await run(page, "clear; printf 'kept \\033[7mabove\\033[0m 日本 👩‍🚀\\n'");
  await type(page, 'seq 1 300 | sed "s/$/ of three hundred/" | less\n');
  await line(page, /^1 of three hundred$/);
  await type(page, 'G');
  await line(page, /^300 of three hundred$/);
  const before = await rows(page);
  await page.reload();
  await sameScreen(page, before, 'after a reload');
  // A second browser with the same window: the first one watches.
  const context = await browser.newContext({ colorScheme: 'dark', viewport: page.viewportSize() });
  const second = await openPage(context, faults);
  await signIn(second, url, user, password);
  await second.goto(page.url());
  await sameScreen(second, before, 'in a second browser');
  await type(second, 'g');
  await line(second, /^1 of three hundred$/);
  await line(page, /^1 of three hundred$/); // which watches
  await type(second, 'q');
  await line(second, /^kept above 日本 👩‍🚀$/);
  await run(second, 'true');
  await context.close();
  await page.locator('.strip.watch').waitFor({ state: 'detached' });
  await run(page, 'true');
}

async function takeOver({ page, context, faults }) {
  await run(page, 'clear; here=shared');
  const second = await openPage(context, faults);
  await second.setViewportSize({ width: 700, height: 500 });
  await second.goto(page.url());
  await until('the second tab is connected', async () => (await word(second)) === 'connected');
  const strip = page.locator('.strip.watch');
  await strip.waitFor();
  await type(page, 'echo "not ""heard"\n');
  await type(second, 'echo "$here by two"\n');
  await line(second, /^shared by two$/);
  await line(page, /^shared by two$/);
  await picture(page, 'watching');
  const size = (of) => of.locator('#size').textContent();
  if ((await size(page)) !== (await size(second))) throw new Error('what is watched has another size');
  await strip.getByRole('button', { name: 'Take back' }).click();
  await strip.waitFor({ state: 'detached' });
  await second.locator('.strip.watch').waitFor();
  await agreedSize(page);
  await type(page, 'echo "$here by one"\n');
  await line(page, /^shared by one$/);
  if ((await rows(page)).some((row) => row === 'not heard')) throw new Error('what a watcher typed was sent');
  await second.close();
  await run(page, 'true');
}

export default [
  { name: 'after a broken connection the page comes back by itself, and the shell went on', test: cut },
  { name: 'a connection that falls silent is noticed and replaced', test: silence },
  { name: 'after half a minute a box says how long the session waits, and goes when the network is back', test: longAway },
  { name: 'a reloaded page is back in the same shell', test: reload },
  { name: 'a reloaded page and a second browser show the screen of a program exactly, and what it hides', test: redraw },
  { name: 'a second tab takes over, the first watches, and can take back', test: takeOver },
];
