// In German: what a person meets from the login to the help, with nothing of it in English; and how a language is chosen.
//
// All of it is done by the administrator of tests/bed/install.sh, who has sessions of their own.

import '../../../web/words.en.js'; // before what speaks
import { words } from '../../../web/words.js';
import { inspect, inspectThemes, readable, tooWide } from '../axe.mjs';
import { ADMIN, openPage, picture, prompt, run, until, untilAnswered } from '../browser.mjs';
import { played, started } from '../played.mjs';

/** Every fixed text of the English table that is more than one word: nobody writes those in German. */
function* sentences(node) {
  for (const value of Object.values(node)) {
    if (typeof value === 'string' && /[a-z] [a-z]/i.test(value)) yield value;
    else if (typeof value === 'object') yield* sentences(value);
  }
}
const ENGLISH = [...sentences(words)];

/** Fails for English on a page, in what is read and in what is spoken. */
async function noEnglish(page, name) {
  const said = await page.evaluate(() => {
    const spoken = [...document.querySelectorAll('[aria-label], [title]')].flatMap((one) => [one.ariaLabel, one.title]);
    const screen = document.querySelector('.xterm-screen')?.textContent ?? '';
    return [document.title, document.body.textContent.replace(screen, ''), ...spoken].join('\n');
  });
  const lang = await page.evaluate(() => document.documentElement.lang);
  if (lang !== 'de') throw new Error(`${name} says that it is in ${lang}`);
  const found = ENGLISH.filter((sentence) => said.includes(sentence));
  if (found.length > 0) throw new Error(`${name} says in English: ${found.join('; ')}`);
}

async function look(page, name) {
  await noEnglish(page, name);
  await inspect(page, `de-${name}`);
}

async function signInInGerman(page, url, user, password, next) {
  await page.goto(`${url}/login?next=${next}`);
  await untilAnswered(page, async () => {
    await page.getByLabel('Benutzername').fill(user);
    await page.getByLabel('Passwort', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Anmelden' }).click();
  });
}

/** The administrator's browser that asks for German, with no sessions when it is first asked for. */
async function germanOf(ring) {
  const { browser, faults, url, password } = ring;
  if (ring.german) return ring.german;
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await readable(context, faults);
  await signInInGerman(page, url, ADMIN, password, '/help');
  await page.waitForURL('**/help');
  for (const { id } of await (await context.request.get(`${url}/api/v1/sessions`)).json()) {
    await context.request.delete(`${url}/api/v1/sessions/${id}`, { headers: { Origin: url } });
  }
  ring.german = { context, page };
  return ring.german;
}

async function strangers({ browser, faults, expected, url }) {
  expected.push(/status of 4(03|04|29)/);
  const context = await browser.newContext({ locale: 'de-AT' });
  const page = await readable(context, faults);
  await page.goto(`${url}/login`);
  await page.getByRole('button', { name: 'Passwort zeigen' }).waitFor();
  await look(page, 'login');
  await signInInGerman(page, url, 'niemand', 'nicht das Passwort', '/help'); // whose tries count for nobody else
  await page.getByRole('alert').getByText('Dieser Name und dieses Passwort gehören nicht zusammen. Referenz').waitFor();
  await look(page, 'login-refused');
  // Another language shows the form anew, sends nothing twice, and keeps where it was to lead.
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('English');
  await page.locator('html[lang=en]').waitFor();
  if (new URL(page.url()).search !== '?next=%2Fhelp') throw new Error(`the address is ${page.url()}`);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('As the browser');
  await page.locator('html[lang=de]').waitFor();
  await page.getByRole('link', { name: 'Hilfe' }).click();
  await page.getByRole('heading', { level: 1, name: 'Hilfe' }).waitFor();
  await look(page, 'help-stranger');
  await page.goto(`${url}/nowhere`);
  await page.getByRole('heading', { level: 1, name: 'Hier ist nichts' }).waitFor();
  await look(page, 'not-found');
  await context.close();
}

async function session(ring) {
  const { expected, url } = ring;
  expected.push(/status of 4(10|22|29)/);
  const { page } = await germanOf(ring);
  await page.getByText('kein Netzwerk').first().waitFor();
  await look(page, 'help');

  await page.goto(`${url}/`);
  await page.getByText('Von Ihnen läuft nichts.').waitFor();
  // What the API refuses is shown by the page as it came.
  const detail = await page.evaluate(async () => {
    const init = { method: 'POST', body: '{"profile":"nope"}', headers: { 'Content-Type': 'application/json' } };
    return (await (await fetch('api/v1/sessions', init)).json()).detail;
  });
  if (detail !== 'Für Sie gibt es kein Profil dieses Namens.') throw new Error(detail);
  await page.getByRole('button', { name: 'Neue Sitzung: shell' }).click();
  await page.waitForURL('**/s/*');
  const id = new URL(page.url()).pathname.slice(3);
  await prompt(page, 'verbunden');
  await look(page, 'terminal');

  for (const [button, title] of [['Einstellungen', 'Einstellungen'], ['shell: Grenzen', 'Was diese Sitzung begrenzt'], ['Dateien', 'Dateien'], ['Beenden', 'Diese Sitzung beenden?']]) {
    await page.getByRole('button', { name: button, exact: true }).click();
    const box = page.getByRole('dialog', { name: title });
    await box.waitFor();
    await look(page, `box-${button.replace(/\W+/g, '-')}`);
    if (button !== 'Beenden') await box.getByRole('button', { name: 'Schließen' }).click();
  }
  await page.getByRole('dialog').getByRole('button', { name: 'Abbrechen' }).click();
  await page.getByRole('button', { name: 'Suchen' }).click();
  await page.getByRole('searchbox', { name: 'Suchen nach' }).fill('nirgends');
  await page.getByText('nicht gefunden').waitFor();
  await look(page, 'search');
  await page.keyboard.press('Escape');

  await page.locator('#terminal').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Einfügen' }).waitFor();
  await noEnglish(page, 'menu');
  await picture(page, 'de-menu');
  await page.keyboard.press('Escape');

  const start = await ring.german.context.newPage();
  await start.goto(`${url}/`);
  await start.getByText('in einem Browser geöffnet').first().waitFor();
  await start.close();
  await page.goto(`${url}/`);
  await page.locator('#sessions').getByText('gerade gestartet').or(page.locator('#sessions').getByText(/vor \d+ min gestartet/)).waitFor();
  await page.locator('#sessions').getByRole('button', { name: `Sitzung ${id} beenden` }).click();
  await look(page, 'home');
  await page.goto(`${url}/s/${id}`);
  await prompt(page, 'verbunden');
  await page.getByRole('button', { name: 'Beenden', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sitzung beenden' }).click();
  await page.getByRole('heading', { name: 'Sitzung beendet' }).waitFor();
  await page.getByText('Sie haben die Sitzung beendet.').waitFor();
  await look(page, 'terminal-ended');

  await page.goto(`${url}/`);
  await page.getByRole('link', { name: `Wie Sitzung ${id} endete` }).click();
  await page.getByRole('heading', { level: 1, name: 'Sitzung beendet' }).waitFor();
  await page.getByText(/^\d\d?\.\d\d?\.\d{4}, \d\d:\d\d$/).waitFor(); // as the language writes dates
  await look(page, 'ended');
}

/** States that a real session reaches late or rarely, as wide as a phone. */
async function states(ring) {
  const { faults, url } = ring;
  const { context, page: start } = await germanOf(ring);
  await start.goto(`${url}/`);
  await start.getByRole('button', { name: 'Neue Sitzung: shell' }).click();
  await start.waitForURL('**/s/*');
  await prompt(start, 'verbunden');
  const { page, tell, shut } = await played(context, faults, start.url());
  await page.setViewportSize({ width: 390, height: 780 });
  const check = async (name) => {
    await noEnglish(page, name);
    await inspectThemes(page, name, (theme) => picture(page, `de-state-${name}-${theme}`));
    for (const width of [320, 390]) {
      await page.setViewportSize({ width, height: 780 });
      const wide = await tooWide(page);
      if (wide > 0) throw new Error(`${name} is ${wide} px wider than ${width} px`);
    }
  };
  const step = (name, more) => tell({ type: 'progress', step: name, done: 0, total: 0, layers: null, complete: null, text: '', ...more });
  step('queue', { done: 3, total: 5 });
  await page.locator('#steps').getByText('3. von 5 Wartenden').waitFor();
  step('pull', { done: 107 << 20, total: 300 << 20, layers: 3, complete: 1 });
  await page.locator('#steps').getByText('107 MB von 300 MB, 1 von 3 Schichten').waitFor();
  await check('starting');
  tell(started({ deadlines: { idle_ms: 900_000, detached_ms: 900_000, lifetime_left_ms: 50_000 } }));
  tell({ type: 'stats', cpu: 480, memory: 12_582_912, pids: 3 });
  await page.getByText('0,48/0,5').waitFor({ state: 'attached' });
  tell({ type: 'notice', kind: 'idle', seconds: 60 });
  await page.locator('#strips').getByText('Noch da?').waitFor();
  tell({ type: 'notice', kind: 'lifetime', seconds: 60 });
  await page.locator('#strips').getByText('Zeitgrenze:').waitFor();
  tell({ type: 'notice', kind: 'directory', seconds: 60 });
  tell({ type: 'notice', kind: 'oom', killed: 2 });
  await page.locator('#strips').getByText('2 Prozesse wurden abgebrochen').waitFor();
  tell({ type: 'notice', kind: 'gap' });
  tell({ type: 'role', role: 'watcher', cols: 80, rows: 24 });
  await page.locator('#strips').getByText('Sie schauen zu').waitFor();
  await check('notices');
  tell({ type: 'ended', reason: 'oom', status: 137, text: 'English, for programs.' });
  shut(1000);
  await page.getByText('Der Sitzung ging der Speicher aus').waitFor();
  await check('ended');
  for (const [code, title] of [[4409, 'Anderswo geöffnet'], [4429, 'Zu viele Verbindungen'], [1008, 'Die Verbindung wurde abgelehnt']]) {
    await page.reload();
    await until('the page is back', async () => (await page.locator('#link-word').textContent()) === 'startet');
    shut(code);
    await page.getByRole('heading', { name: title }).waitFor();
    await check(`closed-${code}`);
  }
  await page.close();
}

/** A choice is the browser's, for all its pages. */
async function chosen(ring) {
  const { browser, faults, expected, url, password } = ring;
  expected.push(/status of 429/);
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await openPage(context, faults);
  const language = (name) => page.getByRole('combobox', { name });
  const isIn = async (tag) => {
    await page.locator(`html[lang=${tag}]`).waitFor();
    await page.waitForLoadState('load');
  };
  await page.goto(`${url}/login?next=/help`);
  await isIn('en');
  await language('Language').selectOption('Deutsch');
  await isIn('de');
  await untilAnswered(page, async () => {
    await page.getByLabel('Benutzername').fill(ADMIN);
    await page.getByLabel('Passwort', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Anmelden' }).click();
  });
  await page.waitForURL('**/help'); // where the first form was to lead
  await isIn('de');
  await page.goto(`${url}/help#keys`);
  await language('Sprache').selectOption('English');
  await isIn('en'); // although only the mark differs from where it was
  await language('Language').selectOption('Deutsch');
  await isIn('de');
  await language('Sprache').selectOption('Wie der Browser');
  await isIn('en');

  // In a terminal, too: the session goes on, in the other language.
  const { page: german } = await germanOf(ring);
  await prompt(german, 'verbunden');
  await run(german, 'clear; kept=here');
  await german.getByRole('button', { name: 'Einstellungen' }).click();
  await german.getByRole('combobox', { name: 'Sprache' }).selectOption('English');
  await prompt(german);
  if ((await run(german, 'test "$kept" = here')) !== 0) throw new Error('it is another shell');

  // A start page that is open in another tab comes along.
  await page.goto(`${url}/`);
  await page.getByRole('heading', { level: 1, name: 'Start' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${url}/help`);
  await other.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await other.locator('html[lang=de]').waitFor();
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await isIn('de');
  await page.getByRole('heading', { name: 'Ihre Sitzungen' }).waitFor();
  await context.close();
  await german.getByRole('button', { name: 'End', exact: true }).click();
  await german.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
  await german.getByRole('heading', { name: 'Session ended' }).waitFor();
  await ring.german.context.close();
}

export default [
  { name: 'German: a browser that asks for it gets the pages for strangers, with nothing for axe and nothing in English', test: strangers },
  { name: 'German: login, terminal, boxes, start page, end and help, with nothing for axe and nothing in English', test: session },
  { name: 'German: every state of a start and of a terminal fits on a phone', test: states },
  { name: 'German: it can be chosen on the login form and in the terminal, is kept, and given up again', test: chosen },
];
