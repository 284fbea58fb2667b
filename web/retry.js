// A page that says "not yet" looks by itself when that is over. It is not loaded anew before: that would take a reader's place.

/** Milliseconds between two looks. */
const EVERY = 5000;

async function look() {
  const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
  if (answer && answer.status !== 503) location.reload();
  else setTimeout(() => void look(), EVERY);
}

setTimeout(() => void look(), EVERY);
