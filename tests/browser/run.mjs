// The browser ring: a real Chromium against a real Coracle, through a network that the tests can cut.
//
//   CORACLE_URL=http://127.0.0.1:8080 CORACLE_USER=… CORACLE_PASSWORD=… node tests/browser/run.mjs [PART OF A NAME]
//
// The user needs the default limits (4 sessions at once, 6 starts a minute: this takes 5) and exactly one profile.
// Each test is a sentence; a page that reports an error, or violates its policy, fails the test that it happens in.
// With CORACLE_SHOTS, pictures of every page and of every failure are written there.

import { launch, openPage, picture, press, signIn, target } from './browser.mjs';
import devices from './ring/devices.mjs';
import ends from './ring/ends.mjs';
import files from './ring/files.mjs';
import german from './ring/german.mjs';
import login from './ring/login.mjs';
import looks from './ring/looks.mjs';
import mouse from './ring/mouse.mjs';
import network from './ring/network.mjs';
import pages from './ring/pages.mjs';
import phone from './ring/phone.mjs';
import screen from './ring/screen.mjs';
import shell from './ring/shell.mjs';
import themes from './ring/themes.mjs';
import watching from './ring/watching.mjs';
import { Wire } from './wire.mjs';

/** Milliseconds for one test. */
const BOUND = 300_000;

const here = target();
const wire = new Wire(here.url);
const url = await wire.open();
const browser = await launch();
const ring = {
  url, here, wire, browser, user: here.user, password: here.password, faults: [],
  context: await browser.newContext({
    colorScheme: 'dark', viewport: { width: 1000, height: 640 }, permissions: ['clipboard-read', 'clipboard-write'],
  }),
  /** The page that most tests share, as a person shares one tab. */
  page: null,
  /** Faults that the running test causes on purpose. */
  expected: [],
};

/** Ends what is left of this user's sessions, and gives their number. Without scripts, so that none starts by itself. */
async function clearSessions() {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await signIn(await openPage(context, []), url, ring.user, ring.password);
  const list = await (await context.request.get(`${url}/api/v1/sessions`)).json();
  for (const { id } of list) {
    const answer = await context.request.delete(`${url}/api/v1/sessions/${id}`, { headers: { Origin: url } });
    if (!answer.ok()) throw new Error(`session ${id} could not be ended: status ${answer.status()}`);
  }
  await context.close();
  return list.length;
}

async function bounded(act) {
  let timer;
  const bound = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${BOUND / 1000} s`)), BOUND);
  });
  try {
    await Promise.race([act(), bound]);
  } finally {
    clearTimeout(timer);
  }
}

const cleared = await clearSessions();
if (cleared > 0) console.log(`# ended ${cleared} sessions that were there before`);

const wanted = process.argv[2] ?? '';
let passed = 0;
let failed = 0;
const all = [
  ...login, ...shell, ...screen, ...files, ...mouse, ...themes, ...phone, ...network, ...watching, ...devices, ...ends, ...looks, ...pages,
  ...german,
];
for (const { name, test } of all) {
  // Setting up is a test too: the others need what it leaves.
  if (!name.includes(wanted) && !test.always) continue;
  ring.faults.length = 0;
  ring.expected = [];
  const began = Date.now();
  try {
    await bounded(() => test(ring));
    const odd = ring.faults.filter((fault) => !ring.expected.some((pattern) => pattern.test(fault)));
    if (odd.length > 0) throw new Error(`the page reported ${odd.join('; ')}`);
    passed += 1;
    console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`not ok  ${name}\n    ${error.message}`);
    for (const fault of ring.faults) console.log(`    ${fault}`);
    wire.mend();
    if (ring.page) {
      await picture(ring.page, `failed-${failed}`).catch(() => {});
      await press(ring.page, 'Control+c').catch(() => {}); // the next test starts at a prompt, if that is all it takes
    }
    if (test.always) {
      console.log('# the other tests need what this one should have left');
      break;
    }
  }
}
await clearSessions().catch((error) => {
  failed += 1;
  console.log(`not ok  nothing is left running\n    ${error.message}`);
});
await browser.close();
wire.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
