// Every page for everyone: read by axe in light and in dark, on a phone, by keyboard alone; and a start page that stays true.
//
// Most of it is done by the administrator whom tests/bed/install.sh makes, so that the starts do not count as those of
// the user of the other tests.

import { ADMIN, AXE, line, openPage, picture, prompt, signIn, until } from '../browser.mjs';

const SCHEMES = ['light', 'dark'];

/** Fails for whatever axe finds, and for a page that is wider than a phone. */
async function inspect(page, name) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run({ resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    });
    if (found.length > 0) throw new Error(`${name}, ${colorScheme}: ${found.join('; ')}`);
    await picture(page, `launcher-${name}-${colorScheme}`);
  }
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`${name} is ${wide} px wider than a phone`);
  await picture(page, `launcher-${name}-390`);
  await page.setViewportSize(before);
}

/** A page on which axe can be run. */
async function readable(context, faults) {
  await context.addInitScript({ path: AXE });
  return openPage(context, faults);
}

/** Starts a session behind the page's back, as soon as the pace allows. */
async function startBehind(context, url) {
  return until('the daemon lets a session start', async () => {
    const answer = await context.request.post(`${url}/api/v1/sessions`, { headers: { Origin: url }, data: { profile: 'shell' } });
    if (answer.ok()) return (await answer.json()).id;
    if (answer.status() !== 429) throw new Error(`status ${answer.status()}: ${await answer.text()}`);
    return null;
  }, 90_000);
}

async function endBehind(context, url, id) {
  const answer = await context.request.delete(`${url}/api/v1/sessions/${id}`, { headers: { Origin: url } });
  if (!answer.ok()) throw new Error(`session ${id} could not be ended: status ${answer.status()}`);
}

async function sessionsOf(context, url) {
  return (await (await context.request.get(`${url}/api/v1/sessions`)).json()).map(({ id }) => id);
}

async function axeCanFail({ browser, faults, url }) {
  const context = await browser.newContext();
  const page = await readable(context, faults);
  await page.goto(`${url}/login`);
  await page.evaluate(() => document.querySelector('label[for=user]').remove());
  const refused = await inspect(page, 'broken').then(() => false, (error) => /label/.test(error.message));
  if (!refused) throw new Error('axe does not miss a missing label');
  await context.close();
}

async function signedOut({ browser, faults, expected, url, user }) {
  expected.push(/status of 4(03|04|29)/);
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
  await signIn(page, url, user, 'not the password');
  await page.getByRole('alert').waitFor();
  await inspect(page, 'login-refused');
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

async function keyboardAlone(ring) {
  const { browser, faults, expected, url, password } = ring;
  expected.push(/status of 429/);
  ring.admin = await browser.newContext();
  const page = await readable(ring.admin, faults);
  const keys = page.keyboard;
  await page.goto(`${url}/login`);
  await keys.type(ADMIN);
  await tabTo(page, 'textbox', 'Password');
  await keys.type(password);
  await keys.press('Enter');
  await page.waitForURL('**/s/*');
  await prompt(page);
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
  if ((await sessionsOf(ring.admin, url)).length > 0) throw new Error('the session goes on');
  await page.getByText('Nothing of yours is running.').waitFor();
  await page.close();
}

/** What the list shows of one session. */
function row(page, id, section = '#sessions') {
  return page.locator(`${section} [data-session="${id}"]`);
}

async function staysTrue({ admin, faults, url }) {
  const page = await openPage(admin, faults);
  await page.clock.install();
  await page.goto(`${url}/`);
  const first = await startBehind(admin, url);
  await page.evaluate(() => dispatchEvent(new Event('focus'))); // with nothing to see, only who comes back to it looks again
  await row(page, first).waitFor();
  await row(page, first).getByRole('button', { name: `End session ${first}` }).click();
  await page.evaluate(() => { globalThis.kept = document.activeElement; });

  const second = await startBehind(admin, url);
  await page.clock.runFor(11_000);
  await row(page, second).waitFor();
  const untouched = await page.evaluate(() => globalThis.kept.isConnected && globalThis.kept === document.activeElement
    && globalThis.kept.textContent === 'End session');
  if (!untouched) throw new Error('the question that was open is gone, or has lost the focus');
  await picture(page, 'launcher-question');
  await endBehind(admin, url, first);
  await page.clock.runFor(11_000);
  await row(page, first).waitFor({ state: 'detached' });
  await focusOn(page, 'Your sessions');
  await page.locator('#ended').getByRole('link', { name: `How session ${first} ended` }).waitFor();
  await page.close();
}

async function silence({ admin, faults, expected, wire, url }) {
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

async function quota({ admin, faults, url }) {
  const page = await openPage(admin, faults);
  for (let count = (await sessionsOf(admin, url)).length; count < 4; count += 1) await startBehind(admin, url);
  await page.goto(`${url}/`);
  const button = page.getByRole('button', { name: 'New session: shell' });
  await page.getByText('You have 4 sessions already').waitFor();
  if (await button.isEnabled()) throw new Error('a fifth session can be asked for');
  await picture(page, 'launcher-quota');
  const [id, ...others] = await sessionsOf(admin, url);
  await Promise.all(others.map((other) => endBehind(admin, url, other)));
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await until('there is room again', () => button.isEnabled());
  await row(page, id).waitFor();
  await page.close();
}

async function signedIn({ admin, context, faults, expected, url }) {
  expected.push(/status of 4(03|10)/);
  const page = await readable(admin, faults);
  const [mine] = await sessionsOf(admin, url);
  const theirs = await startBehind(context, url);
  await page.goto(`${url}/`);
  await row(page, theirs, '#everyones').getByRole('button', { name: 'End' }).click();
  await inspect(page, 'home');
  await row(page, theirs, '#everyones').getByRole('button', { name: 'End session', exact: true }).click();
  await row(page, theirs, '#everyones').waitFor({ state: 'detached' });
  const told = await (await context.request.get(`${url}/api/v1/sessions/${theirs}`)).json();
  if (told.reason !== 'admin') throw new Error(`the session ended as ${told.reason}`);

  const other = await startBehind(context, url);
  const response = await page.goto(`${url}/s/${other}`);
  if (response.status() !== 403) throw new Error(`status ${response.status()} for the session of somebody else`);
  await inspect(page, 'not-yours');
  await endBehind(context, url, other);

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
  await page.getByRole('link', { name: `How session ${mine} ended` }).click();
  await page.getByRole('heading', { level: 1, name: 'Session ended' }).waitFor();
  await page.getByText('You ended the session.').waitFor();
  await inspect(page, 'ended');
  await page.getByRole('button', { name: 'New session' }).click();
  await page.waitForURL((address) => address.pathname.startsWith('/s/') && !address.pathname.endsWith(mine));
  await endBehind(admin, url, new URL(page.url()).pathname.slice(3));
  await page.close();
}

export default [
  { name: 'axe finds what is wrong', test: axeCanFail },
  { name: 'axe has nothing to say about the pages for strangers, in light and in dark', test: signedOut },
  { name: 'by keyboard alone: login, terminal, End, start page, another session, End', test: keyboardAlone },
  { name: 'the start page stays true and takes nothing from under the hands', test: staysTrue },
  { name: 'the start page says that the service does not answer, and takes it back', test: silence },
  { name: 'with as many sessions as one person may have, the start page says so until one has ended', test: quota },
  { name: 'axe has nothing to say about the pages of a session and of an administrator, who ends the session of another', test: signedIn },
];
