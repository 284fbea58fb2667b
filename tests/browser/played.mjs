// A terminal page whose daemon is played: for states that a real one reaches rarely, late, or on other hosts.

import { AXE } from './axe.mjs';
import { openPage, until } from './browser.mjs';

const LIMITED = {
  memory: 209_715_200, swap: 0, millicpus: 500, pids: 128, network: 'none', isolation: 'slots', capabilities: [],
  no_new_privileges: true, seccomp: 'coracle', read_only_root: true,
};

/** The frame of a shell that runs, with limits. */
export function started(changes = {}) {
  return {
    type: 'started', session: 'abcdefghijkl', profile: 'shell', role: 'owner',
    deadlines: { idle_ms: 900_000, detached_ms: 900_000, lifetime_left_ms: 28_800_000 }, recorded: false,
    certificate: LIMITED, ...changes,
  };
}

/**
 * Opens the page of a session that exists, without touching it: whatever is told is told by the caller.
 * @param {{clock?: boolean}} [options] `clock`: time goes on only as the test says
 * @returns `page`, `tell` (a frame), `shut` (with a close code), `heard` (frames and bytes of the page), `refuse` (whether
 *   new connections are)
 */
export async function played(context, faults, address, { clock = false } = {}) {
  const page = await openPage(context, faults);
  if (clock) await page.clock.install();
  await page.addInitScript({ path: AXE });
  const heard = [];
  let socket = null;
  let refusing = false;
  await page.routeWebSocket(/\/terminal\?/, (route) => {
    if (refusing) {
      route.close({ code: 1011, reason: '' });
      return;
    }
    socket = route;
    const tell = (frame) => route.send(JSON.stringify(frame));
    route.onMessage((message) => {
      if (typeof message !== 'string') {
        heard.push({ type: 'bytes', text: message.toString('utf8') });
        return;
      }
      const frame = JSON.parse(message);
      heard.push(frame);
      if (frame.type === 'ping') tell({ type: 'pong', t: frame.t });
    });
    tell({ type: 'ready', protocol: 'coracle.v1' });
    tell({ type: 'authed', user: 'demo' });
  });
  await page.goto(address);
  await until('the page told its size', () => heard.some((frame) => frame.type === 'resize'));
  return {
    page,
    heard,
    tell: (frame) => socket.send(JSON.stringify(frame)),
    refuse: (on) => { refusing = on; },
    shut: (code) => socket.close({ code, reason: '' }),
  };
}
