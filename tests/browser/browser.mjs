// One real browser, and what every test does with it: sign in, type, and wait for what the screen shows.

import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
// The tools are installed below target/, not beside this file.
export const load = createRequire(join(ROOT, 'target/npm/package.json'));
const { chromium } = load('playwright-core');

const PROGRAM = process.env.CORACLE_BROWSER ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-quic', '--no-first-run',
  '--lang=en-US', '--accept-lang=en-US,en', // the tests look for English sentences, whatever the machine speaks
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
// The SHA-256 of a public key, in base64, that is trusted although no authority vouches for it.
const TRUSTED_KEY = process.env.CORACLE_TRUSTED_KEY;
if (TRUSTED_KEY) ARGUMENTS.push(`--ignore-certificate-errors-spki-list=${TRUSTED_KEY}`);
/** Milliseconds that any one condition may take; a start on a cold image, on a host that is busy with others, is the slowest. */
export const PATIENCE = 60_000;

/** The administrator's login; the password is that of the user. */
export const ADMIN = process.env.CORACLE_ADMIN ?? 'warden';

/** The running Coracle, as the environment names it. */
export function target() {
  const { CORACLE_URL, CORACLE_USER, CORACLE_PASSWORD } = process.env;
  if (!CORACLE_URL || !CORACLE_USER || !CORACLE_PASSWORD) {
    throw new Error('set CORACLE_URL, CORACLE_USER and CORACLE_PASSWORD to those of a running Coracle');
  }
  return { url: CORACLE_URL.replace(/\/$/, ''), user: CORACLE_USER, password: CORACLE_PASSWORD };
}

/** Without a graphics card, unless `graphics` says how to play one. */
export async function launch(graphics = ['--disable-gpu']) {
  return chromium.launch({ executablePath: PROGRAM, args: [...ARGUMENTS, ...graphics], headless: true });
}

/**
 * A page that remembers what went wrong on it: errors on its console, exceptions, and violations of the policy.
 */
export async function openPage(context, faults) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return page;
}

/** Fills the form and sends it. */
export async function signIn(page, url, user, password) {
  await page.goto(`${url}/login`);
  await untilAnswered(page, async () => {
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  });
}

/** Sends the login form, once more whenever it says "not yet" and as soon as it says. @param {() => Promise<void>} send */
export async function untilAnswered(page, send) {
  for (let tries = 0; tries < 5; tries += 1) {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST'
      && new URL(response.url()).pathname.endsWith('/login'));
    await send();
    const response = await answered;
    await page.waitForLoadState('load');
    if (response.status() !== 429) return;
    const seconds = Number(response.headers()['retry-after'] ?? 1);
    await until(`the ${seconds} s that the login asked for are over`, after(seconds * 1000), seconds * 1000 + PATIENCE);
  }
  throw new Error('the login said "not yet" five times');
}

/** A condition that holds once that many milliseconds have passed: for a wait that the service itself asked for. */
export function after(milliseconds) {
  const end = Date.now() + milliseconds;
  return () => Date.now() >= end;
}

/** Lines of the terminal, as they are shown, without spaces at their ends. */
export async function rows(page) {
  const texts = await page.locator('.xterm-rows > div').allTextContents();
  return texts.map((text) => text.replaceAll('\u00a0', ' ').trimEnd());
}

/** Polls until `condition` is true, or something that counts as true, and gives it back. */
export async function until(what, condition, patience = PATIENCE, show = async () => '') {
  const end = Date.now() + patience;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${what}${await show()}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); }); // between two looks, not in place of one
  }
}

/** Waits until a line of the screen matches, and gives the match. */
export async function line(page, pattern, patience = PATIENCE) {
  const show = async () => `\n    on the screen:\n${(await rows(page)).filter(Boolean).map((row) => `      ${row}`).join('\n')}`;
  return until(`a line like ${pattern}`, async () => {
    for (const row of await rows(page)) {
      const match = pattern.exec(row);
      if (match) return match;
    }
    return null;
  }, patience, show);
}

let marks = 0;

/**
 * Runs one line in the shell and waits until it is done; gives its exit status. The mark is typed in two halves, so that
 * what is seen is its output and not its echo.
 */
export async function run(page, command) {
  const mark = `m${(marks += 1)}`;
  await type(page, `${command}; echo "<${mark}""=$?>"\n`);
  const [, status] = await line(page, new RegExp(`<${mark}=(\\d+)>`));
  return Number(status);
}

/**
 * Runs one line whose program then has the terminal, and waits until it has: keys that arrive while the shell still edits
 * its line are stored as it wants them, and an Enter among them ends no line of the program.
 */
export async function occupy(page, command) {
  const mark = `m${(marks += 1)}`;
  await type(page, `echo "<${mark}"":on>"; ${command}\n`);
  await line(page, new RegExp(`^<${mark}:on>$`));
}

/**
 * Waits until the shell has the size that the page shows, and gives it: a size travels another way than keys do, and may
 * come after keys that were typed behind it.
 */
export async function agreedSize(page) {
  return until('the shell has the size that is shown', async () => {
    const mark = `m${(marks += 1)}`;
    await type(page, `echo "<${mark}"":$(stty size)>"\n`);
    const [, height, cols] = await line(page, new RegExp(`<${mark}:(\\d+) (\\d+)>`));
    const shown = await page.locator('#size').textContent();
    return shown === `${cols}×${height}` ? shown : null;
  });
}

/** The keyboard is the terminal's. */
export async function inTerminal(page) {
  return page.evaluate(() => document.activeElement?.classList.contains('xterm-helper-textarea') ?? false);
}

/** Types into the terminal, key by key. */
export async function type(page, text) {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
}

/** Presses one combination in the terminal. */
export async function press(page, keys) {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press(keys);
}

/** The shell runs and waits: the footer says so, in the page's language, and a line ends like a prompt. */
export async function prompt(page, connected = 'connected') {
  await until(`the footer says "${connected}"`, async () => (await page.locator('#link-word').textContent()) === connected);
  await line(page, /[$#] ?$/);
}

/** Writes a picture where CORACLE_SHOTS says, if it does. @param {{fullPage?: boolean}} [options] */
export async function picture(page, name, options = {}) {
  const folder = process.env.CORACLE_SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ ...options, path: join(folder, `${name}.png`) });
}
