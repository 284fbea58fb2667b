// Below a base path: a real Chromium on a Coracle whose server.public_url has one. Every address that a page or a script
// makes must lie below it.
//
//   CORACLE_URL=http://127.0.0.1:8080/shell CORACLE_USER=… CORACLE_PASSWORD=… node tests/browser/base.mjs

import { launch, openPage, prompt, run, signIn, target, type } from './browser.mjs';

const { url, user, password } = target();
const base = new URL(url).pathname;
const faults = [];
const strays = new Set();
/** The page that the test was at. */
let where;
const browser = await launch();

function at(page, pattern) {
  return page.waitForURL((address) => address.pathname.startsWith(base) && pattern.test(address.pathname.slice(base.length)));
}

async function everyWay() {
  const context = await browser.newContext();
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith(`${base}/`) && pathname !== base) strays.add(pathname);
  });
  const page = await openPage(context, faults);
  where = page;
  await page.goto(url); // without a slash at its end
  await at(page, /^\/login$/);
  await signIn(page, url, user, password);
  await at(page, /^\/s\//); // the first session starts by itself
  await prompt(page);
  if ((await run(page, 'true')) !== 0) throw new Error('nothing runs');

  const session = new URL(page.url()).pathname;

  // Help, from the settings; there the person leaves, and the terminal's page asks for the login again and comes back.
  await page.getByRole('button', { name: 'Settings' }).click();
  const opened = context.waitForEvent('page');
  await page.getByRole('dialog').getByRole('button', { name: 'Help' }).click();
  const help = await opened;
  await at(help, /^\/help$/);
  await help.getByRole('button', { name: 'Sign out' }).click();
  await at(help, /^\/login$/);
  await help.close();
  await at(page, /^\/login$/);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((address) => address.pathname === session);
  await prompt(page);

  await type(page, 'exit\n');
  await page.getByRole('dialog').getByRole('button', { name: 'New session' }).click();
  await page.waitForURL((address) => address.pathname !== session && address.pathname.startsWith(`${base}/s/`));
  await prompt(page);
  await page.getByRole('link', { name: 'Start' }).click();
  await at(page, /^\/$/);
  await page.getByRole('button', { name: /^End session/ }).first().click();
  await page.getByRole('button', { name: 'End session', exact: true }).click();
  await page.getByText('Nothing of yours is running.').waitFor();
  await page.getByRole('link', { name: /^How session/ }).first().click();
  await at(page, /^\/s\//);
  await page.getByRole('button', { name: 'New session' }).click();
  await prompt(page);
  await type(page, 'exit\n');
  await page.getByRole('dialog').getByRole('button', { name: 'Back to start' }).click();
  await at(page, /^\/$/);

  // The language that is chosen holds for these pages, and is told to nobody else on this host.
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await page.locator('html[lang=de]').waitFor();
  await page.getByRole('link', { name: 'Hilfe' }).click();
  await page.getByRole('heading', { level: 1, name: 'Hilfe' }).waitFor();
  const kept = (await context.cookies()).find(({ name }) => name === 'coracle-language');
  if (kept?.path !== `${base}/`) throw new Error(`the cookie of the language is for ${kept?.path}`);
  if (strays.size > 0) throw new Error(`asked for ${[...strays].join(', ')}, which is not below ${base}`);
  const odd = faults.filter((fault) => !fault.includes('status of 410')); // the page of an ended session
  if (odd.length > 0) throw new Error(`the page reported: ${odd.join('; ')}`);
}

let failed = 0;
try {
  await everyWay();
  console.log('ok      below a base path every way through the pages stays below it');
} catch (error) {
  failed = 1;
  console.log(`not ok  below a base path every way through the pages stays below it\n    ${error.stack}\n    at ${where?.url()}`);
  for (const fault of faults) console.log(`    ${fault}`);
}
await browser.close();
console.log(`${1 - failed} passed, ${failed} failed`);
process.exitCode = failed;
