// One file on its way to the session or from there, with its progress.

import { at } from './base.js';
import { Refusal, refusal, toLogin } from './api.js';
import { words } from './words.js';

/**
 * @typedef {object} Way
 * @property {(bytes: number, total: number) => void} progress
 * @property {AbortSignal} signal
 */

/** @typedef {'refuse' | 'replace' | 'rename'} Conflict */

/** @param {string} session @param {string} path @param {string} [more] */
function address(session, path, more = '') {
  return at(`api/v1/sessions/${session}/files?path=${encodeURIComponent(path)}${more}`);
}

/**
 * Brings a file into the session; resolves with the path that it has there.
 * @param {string} session
 * @param {File} file
 * @param {Conflict} conflict
 * @param {Way} way
 * @returns {Promise<string>}
 * @throws {Refusal} with status 409 where a file of its name is there; a `DOMException` when it was aborted
 */
export async function send(session, file, conflict, { progress, signal }) {
  const response = await new Promise((resolve, reject) => {
    // fetch() does not tell how much has gone out.
    const request = new XMLHttpRequest();
    request.open('POST', address(session, file.name, `&conflict=${conflict}`));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => progress(event.loaded, event.total));
    request.addEventListener('load', () => resolve(new Response(request.responseText, {
      status: request.status,
      headers: { 'Content-Type': request.getResponseHeader('Content-Type') ?? '' },
    })));
    request.addEventListener('error', () => reject(new Refusal(words.files.broken, 0)));
    request.addEventListener('abort', () => reject(signal.reason));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
  await check(response);
  const { path } = /** @type {{path: string}} */ (await response.json());
  return path;
}

/**
 * Takes a file out of the session.
 * @param {string} session
 * @param {string} path
 * @param {Way} way
 * @returns {Promise<Blob>}
 * @throws {Refusal} or a `DOMException` when it was aborted
 */
export async function receive(session, path, { progress, signal }) {
  let response;
  try {
    response = await fetch(address(session, path), { cache: 'no-store', signal });
  } catch (error) {
    throw signal.aborted ? error : new Refusal(words.api.unreachable, 0);
  }
  await check(response);
  const total = Number(response.headers.get('Content-Length'));
  /** @type {BlobPart[]} */
  const parts = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
      parts.push(piece.value);
      progress(bytes += piece.value.length, total);
    }
  } catch (error) {
    throw signal.aborted ? error : new Refusal(words.files.broken, 0);
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** @param {Response} response */
async function check(response) {
  if (response.status === 401) toLogin();
  if (!response.ok) throw await refusal(response);
}

/** Lets the browser save it. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser has begun by then
}
