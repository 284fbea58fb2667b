// What a person has chosen for the pages and terminals of this browser, which keeps it.

/** Pixels. */
export const FONT = { least: 8, most: 32, usual: 14 };
/** Lines kept above the screen; a line of 200 columns takes some 2.4 KB of the browser's memory. */
export const SCROLLBACK = [500, 5000, 20_000];
const USUAL_SCROLLBACK = 5000;

/** Settings that are one of a few words; the first one is the usual. */
export const CHOICES = {
  /** `auto` follows the system, also in contrast. */
  theme: /** @type {const} */ (['auto', 'light', 'dark', 'light-contrast', 'dark-contrast']),
  cursor: /** @type {const} */ (['block', 'bar', 'underline']),
  bell: /** @type {const} */ (['flash', 'sound', 'none']),
  /** The row of keys that on-screen keyboards lack: `auto` shows it where fingers are all there is. */
  extraKeys: /** @type {const} */ (['auto', 'always', 'never']),
  /** `auto` is `webgl` where there is a graphics card for it. */
  renderer: /** @type {const} */ (['auto', 'dom', 'webgl']),
};

/** Settings that are yes or no, with the usual. */
const SWITCHES = {
  darkTerminal: false,
  cursorBlinks: false,
  /** Otherwise Ctrl+V is the program's. */
  ctrlVPastes: false,
  copyOnSelect: false,
  /** Asks before it pastes lines that a program would run one by one. */
  pasteWarning: true,
  screenReader: false,
};

/**
 * @typedef {keyof typeof CHOICES} ChoiceName
 * @typedef {keyof typeof SWITCHES} SwitchName
 * @typedef {{[N in ChoiceName]: typeof CHOICES[N][number]} & Record<SwitchName, boolean>
 *   & {fontSize: number, scrollback: number}} Settings `fontSize` is in pixels, within `FONT`
 */

/** Where a choice is kept in localStorage: `fontSize` is `coracle.font-size`. @param {string} name */
function place(name) {
  return `coracle.${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * The settings that some stored texts mean; what cannot be read is as usual.
 * @param {(key: string) => string | null} stored
 * @returns {Settings}
 */
export function parse(stored) {
  const size = Number.parseInt(stored(place('fontSize')) ?? '', 10);
  const lines = Number(stored(place('scrollback')));
  const words = Object.entries(CHOICES).map(([name, all]) => {
    const word = stored(place(name));
    return [name, all.find((one) => one === word) ?? all[0]];
  });
  const switches = Object.entries(SWITCHES).map(([name, usual]) => {
    const word = stored(place(name));
    return [name, word === 'true' || (word !== 'false' && usual)];
  });
  return {
    ...Object.fromEntries([...words, ...switches]),
    fontSize: Number.isNaN(size) ? FONT.usual : bounded(size),
    scrollback: SCROLLBACK.includes(lines) ? lines : USUAL_SCROLLBACK,
  };
}

/** @param {number} size */
function bounded(size) {
  return Math.min(FONT.most, Math.max(FONT.least, Math.round(size)));
}

/** @param {string} key */
function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser may forbid it; then every page begins as usual
  }
}

/** @type {Settings} */
export const settings = parse(kept);

/** @type {(() => void)[]} */
const listeners = [];

// What was chosen in another tab holds here, too.
globalThis.addEventListener?.('storage', () => {
  Object.assign(settings, parse(kept));
  for (const listener of listeners) listener();
});

/** @param {() => void} listener is called after each change */
export function onChange(listener) {
  listeners.push(listener);
}

/**
 * Changes one setting, here and for pages to come.
 * @template {keyof Settings} N
 * @param {N} name
 * @param {Settings[N]} value
 */
export function choose(name, value) {
  settings[name] = value;
  settings.fontSize = bounded(settings.fontSize);
  try {
    localStorage.setItem(place(name), String(settings[name]));
  } catch {
    // then for this page only
  }
  if (name === 'theme') dispatchEvent(new CustomEvent('coracle-theme', { detail: value })); // web/theme.js
  for (const listener of listeners) listener();
}
