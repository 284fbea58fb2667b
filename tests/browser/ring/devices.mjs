// From one device to another, in the middle of a program.

import { line, openPage, picture, press, rows, run, signIn, type, until } from '../browser.mjs';
import { Wire } from '../wire.mjs';

const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: 'dark' };

const text = async (page) => (await rows(page)).map((row) => row.trimEnd());

/**
 * The laptop's lid is closed: its network falls silent, and nobody says goodbye. The phone has a network of its own.
 */
async function fromLaptopToPhone(ring) {
  const { page: laptop, browser, wire, here, user, password, faults, expected } = ring;
  expected.push(/WebSocket connection/, /ERR_/);
  await run(laptop, 'clear; cd; rm -f poem');
  await type(laptop, 'vi -N -u NONE poem\n');
  await line(laptop, /^"poem" \[New\]|^"poem" \[New File\]/);
  await type(laptop, 'ithe boat is small\nthe sea is wide');
  await line(laptop, /^the sea is wide$/);
  await line(laptop, /^-- INSERT --/);
  const before = (await text(laptop)).slice(0, 2);
  await picture(laptop, 'devices-1-laptop');
  await ring.context.setOffline(true);
  wire.hush();

  const own = new Wire(here.url);
  const context = await browser.newContext(PHONE);
  const phone = await openPage(context, faults);
  try {
    const url = await own.open();
    await signIn(phone, url, user, password);
    await phone.getByRole('link', { name: /^Open session/ }).first().tap();
    await phone.waitForURL('**/s/*');
    await line(phone, /^-- INSERT --/);
    await until('the phone shows what the laptop showed', async () => (await text(phone)).slice(0, 2).join('\n') === before.join('\n'),
      undefined, async () => ` but ${JSON.stringify((await text(phone)).slice(0, 4))}`);
    const [cols, lines] = (await phone.locator('#size').textContent()).split('×').map(Number);
    if (cols > 60) throw new Error(`${cols} columns on a phone`);
    await until('vi has the size of the phone', async () => /^-- INSERT --/.test((await text(phone))[lines - 1]));
    await picture(phone, 'devices-2-phone');

    // On with the very word, then the keys that no phone has.
    await phone.locator('.xterm-helper-textarea').focus();
    await phone.keyboard.insertText(' and deep');
    await line(phone, /^the sea is wide and deep$/);
    await phone.locator('#extra-keys').getByRole('button', { name: 'Esc', exact: true }).tap();
    await until('vi left its insert mode', async () => !(await text(phone)).some((row) => row.startsWith('-- INSERT')));
    await phone.keyboard.insertText(':w');
    await phone.keyboard.press('Enter');
    await line(phone, /^"poem" .*2L, 43B written/);
    await phone.locator('#extra-keys').getByRole('button', { name: 'Up', exact: true }).tap();
    await phone.keyboard.insertText('Aer');
    await line(phone, /^the boat is smaller$/);
    await picture(phone, 'devices-3-phone-wrote');

    // The lid is opened: the laptop comes back by itself, and asks before it takes anything.
    wire.mend();
    await ring.context.setOffline(false);
    await until('the laptop is back', async () => (await laptop.locator('#link-word').textContent()) === 'connected');
    await line(laptop, /^the boat is smaller$/);
    const strip = laptop.locator('.strip.watch');
    await strip.getByText('in use in another window or on another device').waitFor();
    await until('in the phone’s size', async () => (await laptop.locator('#size').textContent()) === `${cols}×${lines}`);
    await picture(laptop, 'devices-4-laptop-back');
    await phone.keyboard.insertText(' still');
    await line(laptop, /^the boat is smaller still$/);
    if (await phone.locator('.strip.watch').count()) throw new Error('the laptop took the keyboard by itself');
    await strip.getByRole('button', { name: 'Take back' }).click();
    await phone.locator('.strip.watch').waitFor();
    await until('in its own size', async () => (await laptop.locator('#size').textContent()) !== `${cols}×${lines}`);
    await press(laptop, 'Escape');
    await type(laptop, ':wq\n');
    await line(laptop, /[$#] ?$/);
    await run(laptop, 'clear; cat poem');
    const poem = (await text(laptop)).slice(0, 2).join('/');
    if (poem !== 'the boat is smaller still/the sea is wide and deep') throw new Error(poem);
  } catch (error) {
    await picture(phone, 'failed-phone');
    throw error;
  } finally {
    await context.close();
    own.close();
    wire.mend();
    await ring.context.setOffline(false);
  }
}

export default [
  { name: 'a person closes a laptop in the middle of vi, opens a phone and goes on typing', test: fromLaptopToPhone },
];
