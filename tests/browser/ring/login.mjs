// Who may come in, and how.

import { inspect, readable } from '../axe.mjs';
import { line, openPage, prompt, run, signIn, type, until } from '../browser.mjs';

async function withoutScripts({ browser, url, user, password, faults, expected }) {
  expected.push(/status of 4(01|29)/);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await openPage(context, faults);
  await signIn(page, url, user, password);
  if (new URL(page.url()).pathname !== '/') throw new Error(`after login the address is ${page.url()}`);
  await page.getByRole('heading', { level: 1, name: 'Start' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.goto(`${url}/`);
  if (new URL(page.url()).pathname !== '/login') throw new Error('the login outlived "Sign out"');
  await context.close();
}

async function wrongPassword({ browser, url, user, faults, expected }) {
  expected.push(/status of 4(01|03|22|29)/);
  const context = await browser.newContext();
  const page = await readable(context, faults);
  await signIn(page, url, user, 'not the password');
  await page.getByRole('alert').waitFor();
  const name = await page.getByLabel('User name').inputValue();
  if (name !== user) throw new Error(`the name is ${JSON.stringify(name)} now`);
  const secret = await page.getByLabel('Password', { exact: true }).inputValue();
  if (secret !== '') throw new Error('the password came back');
  const focused = await page.evaluate(() => document.activeElement?.id);
  if (focused !== 'password') throw new Error(`the focus is on ${focused}`);
  await inspect(page, 'login-refused');
  await context.close();
}

async function strangersAreSentToLogin({ browser, url, faults }) {
  const context = await browser.newContext();
  const page = await openPage(context, faults);
  await page.goto(`${url}/s/abcdefghijkl`);
  const address = new URL(page.url());
  if (address.pathname !== '/login' || address.searchParams.get('next') !== '/s/abcdefghijkl') {
    throw new Error(`the address is ${page.url()}`);
  }
  await context.close();
}

async function firstSession(ring) {
  ring.expected.push(/status of 429/);
  ring.page = await openPage(ring.context, ring.faults);
  await signIn(ring.page, ring.url, ring.user, ring.password);
  await ring.page.waitForURL('**/s/*');
  await prompt(ring.page);
  await type(ring.page, 'echo $((6*7))\n');
  await line(ring.page, /^42$/);
  await until('no way back leads to the page that starts sessions', () => ring.page.evaluate(() => history.length <= 4));
  if ((await run(ring.page, 'test -t 0 && test "$TERM" = xterm-256color')) !== 0) throw new Error('no terminal, or another TERM');
}
firstSession.always = true;

export default [
  { name: 'login works without JavaScript, and so does logout', test: withoutScripts },
  { name: 'a stranger is sent to the login page and would come back to where they wanted', test: strangersAreSentToLogin },
  { name: 'the first login starts a session by itself, and the shell computes 42', test: firstSession },
  { name: 'a wrong password is said above the fields, keeps the name and forgets the password', test: wrongPassword },
];
