// What a person has chosen for the terminals of this browser, which keeps it.

/** Pixels. */
export const FONT = { least: 8, most: 32, usual: 14 };

/** Where each choice is kept in localStorage. */
const KEPT = {
  fontSize: 'coracle.font-size', ctrlVPastes: 'coracle.ctrl-v-pastes', screenReader: 'coracle.screen-reader',
  renderer: 'coracle.renderer',
};

/**
 * @typedef {object} Settings
 * @property {number} fontSize pixels, within `FONT`
 * @property {boolean} ctrlVPastes otherwise it is the program's
 * @property {boolean} screenReader
 * @property {'auto' | 'dom' | 'webgl'} renderer `auto` is `webgl` where there is a graphics card for it
 */

/**
 * The settings that some stored texts mean; what cannot be read is as usual.
 * @param {(key: string) => string | null} stored
 * @returns {Settings}
 */
export function parse(stored) {
  const size = Number.parseInt(stored(KEPT.fontSize) ?? '', 10);
  const renderer = stored(KEPT.renderer);
  return {
    fontSize: Number.isNaN(size) ? FONT.usual : bounded(size),
    ctrlVPastes: stored(KEPT.ctrlVPastes) === 'true',
    screenReader: stored(KEPT.screenReader) === 'true',
    renderer: renderer === 'dom' || renderer === 'webgl' ? renderer : 'auto',
  };
}

/** @param {number} size */
function bounded(size) {
  return Math.min(FONT.most, Math.max(FONT.least, Math.round(size)));
}

/** @type {Settings} */
export const settings = parse((key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser may forbid it; then every page begins as usual
  }
});

/** @type {(() => void)[]} */
const listeners = [];

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
    localStorage.setItem(KEPT[name], String(settings[name]));
  } catch {
    // then for this page only
  }
  for (const listener of listeners) listener();
}
