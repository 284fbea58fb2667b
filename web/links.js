// Links on the screen: where one leads is shown before it is followed, and that takes a modifier key, so that a click meant
// for the program goes nowhere else.

import { byId } from './overlay.js';
import { words } from './words.js';

/**
 * The address a link really opens, names in their plain spelling; `null` unless it is one of the web.
 * @param {string} text
 */
export function target(text) {
  const address = URL.canParse(text) ? new URL(text) : null;
  return address && (address.protocol === 'http:' || address.protocol === 'https:') ? address.href : null;
}

/** @param {MouseEvent} event @param {string} text */
function activate(event, text) {
  const address = target(text);
  if (address && (event.ctrlKey || event.metaKey)) open(address, '_blank', 'noopener,noreferrer');
}

/** @param {MouseEvent} _event @param {string} text */
function hover(_event, text) {
  const address = target(text);
  const place = byId('link-target');
  place.textContent = address ? words.opens(address) : '';
  place.hidden = !address;
}

function leave() {
  byId('link-target').hidden = true;
}

/** For addresses in the text, and for those that a program put behind a text (OSC 8). */
export const linkHandler = { activate, hover, leave };
