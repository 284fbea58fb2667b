// What the scripts show, in the language of the page, which loads one of words.*.js before every script that speaks.

/** @typedef {import('./words.en.js').Words} Words */

/** Every sentence. @type {Words} */
export let words;

/** Called by the table of the page's language, once. @param {Words} table */
export function speak(table) {
  words = table;
}

/** What dates and numbers are written by: the person's own kind of the page's language, such as en-GB. */
export function locale() {
  const language = globalThis.document?.documentElement.lang ?? 'en';
  return globalThis.navigator?.languages.find((one) => one.split('-')[0] === language) ?? language;
}

/** A moment of today. @param {number} seconds of Unix time */
export function clock(seconds) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(new Date(seconds * 1000));
}

/** A moment of a recording, or its length, as every language writes it. @param {number} milliseconds */
export function timecode(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The name after every title. */
const NAME = 'Coracle';

/** Characters of a program's title that a tab shows at most. */
const TITLE_LENGTH = 80;

/**
 * The tab's title. A program may set any title, also an empty or a misleading one: what it says stands before ours,
 * without control characters and marks that turn the direction of writing.
 * @param {string} program
 * @param {string} profile
 * @param {boolean} [rung] its bell rang and nobody has looked since
 */
export function title(program, profile, rung = false) {
  const clean = program.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim().slice(0, TITLE_LENGTH);
  return (rung ? '● ' : '') + [clean, profile].filter((part) => part !== '').join(' · ') + ` – ${NAME}`;
}
