// Every page for everyone: read by axe in every theme, on a phone, by keyboard alone; and a start page that stays true.
//
// Most of it is done by the administrator whom tests/bed/install.sh makes, so that the starts do not count as those of
// the user of the other tests.

import { adminOf, endBehind, sessionsOf, startBehind } from '../administrator.mjs';
import { inspect, obstacles, readable } from '../axe.mjs';
import { ADMIN, inTerminal, line, openPage, picture, prompt, until, untilAnswered } from '../browser.mjs';

async function axeCanFail({ browser, faults, url }) {
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await readable(context, faults);
  await page.goto(`${url}/login`);
  await page.evaluate(() => {
    document.querySelector('label[for=user]').remove();
    document.querySelector('.card > .hint').style.color = '#ccc';
  });
  const found = (await obstacles(page)).join('; ');
  if (!/label:/.test(found)) throw new Error(`axe does not miss a missing label: ${found}`);
  if (!/color-contrast:/.test(found)) throw new Error(`axe can read light grey on white: ${found}`);
  await context.close();
}

async function signedOut({ browser, faults, expected, url }) {
  expected.push(/status of 404/);
  const context = await browser.newContext();
  const page = await readable(context, faults);
  await page.goto(`${url}/login`);
  await inspect(page, 'login');
  await page.getByRole('link', { name: 'Help' }).click();
  await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  await inspect(page, 'help-stranger');
  await page.goto(`${url}/nowhere`);
  await inspect(page, 'not-found');
  await context.close();
}

/** Presses Tab until this has the focus, which must be visible all the way. */
async function tabTo(page, role, name) {
  const wanted = page.getByRole(role, { name, exact: true }).first();
  await wanted.waitFor();
  for (let step = 0; step < 40; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    const blind = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return document.activeElement !== document.body && (outlineStyle === 'none' || parseFloat(outlineWidth) < 2);
    });
    if (blind) throw new Error(`on the way to ${name} the focus cannot be seen`);
  }
  throw new Error(`Tab does not lead to ${name}`);
}

async function focusOn(page, text) {
  await until(`"${text}" has the focus`, () => page.evaluate((wanted) => document.activeElement?.textContent === wanted, text));
}

async function keyboardAlone({ browser, faults, expected, url, password }) {
  expected.push(/status of 429/);
  const context = await browser.newContext();
  const page = await openPage(context, faults);
  const keys = page.keyboard;
  await page.goto(`${url}/login`);
  const inField = (id) => until(`the ${id} has the focus`, () => page.evaluate((wanted) => document.activeElement?.id === wanted, id));
  await inField('user');
  await keys.type(ADMIN);
  await tabTo(page, 'textbox', 'Password');
  await untilAnswered(page, async () => {
    await inField('password'); // the form that asks for it again puts it there
    await keys.type(password);
    await keys.press('Enter');
  });
  await page.waitForURL('**/s/*');
  await prompt(page);
  await until('the terminal has the focus', () => inTerminal(page));
  await keys.type('echo $((6*7))\n');
  await line(page, /^42$/);
  await keys.press('Control+Shift+F6');
  await tabTo(page, 'button', 'End');
  await keys.press('Enter');
  await focusOn(page, 'End session');
  await keys.press('Enter');
  await focusOn(page, 'New session');
  await tabTo(page, 'button', 'Back to start');
  await keys.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Start' }).waitFor();
  await tabTo(page, 'button', 'New session: shell');
  await keys.press('Enter');
  await page.waitForURL('**/s/*');
  const id = new URL(page.url()).pathname.slice(3);
  await prompt(page);
  await until('the terminal has the focus', () => inTerminal(page));
  await keys.press('Control+Shift+F6');
  await tabTo(page, 'link', 'Start');
  await keys.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Start' }).waitFor();
  await tabTo(page, 'button', `End session ${id}`);
  await keys.press('Enter');
  await focusOn(page, 'End session');
  await keys.press('Escape');
  await focusOn(page, 'End');
  await keys.press('Enter');
  await focusOn(page, 'End session');
  await keys.press('Enter');
  await focusOn(page, 'Your sessions'); // the row is gone, and the focus not at the top of the page
  if ((await sessionsOf(context, url)).length > 0) throw new Error('the session goes on');
  await page.getByText('Nothing of yours is running.').waitFor();
  await context.close();
}

/** What the list shows of one session. */
function row(page, id, section = '#sessions') {
  return page.locator(`${section} [data-session="${id}"]`);
}

async function staysTrue(ring) {
  const { faults, url } = ring;
  const admin = await adminOf(ring);
  const page = await openPage(admin, faults);
  await page.clock.install();
  await page.goto(`${url}/`);
  await page.getByText('Nothing of yours is running.').waitFor();
  const first = await startBehind(admin, url);
  await page.evaluate(() => dispatchEvent(new Event('focus'))); // with nothing to see, only who comes back to it looks again
  await row(page, first).waitFor();
  await row(page, first).getByRole('button', { name: `End session ${first}` }).click();
  await page.evaluate(() => { globalThis.kept = document.activeElement; });

  const others = [];
  for (let count = 0; count < 3; count += 1) others.push(await startBehind(admin, url));
  await page.clock.runFor(11_000);
  for (const id of others) await row(page, id).waitFor();
  const untouched = await page.evaluate(() => globalThis.kept.isConnected && globalThis.kept === document.activeElement
    && globalThis.kept.textContent === 'End session');
  if (!untouched) throw new Error('the question that was open is gone, or has lost the focus');
  const start = page.getByRole('button', { name: 'New session: shell' });
  await page.getByText('You have 4 sessions already').waitFor();
  if (await start.isEnabled()) throw new Error('a fifth session can be asked for');
  await picture(page, 'launcher-quota', { fullPage: true });

  for (const id of [first, ...others.slice(1)]) await endBehind(admin, url, id);
  await page.clock.runFor(11_000);
  await row(page, first).waitFor({ state: 'detached' });
  await focusOn(page, 'Your sessions');
  await until('there is room again', () => start.isEnabled());
  await row(page, others[0]).waitFor();
  await page.locator('#ended').getByRole('link', { name: `How session ${first} ended` }).waitFor();
  await page.close();
}

async function silence(ring) {
  const { faults, expected, wire, url } = ring;
  const admin = await adminOf(ring);
  if ((await sessionsOf(admin, url)).length === 0) await startBehind(admin, url);
  expected.push(/ERR_|Failed to load/);
  const page = await openPage(admin, faults);
  await page.clock.install();
  await page.goto(`${url}/`);
  wire.cut();
  try {
    await page.clock.runFor(11_000);
    await page.getByText('The service does not answer.').waitFor();
  } finally {
    wire.mend();
  }
  await page.clock.runFor(11_000);
  await until('the page takes it back', async () => (await page.locator('#status').textContent()) === '');
  await page.close();
}

async function signedIn(ring) {
  const { context, faults, expected, url } = ring;
  expected.push(/status of 4(03|10)/);
  const admin = await adminOf(ring);
  const page = await readable(admin, faults);
  const mine = (await sessionsOf(admin, url))[0] ?? await startBehind(admin, url);
  const theirs = await startBehind(context, url);

  const response = await page.goto(`${url}/s/${theirs}`);
  if (response.status() !== 403) throw new Error(`status ${response.status()} for the session of somebody else`);
  await inspect(page, 'not-yours');

  await page.goto(`${url}/`);
  const line = row(page, theirs, '#everyones');
  await line.getByRole('button', { name: 'End' }).click();
  await inspect(page, 'home');
  await line.getByRole('button', { name: 'End session', exact: true }).click();
  await line.waitFor({ state: 'detached' });

  await page.goto(`${url}/help`);
  await page.getByText('no network').first().waitFor();
  await inspect(page, 'help');

  await page.goto(`${url}/s/${mine}`);
  await prompt(page);
  await inspect(page, 'terminal');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await inspect(page, 'terminal-question');
  await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await page.getByRole('heading', { name: 'Session ended' }).waitFor();
  await inspect(page, 'terminal-ended');

  await page.goto(`${url}/`);
  await page.getByText('Nothing of yours is running.').waitFor();
  await inspect(page, 'home-empty');
  await page.close();
  ring.theirs = theirs;
}

async function toldHowItEnded({ context, faults, expected, url, theirs }) {
  expected.push(/status of 410/);
  const page = await readable(context, faults);
  await page.goto(`${url}/`);
  await page.getByRole('link', { name: `How session ${theirs} ended` }).click();
  await page.getByRole('heading', { level: 1, name: 'Session ended' }).waitFor();
  await page.getByText('An administrator ended the session.').waitFor();
  await inspect(page, 'ended');
  await page.getByRole('button', { name: 'New session' }).click();
  await page.waitForURL((address) => address.pathname.startsWith('/s/') && !address.pathname.endsWith(theirs));
  await prompt(page);
  await page.close();
}

export default [
  { name: 'axe finds what is wrong', test: axeCanFail },
  { name: 'axe has nothing to say about the pages for strangers, in every theme', test: signedOut },
  { name: 'by keyboard alone: login, terminal, End, start page, another session, End', test: keyboardAlone },
  { name: 'the start page stays true, says when there is no room, and takes nothing from under the hands', test: staysTrue },
  { name: 'the start page says that the service does not answer, and takes it back', test: silence },
  { name: 'axe has nothing to say about the pages of a session and of an administrator, who ends the session of another', test: signedIn },
  { name: 'whose session an administrator ended is told so at its address, and starts another there', test: toldHowItEnded },
];
