// The administrator whom tests/bed/rings.sh makes, and what is done behind every page's back: so that its starts do not count
// as those of the user of most tests.

import { ADMIN, PATIENCE, after, until } from './browser.mjs';

/** Sends a request, once more whenever that was too fast and as soon as the daemon says. */
export async function patiently(send) {
  for (;;) {
    const answer = await send();
    if (answer.status() !== 429) return answer;
    const seconds = Number(answer.headers()['retry-after']);
    await until(`the ${seconds} s that the daemon asked for are over`, after(seconds * 1000), seconds * 1000 + PATIENCE);
  }
}

/** The administrator's browser, signed in and with nothing running when it is first asked for. */
export async function adminOf(ring) {
  const { browser, url, password } = ring;
  if (!ring.admin) {
    ring.admin = await browser.newContext();
    const form = { user: ADMIN, password, next: '/help' };
    const send = () => ring.admin.request.post(`${url}/login`, { headers: { Origin: url }, form });
    const answer = await patiently(send);
    if (!answer.ok()) throw new Error(`${ADMIN} cannot sign in: status ${answer.status()}; tests/bed/install.sh makes this account`);
    for (const id of await sessionsOf(ring.admin, url)) await endBehind(ring.admin, url, id);
  }
  return ring.admin;
}

/** Starts a session behind the page's back. */
export async function startBehind(context, url) {
  const send = () => context.request.post(`${url}/api/v1/sessions`, { headers: { Origin: url }, data: { profile: 'shell' } });
  const answer = await patiently(send);
  if (!answer.ok()) throw new Error(`status ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()).id;
}

export async function endBehind(context, url, id) {
  const answer = await context.request.delete(`${url}/api/v1/sessions/${id}`, { headers: { Origin: url } });
  if (!answer.ok()) throw new Error(`session ${id} could not be ended: status ${answer.status()}`);
}

export async function sessionsOf(context, url) {
  return (await (await context.request.get(`${url}/api/v1/sessions`)).json()).map(({ id }) => id);
}
