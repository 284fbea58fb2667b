// Files: brought in by button and by drop, taken out by path, in a real session.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { obstacles } from '../axe.mjs';
import { line, picture, run, type, until } from '../browser.mjs';
import { played, started } from '../played.mjs';

const box = (page) => page.getByRole('dialog', { name: 'Files' });
const rows = (page) => box(page).getByRole('list').getByRole('listitem');
const row = (page, text) => rows(page).filter({ hasText: text }).first();

/** Opens the box, from wherever the page is. */
async function open(page) {
  if (await box(page).isVisible()) return;
  await page.getByRole('button', { name: /^Files/ }).click();
  await box(page).waitFor();
}

let asked = 0;

/** The digest that the shell has of a file. */
async function digestInside(page, name) {
  asked += 1; // earlier answers are still on the screen
  await type(page, `printf '=%s-%s\\n' ${asked} "$(sha256sum -- ${name} | cut -c1-64)"\n`);
  const [, found] = await line(page, new RegExp(`^=${asked}-([0-9a-f]{64})$`));
  return found;
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function withFiles(files, act) {
  const place = await mkdtemp(join(tmpdir(), 'coracle-files-'));
  try {
    const paths = [];
    for (const [name, bytes] of files) {
      paths.push(join(place, name));
      await writeFile(paths.at(-1), bytes);
    }
    await act(paths);
  } finally {
    await rm(place, { recursive: true });
  }
}

async function byButton({ page }) {
  const large = randomBytes(3_000_000);
  await withFiles([['large file.bin', large], ['two.txt', 'two'], ['-three', '']], async (paths) => {
    await open(page);
    await box(page).getByText('At most 48 MB each', { exact: false }).waitFor();
    await page.getByLabel('Bring files in').setInputFiles(paths);
    for (const name of ['large file.bin', 'two.txt', '-three']) await row(page, name).getByText(`is in the session as ${name}`).waitFor();
    await until('it is announced', async () => (await page.locator('#announce').textContent()).includes('-three'));
    await picture(page, 'files');
  });
  await box(page).getByRole('button', { name: 'Close', exact: true }).click();
  if (await digestInside(page, "'large file.bin'") !== digest(large)) throw new Error('it is another file inside');
  if ((await run(page, '[ -f ./-three ] && [ "$(cat two.txt)" = two ]')) !== 0) throw new Error('the others are not there');
}

async function conflicts({ page, expected }) {
  expected.push(/status of 409/);
  await open(page);
  const bring = (text) => page.getByLabel('Bring files in').setInputFiles([{ name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from(text) }]);
  for (const [choice, said] of [['Keep both', 'two (1).txt'], ['Replace', 'as two.txt'], ['Skip', null]]) {
    await bring(choice);
    const asked = row(page, 'There is a file of that name already');
    await asked.waitFor();
    await until('the first choice has the focus', () => page.evaluate(() => document.activeElement?.textContent === 'Keep both'));
    await asked.getByRole('button', { name: choice }).click();
    if (said) await row(page, said).waitFor();
    else await until('it is skipped', async () => (await rows(page).filter({ hasText: 'already' }).count()) === 0);
  }
  await box(page).getByRole('button', { name: 'Close', exact: true }).click();
  if ((await run(page, '[ "$(cat two.txt)$(cat "two (1).txt")" = "ReplaceKeep both" ]')) !== 0) throw new Error('not as chosen');
}

async function byDrop({ page }) {
  const bytes = [...randomBytes(200_000)];
  const drag = (type) => page.evaluate(([kind, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(content)], 'dropped \u{fc}.bin'));
    data.items.add(new File(['small'], 'dropped too'));
    document.querySelector('.xterm-screen').dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [type, bytes]);
  await drag('dragenter');
  await page.locator('#drop').waitFor();
  await picture(page, 'files-drop');
  await drag('dragleave');
  await page.locator('#drop').waitFor({ state: 'hidden' });
  await drag('dragenter');
  await drag('dragover');
  await drag('drop');
  await row(page, 'is in the session as dropped too').waitFor();
  if (await page.locator('#drop').isVisible()) throw new Error('the sign is still there');
  await box(page).getByRole('button', { name: 'Close', exact: true }).click();
  if (await digestInside(page, 'dropped*.bin') !== digest(Buffer.from(bytes))) throw new Error('it is another file inside');
}

async function byPath({ page, expected }) {
  expected.push(/status of 4\d\d/);
  await run(page, 'mkdir -p d; head -c 2000000 /dev/urandom >"d/out \u{fc}.bin"; ln -sf /etc/shadow shadow');
  const inside = await digestInside(page, 'd/out*.bin');
  await open(page);
  const path = page.getByLabel('Take a file out');
  await path.fill('d/out \u{fc}.bin');
  const saving = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const saved = await saving;
  if (saved.suggestedFilename() !== 'out \u{fc}.bin') throw new Error(saved.suggestedFilename());
  if (digest(await readFile(await saved.path())) !== inside) throw new Error('another file came out');
  await row(page, 'handed to the browser').waitFor();
  for (const [name, why] of [['nothing', 'no file of that name'], ['d', 'a directory of that name'], ['/dev/zero', 'no ordinary file'], ['shadow', 'no right to do that']]) {
    await path.fill(name);
    await box(page).getByRole('button', { name: 'Download' }).click();
    await row(page, why).waitFor();
  }
  await picture(page, 'files-refused');
}

async function cancelled({ page }) {
  await open(page);
  const buffer = Buffer.alloc(30_000_000, 'x');
  await withFiles([['much', buffer]], async (paths) => {
    await page.route('**/files?*', (route) => setTimeout(() => void route.continue().catch(() => {}), 2000));
    await page.getByLabel('Bring files in').setInputFiles(paths);
    await page.getByRole('progressbar', { name: 'Progress of much' }).waitFor();
    await box(page).getByRole('button', { name: 'Cancel: much' }).click();
    await row(page, 'cancelled, nothing was kept').waitFor();
    await page.unroute('**/files?*');
  });
  const tooLarge = { name: 'huge', mimeType: '', buffer: Buffer.alloc(48 * 1024 * 1024 + 1) };
  await page.getByLabel('Bring files in').setInputFiles([tooLarge]);
  await row(page, 'and at most 48 MB are sent').waitFor();
  await box(page).getByRole('button', { name: 'Close', exact: true }).click();
  if ((await run(page, '[ ! -e much ] && [ ! -e huge ] && ! ls .upload-* 2>/dev/null')) !== 0) throw new Error('something was kept');
}

async function readableAndNarrow({ page, context, faults, expected }) {
  expected.push(/status of 4\d\d/);
  await run(page, 'touch two.txt; rm -f a*surely.txt');
  const { page: second, tell } = await played(context, faults, page.url());
  tell(started());
  await open(second);
  const files = [['two.txt', 'x'], ['a name that is long enough to need more than one line of a phone, surely.txt', 'y']];
  await second.getByLabel('Bring files in').setInputFiles(files.map(([name, text]) => ({ name, mimeType: '', buffer: Buffer.from(text) })));
  await row(second, 'already').waitFor();
  await row(second, 'is in the session as a name').waitFor();
  await second.getByLabel('Take a file out').fill('/dev/zero');
  await box(second).getByRole('button', { name: 'Download' }).click();
  await row(second, 'no ordinary file').waitFor();
  for (const colorScheme of ['light', 'dark']) {
    await second.emulateMedia({ colorScheme });
    const found = await obstacles(second, colorScheme === 'dark' ? ['color-contrast'] : undefined);
    if (found.length > 0) throw new Error(`${colorScheme}: ${found.join('; ')}`);
  }
  for (const width of [390, 320]) {
    await second.setViewportSize({ width, height: 760 });
    const wide = await second.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
      ...[...document.querySelectorAll('.box *')].map((part) => part.getBoundingClientRect().right - innerWidth)));
    if (wide > 0) throw new Error(`the box is ${wide} px wider than a phone of ${width}`);
    await picture(second, `files-${width}`);
  }
  // By keyboard alone: from the files to the path, to its button, to what is asked.
  await second.getByLabel('Bring files in').focus();
  const reached = [];
  for (let step = 0; step < 6; step += 1) {
    await second.keyboard.press('Tab');
    reached.push(await second.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? ''));
  }
  if (reached[0] !== 'files-path' || !reached.includes('Keep both: two.txt')) throw new Error(`Tab leads to ${reached.join(', ')}`);
  await second.close();
}

export default [
  { name: 'files that are chosen arrive whole, in order, with the limit said before', test: byButton },
  { name: 'where a file of that name is there, the person decides', test: conflicts },
  { name: 'files that are dropped onto the terminal arrive whole', test: byDrop },
  { name: 'a file comes out whole by its path, and what does not is told why', test: byPath },
  { name: 'of a file that is cancelled or too large nothing is kept', test: cancelled },
  { name: 'the box for files is read by axe, fits a phone and works by keyboard', test: readableAndNarrow },
];
