// What a terminal must do: sizes, colours, letters, keys, and what is pasted.

import { createHash } from 'node:crypto';
import { agreedSize, inTerminal, line, occupy, picture, press, rows, run, type, until } from '../browser.mjs';

async function colours({ page }) {
  await run(page, 'clear');
  await type(page, "printf '\\033[31mred\\033[0m \\033[38;2;1;150;200mtrue\\033[0m \\033[48;2;90;20;140mback\\033[0m\\n'\n");
  await line(page, /^red true back$/);
  const seen = await page.evaluate(() => {
    const span = (text) => [...document.querySelectorAll('.xterm-rows > div')]
      .filter((row) => row.textContent.replaceAll('\u00a0', ' ').trimEnd() === 'red true back')
      .flatMap((row) => [...row.querySelectorAll('span')]).find((one) => one.textContent === text);
    return {
      red: getComputedStyle(span('red')).color, true: getComputedStyle(span('true')).color,
      back: getComputedStyle(span('back')).backgroundColor,
      plain: getComputedStyle(document.querySelector('.xterm-rows')).color,
      ground: getComputedStyle(document.querySelector('.xterm-viewport') ?? document.body).backgroundColor,
    };
  });
  const wanted = { red: 'rgb(242, 119, 122)', true: 'rgb(1, 150, 200)', back: 'rgb(90, 20, 140)', plain: 'rgb(223, 230, 228)' };
  for (const [name, colour] of Object.entries(wanted)) {
    if (seen[name] !== colour) throw new Error(`${name} is ${seen[name]}, not ${colour}`);
  }
  if (seen.ground === seen.plain) throw new Error('text and ground have one colour');
  await picture(page, 'colours');
}

async function size({ page }) {
  const fits = async () => {
    await run(page, 'clear');
    const shown = await agreedSize(page);
    const [cols, height] = shown.split('×').map(Number);
    if (cols < 20 || height < 5) throw new Error(`the terminal has ${shown}`);
    const count = (await rows(page)).length;
    if (count !== height) throw new Error(`${count} rows are shown, not ${height}`);
    return shown;
  };
  const before = await fits();
  await page.setViewportSize({ width: 720, height: 480 });
  await until('the terminal has another size', async () => (await page.locator('#size').textContent()) !== before);
  const after = await fits();
  if (before === after) throw new Error(`the size stayed ${after}`);
  await page.setViewportSize({ width: 1000, height: 640 });
  await until('the terminal has its old height', async () => (await page.locator('#size').textContent())
    .endsWith(`×${before.split('×')[1]}`));
  const again = await fits();
  // A row's width is rounded as a whole, so one column more or less may fit.
  if (Math.abs(parseInt(again, 10) - parseInt(before, 10)) > 1) throw new Error(`${before} became ${again}`);
}

async function letters({ page }) {
  for (const text of ['ä', '日本', '👩‍🚀', 'Ελλάδα']) {
    await run(page, 'clear');
    await occupy(page, 'cat');
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
    await until(`${text} is shown twice, typed and answered`, async () => (await rows(page))
      .filter((row) => row === text).length === 2);
    await press(page, 'Control+d');
    const hex = Buffer.from(text).toString('hex');
    await run(page, 'clear');
    await type(page, "printf %s '");
    await page.keyboard.insertText(text);
    await type(page, "' | od -An -v -tx1 | tr -d ' \\n'; echo\n");
    await line(page, new RegExp(`^${hex}$`));
  }
}

async function keys({ page }) {
  await run(page, 'clear');
  await occupy(page, 'sleep 100');
  await press(page, 'Control+c');
  await line(page, /\^C$/);
  await type(page, 'echo "status $?"\n');
  await line(page, /^status 130$/);

  await run(page, 'clear');
  await occupy(page, 'sleep 100');
  await press(page, 'Control+z');
  await line(page, /Stopped/);
  await run(page, 'kill %%; wait');

  await run(page, 'clear');
  await type(page, 'echo "again-""again"\n');
  await line(page, /^again-again$/);
  await press(page, 'Control+p');
  await line(page, /[$#] echo "again-""again"$/);
  await press(page, 'Enter');
  await until('the line of the history ran', async () => (await rows(page)).filter((row) => row === 'again-again').length === 2);
}

async function paste(page, text) {
  await page.evaluate((wanted) => navigator.clipboard.writeText(wanted), text);
  await press(page, 'Control+Shift+V');
}

async function megabyte({ page }) {
  // The terminal's line discipline holds 4,096 bytes of one line, so a megabyte is many lines.
  const text = Array.from({ length: 16_384 }, (_, number) => `${String(number).padStart(6, '0')} ${'x'.repeat(56)}`).join('\n');
  const bytes = `${text}\n`;
  await run(page, 'clear');
  await occupy(page, 'stty -echo; cat > /tmp/pasted');
  await paste(page, bytes);
  await page.getByRole('dialog', { name: 'Paste 16,384 lines?' }).getByRole('button', { name: 'Paste' }).click();
  await until('all was sent', async () => {
    const left = await page.locator('#queued').textContent();
    return left === '';
  }, 120_000);
  await press(page, 'Control+d');
  await type(page, 'stty echo; sha256sum < /tmp/pasted; wc -c < /tmp/pasted; rm /tmp/pasted\n');
  await line(page, new RegExp(`^${Buffer.byteLength(bytes)}$`), 120_000);
  await line(page, new RegExp(`^${createHash('sha256').update(bytes).digest('hex')}`));
}

async function pastedEscape({ page }) {
  await run(page, "clear; bind 'set enable-bracketed-paste on'");
  await line(page, /[$#]$/); // the prompt comes after the shell has asked for brackets
  await paste(page, 'echo harm\x1b[201~\ntouch /tmp/harm\n');
  await line(page, /echo harm␛\[201~/);
  await press(page, 'Control+c');
  await line(page, /[$#]$/); // an interrupt throws away what was typed behind it
  if ((await run(page, 'test ! -e /tmp/harm')) !== 0) throw new Error('the pasted line ran');
}

async function copying({ page }) {
  await page.evaluate(() => navigator.clipboard.writeText('before'));
  await run(page, 'clear');
  await type(page, "printf '\\033]52;c;aGFja2Vk\\a'; echo 'pick'me\n");
  await line(page, /^pickme$/);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  if ((await clipboard()) !== 'before') throw new Error('a program wrote the clipboard');

  for (const combination of ['Control+c', 'Control+Shift+C']) {
    const row = await page.locator('.xterm-rows > div').filter({ hasText: /^pickme\s*$/ }).boundingBox();
    await page.mouse.dblclick(row.x + 20, row.y + row.height / 2);
    await until('the word is selected', () => page.locator('.xterm-selection > div').count());
    await press(page, combination);
    await until(`${combination} copied the word`, async () => (await clipboard()) === 'pickme');
    await page.evaluate(() => navigator.clipboard.writeText('before'));
  }
  if ((await rows(page)).some((row) => row.includes('^C'))) throw new Error('copying interrupted the shell');
}

async function titles({ page }) {
  await type(page, "printf '\\033]0;my title\\a'\n");
  await until('the title names the program', async () => (await page.title()).startsWith('my title · '));
  await type(page, "printf '\\033]0;\\a'\n");
  await until('an emptied title still has a name', async () => (await page.title()).endsWith(' – Coracle'));
  if (!(await page.title()).endsWith(' – Coracle')) throw new Error(await page.title());
}

async function wayOut({ page }) {
  await run(page, 'clear');
  await press(page, 'Tab');
  if (!(await inTerminal(page))) throw new Error('Tab left the terminal');
  await press(page, 'Control+Shift+F6');
  await until('the focus is in the toolbar', () => page.evaluate(() => document.activeElement?.closest('#toolbar') !== null));
}

async function flood({ page }) {
  await run(page, 'clear');
  await type(page, "yes 'all work and no play' | head -n 400000; echo do\"ne\"\n");
  await line(page, /^done$/, 120_000);
  await type(page, 'yes\n');
  await line(page, /^y$/);
  await press(page, 'Control+c');
  await line(page, /[$#]$/); // the echo of ^C itself may drown in the flood
  await run(page, 'clear');
}

export default [
  { name: 'red, truecolor and plain text have their colours under the policy', test: colours },
  { name: 'the shell has the size of the page, also after the window changed', test: size },
  { name: 'letters, wide characters and an emoji of three code points survive typing and showing', test: letters },
  { name: 'Ctrl-C interrupts, Ctrl-Z suspends and Ctrl-P recalls', test: keys },
  { name: 'a paste of a megabyte arrives whole', test: megabyte },
  { name: 'pasted text cannot end its own bracket and run', test: pastedEscape },
  { name: 'Ctrl-C with a selection copies, and no program writes the clipboard', test: copying },
  { name: 'the tab is never named by the program alone', test: titles },
  { name: 'Tab stays with the shell, and Ctrl-Shift-F6 leaves it', test: wayOut },
  { name: 'ten megabytes of output pass, and an endless flood stops at Ctrl-C', test: flood },
];
