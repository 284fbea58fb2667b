// Where the daemon's addresses begin: at the host's root, or below the path of `server.public_url`.

/** The path that all of them have in front, with a slash at its end. This file is served as _/BUILD/base.js below it. */
const BASE = new URL('../..', import.meta.url).pathname;

/** One of the daemon's addresses. @param {string} path without a slash in front */
export function at(path) {
  return `${BASE}${path}`;
}

/** The path of this page, as the daemon knows it. */
export function here() {
  return location.pathname.slice(BASE.length - 1);
}
