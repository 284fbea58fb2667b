// The demo's check: a newcomer's way through the product, told step by step. Exits with 0 if all of it was seen.

import { launch, line, openPage, picture, prompt, rows, run, signIn, target, type, until } from './browser.mjs';

const { url, user, password } = target();
const faults = [];
const browser = await launch();
let failed = false;
let page;

function saw(step, what) {
  console.log(`${step.padEnd(8)} ${what}`);
}

try {
  page = await openPage(await browser.newContext({ colorScheme: 'dark' }), faults);
  await signIn(page, url, user, password);
  await picture(page, 'check-1-home');
  // With one profile and no session the page starts one by itself; otherwise somebody has to choose.
  const started = page.waitForURL('**/s/*');
  const button = page.getByRole('button', { name: 'New session', disabled: false }).first();
  await Promise.race([started, button.click().catch(() => {})]); // which the page takes away when it starts one
  await started;
  saw('login', `signed in as ${user}; session ${new URL(page.url()).pathname.slice(3)}`);

  await prompt(page);
  saw('prompt', (await line(page, /\S.*[$#] ?$/))[0]);

  await type(page, 'echo $((6*7))\n');
  saw('echo', `$((6*7)) is ${(await line(page, /^42$/))[0]}`);
  await run(page, 'true');
  await picture(page, 'check-2-shell');

  await type(page, 'exit\n');
  const box = page.getByRole('dialog');
  await box.waitFor();
  await until('the exit status is shown', async () => (await box.textContent()).includes('Exit status 0'));
  saw('exit', `${await box.getByRole('heading').textContent()}: ${await box.locator('#box-text').textContent()} Exit status 0`);
  await picture(page, 'check-3-ended');
  if (faults.length > 0) throw new Error(`the page reported: ${faults.join('; ')}`);
} catch (error) {
  failed = true;
  saw('FAILED', error.message);
  for (const fault of faults) saw('', fault);
  const shown = page ? await rows(page).catch(() => []) : [];
  for (const row of shown.filter(Boolean)) saw('screen', row);
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
