// Files that are dragged over the terminal and dropped there.

import { element } from './overlay.js';

/** @typedef {{files: File[], directories: number}} Dropped */

/**
 * @param {HTMLElement} place
 * @param {string} text what is shown while files are over it
 * @param {(dropped: Dropped) => void} drop
 */
export function catchDrops(place, text, drop) {
  const sign = element('p', { id: 'drop', 'aria-hidden': 'true', hidden: '' }, text);
  place.append(sign);
  /** Elements below the pointer: each child is entered before the one before is left. */
  let over = 0;
  /** @param {number} now */
  const show = (now) => {
    over = now;
    sign.hidden = over <= 0;
  };
  place.addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(over + 1);
  });
  place.addEventListener('dragleave', (event) => {
    if (hasFiles(event)) show(over - 1);
  });
  place.addEventListener('dragover', (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  place.addEventListener('drop', (event) => {
    show(0);
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    drop(dropped(event.dataTransfer));
  });
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** To be called while the event lasts. @param {DataTransfer} data @returns {Dropped} */
function dropped(data) {
  const items = [...data.items].filter((item) => item.kind === 'file');
  const files = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory).map((item) => item.getAsFile());
  const there = files.filter((file) => file !== null);
  return { files: there, directories: items.length - files.length };
}
