// Recordings: a session that is recorded, and all that can be done with that afterwards. A real Chromium on a Coracle whose
// configuration records sessions.
//
//   CORACLE_URL=… CORACLE_USER=… CORACLE_PASSWORD=… node tests/browser/recordings.mjs
//
// With CORACLE_LARGE, the id of a recording of some 200 MB that this user may see: how soon something of it is seen.
// With CORACLE_RECORDING, the id of one that is there already and holds what `record` would type.

import { inspectThemes, readable } from './axe.mjs';
import { launch, line, openPage, picture, prompt, rows, run, signIn, target, type, until } from './browser.mjs';

/** What programs send to be obeyed by an emulator: the clipboard, a title, questions, the mouse. */
const HOSTILE = String.raw`\033]52;c;aGFja2Vk\007\033]2;evil title\007\033[6n\033[c\033[?1000h\033[?1004h`;
/** Milliseconds that showing something may take on the busiest of hosts; what it took is told. */
const SOON = 20_000;

const { url, user, password } = target();
const faults = [];
const browser = await launch();
const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1000, height: 640 } });

/** A page on which axe can be run, and that fails for whatever it sends beside what it reads. */
async function reader() {
  const page = await readable(context, faults);
  page.on('request', (request) => {
    if (!['GET', 'HEAD'].includes(request.method())) faults.push(`${request.method()} ${request.url()}`);
  });
  page.on('websocket', (socket) => faults.push(`a WebSocket to ${socket.url()}`));
  return page;
}

const about = (page) => page.locator('#about').textContent();
const playing = async (page) => (await page.locator('#play').textContent()) === 'Pause';
/** Where it is and how long it is, in seconds. */
async function times(page) {
  const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (await page.locator('#time').textContent()).split(' / ').map(seconds);
}

async function shows(page, pattern) {
  return line(page, pattern, SOON);
}

async function open(page, id) {
  const began = Date.now();
  await page.goto(`${url}/recordings/${id}`);
  await until('something is shown', async () => (await rows(page)).some(Boolean), SOON);
  return Date.now() - began;
}

/** Runs a session that is recorded, and gives its id. */
async function record() {
  const page = await openPage(context, faults);
  await page.goto(`${url}/`);
  if (!page.url().includes('/s/')) await page.getByRole('button', { name: 'New session' }).first().click();
  await page.waitForURL('**/s/*');
  const id = new URL(page.url()).pathname.split('/').pop();
  await prompt(page);
  await run(page, 'printf "\\033[31mthe nee""dle is red\\033[m\\n"');
  await page.setViewportSize({ width: 800, height: 500 });
  await run(page, 'seq 200');
  await page.setViewportSize({ width: 1000, height: 640 });

  // While it runs it can be looked at as far as it goes, and goes on.
  const watched = await reader();
  await open(watched, id);
  await until('it says that it is still running', async () => /Still running/.test(await about(watched)), SOON);
  await watched.keyboard.press('End');
  await shows(watched, /^200$/);
  await run(page, 'echo more""later');
  await shows(watched, /^morelater$/);
  await watched.close();

  // What the emulator answers to that comes when nobody reads it any more.
  await type(page, `printf '${HOSTILE}'; exit\n`);
  await page.getByRole('dialog').waitFor();
  await page.close();
  await until('the recording is closed', async () => {
    const list = await (await context.request.get(`${url}/api/v1/recordings`)).json();
    return list.find((one) => one.id === id)?.sealed;
  });
  return id;
}

async function list(id) {
  const page = await reader();
  await page.goto(`${url}/`);
  await page.getByRole('link', { name: 'Recordings' }).click();
  await page.getByRole('heading', { name: 'Recordings' }).waitFor();
  await inspectThemes(page, 'the list of recordings', async (theme) => picture(page, `recordings-${theme}`));
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`the list is ${wide} px wider than a phone`);
  await picture(page, 'recordings-390');
  await page.setViewportSize({ width: 1000, height: 640 });
  await page.getByRole('link', { name: `Replay recording ${id}` }).click();
  await page.waitForURL(`**/recordings/${id}`);
  await page.close();
}

async function play(id) {
  const page = await reader();
  console.log(`# something is seen after ${await open(page, id)} ms`);
  if (!await playing(page)) throw new Error('it does not begin by itself');
  await page.getByLabel('Speed').selectOption('16');
  await page.getByLabel('Pauses').selectOption('1 s at most');
  await until('it has played to the end', async () => (await page.locator('#play').textContent()) === 'Again', 120_000);
  const [at, duration] = await times(page);
  if (at !== duration) throw new Error(`it ended at ${at} of ${duration} s`);
  const title = await page.title();
  if (!title.startsWith('Recording')) throw new Error(`a program has set the title: ${title}`);
  const links = await page.locator('.xterm-rows a').count();
  if (links > 0) throw new Error('there is a link to follow');
  await page.close();
}

async function keys(id) {
  const page = await reader();
  await open(page, id);
  const press = (key) => page.keyboard.press(key);
  await press(' ');
  await until('it rests', async () => !await playing(page));
  await press('Home');
  await until('it is at the beginning', async () => (await times(page))[0] === 0);
  await press('End');
  const [, duration] = await times(page);
  await until('it is at the end', async () => (await times(page))[0] === duration);
  await press('ArrowLeft');
  await until('it is 5 s before the end', async () => (await times(page))[0] === Math.max(0, duration - 5), SOON);
  await press('ArrowDown');
  await until('it is a minute before', async () => (await times(page))[0] === Math.max(0, duration - 65), SOON);
  await press('Home');
  await press('.');
  await until('a step was shown', async () => !await playing(page));
  await press('+');
  await press('+');
  await until('it is four times as fast', async () => (await page.getByLabel('Speed').inputValue()) === '4');
  await press('-');
  await until('it is twice as fast', async () => (await page.getByLabel('Speed').inputValue()) === '2');

  await press('/');
  await page.keyboard.type('needle');
  await press('Enter');
  await until('matches are counted', async () => /^1 of \d/.test(await page.locator('#search [role=status]').textContent()), SOON);
  await shows(page, /needle/);
  if (await page.locator('.signs .hit').count() === 0) throw new Error('the bar shows no match');
  await picture(page, 'replay-search');
  await press('Escape');
  await until('the search is closed', async () => page.locator('#search').isHidden());
  await press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await picture(page, 'replay-keys');
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  if (await page.locator('.signs .resize').count() === 0) throw new Error('the bar shows no resize');
  await press(']');
  await press('[');

  // By Tab, to everything, with the focus in sight.
  const seen = new Set();
  for (let step = 0; step < 20; step += 1) {
    await press('Tab');
    const { name, blind } = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { name: document.activeElement.id || document.activeElement.tagName, blind: outlineStyle === 'none' || parseFloat(outlineWidth) < 2 };
    });
    if (blind && name !== 'BODY') throw new Error(`the focus on ${name} cannot be seen`);
    seen.add(name);
  }
  for (const name of ['find', 'keys', 'terminal', 'play', 'speed', 'idle', 'INPUT']) {
    if (!seen.has(name)) throw new Error(`Tab does not lead to ${name}, but to ${[...seen]}`);
  }
  await page.close();
}

async function looks(id) {
  const page = await reader();
  await open(page, id);
  await page.keyboard.press(' ');
  await inspectThemes(page, 'the replay', async (theme) => picture(page, `replay-${theme}`));
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) throw new Error(`the replay is ${wide} px wider than ${width} px`);
    await picture(page, `replay-${width}`);
  }
  await page.setViewportSize({ width: 1000, height: 640 });
  await page.close();
}

async function inGerman(id) {
  const german = await browser.newContext({ locale: 'de-DE', storageState: await context.storageState() });
  const page = await openPage(german, faults);
  await page.goto(`${url}/recordings`);
  await page.getByRole('heading', { name: 'Aufzeichnungen' }).waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of ['recordings', `recordings/${id}`]) {
    await page.goto(`${url}/${path}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) throw new Error(`${path} is ${wide} px wider than a phone`);
    await picture(page, `${path.replace('/', '-').slice(0, 12)}-german-390`);
  }
  await page.getByRole('button', { name: 'Anhalten' }).waitFor();
  await page.getByRole('button', { name: 'Suchen' }).waitFor();
  await german.close();
}

async function large(id) {
  const page = await reader();
  const first = await open(page, id);
  const { bytes } = await (await context.request.get(`${url}/api/v1/recordings/${id}`)).json();
  const began = Date.now();
  await page.keyboard.press('End');
  await until('its end is shown', async () => {
    const [at, duration] = await times(page);
    return at === duration && (await page.locator('#terminal').getAttribute('aria-busy')) === 'false';
  }, SOON);
  console.log(`# of ${bytes} bytes something is seen after ${first} ms, and the end after ${Date.now() - began} ms more`);
  if (first > SOON) throw new Error(`something is seen only after ${first} ms`);
  await page.close();
}

let passed = 0;
let failed = 0;
async function check(name, test) {
  faults.length = 0;
  const began = Date.now();
  try {
    const result = await test();
    if (faults.length > 0) throw new Error(`the page reported ${faults.join('; ')}`);
    passed += 1;
    console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return result;
  } catch (error) {
    failed += 1;
    console.log(`not ok  ${name}\n    ${error.message}`);
    for (const page of context.pages()) {
      await picture(page, `failed-recordings-${failed}`).catch(() => {});
      await page.close();
    }
    return undefined;
  }
}

await signIn(await openPage(context, faults), url, user, password);
const id = process.env.CORACLE_RECORDING
  ?? await check('a session is recorded, and its recording can be watched while it runs', record);
if (id) {
  await check('the list of recordings leads to the replay, for everyone in every theme', () => list(id));
  await check('a recording plays to its end and nothing in it is obeyed or answered', () => play(id));
  await check('all of a replay can be done by keys', () => keys(id));
  await check('the replay can be read in every theme and on a phone', () => looks(id));
  await check('recordings are spoken of in German', () => inGerman(id));
}
if (process.env.CORACLE_LARGE) {
  await check('something of a large recording is seen at once, at its beginning and at its end', () => large(process.env.CORACLE_LARGE));
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
