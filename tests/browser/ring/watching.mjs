// An administrator looks at somebody's session, who sees that.

import { adminOf } from '../administrator.mjs';
import { inspect, readable } from '../axe.mjs';
import { ADMIN, line, picture, press, rows, run, type, until } from '../browser.mjs';
import { played, started } from '../played.mjs';

async function looks(ring) {
  const { page, url, user } = ring;
  const id = page.url().split('/').pop();
  const admin = await readable(await adminOf(ring), ring.faults);
  await admin.goto(`${url}/`);
  await run(page, 'clear; echo on""ly-to-see');
  await admin.getByRole('link', { name: `Watch session ${id} of ${user}` }).click();
  await admin.waitForURL(`**/s/${id}/watch`);
  await line(admin, /^only-to-see$/);
  await admin.locator('.strip.watch').getByText(`You are watching ${user}’s session.`).waitFor();
  const mark = page.locator('#watched');
  await until('the owner sees who watches', async () => (await mark.textContent()) === `watched by ${ADMIN}`);
  await page.locator('.strip.watched').getByText(`${ADMIN} watches this session`).waitFor();
  await picture(page, 'watched');
  await picture(admin, 'watching-as-administrator');

  // In the owner's size, whatever the window; and nothing of what is done here arrives.
  const size = await page.locator('#size').textContent();
  await admin.setViewportSize({ width: 700, height: 400 });
  await until('it has the owner’s size', async () => (await admin.locator('#size').textContent()) === size);
  for (const gone of ['#end', '#files', '#extra-keys']) {
    if (await admin.locator(gone).isVisible()) throw new Error(`${gone} is there`);
  }
  await type(admin, 'touch /tmp/typed\n');
  await press(admin, 'Control+c');
  // A question of a program is answered by the owner's emulator alone: an answer of this page would close it.
  await run(page, "clear; printf '\\033[c'; read -rs -d c answer; ls /tmp");
  if ((await rows(page)).includes('typed')) throw new Error('what the administrator typed was sent');
  await page.setViewportSize({ width: 800, height: 500 });
  await until('it follows the owner’s size', async () => (await admin.locator('#size').textContent())
    === (await page.locator('#size').textContent()) && (await page.locator('#size').textContent()) !== size);
  await page.setViewportSize({ width: 1000, height: 640 });
  await admin.setViewportSize({ width: 1280, height: 720 });

  // A page that watches comes back by itself: it takes nothing from anybody.
  await admin.reload();
  await line(admin, /\$ ?$/);
  await inspect(admin, 'watching');
  await page.locator('.strip.watched').getByRole('button', { name: 'Hide' }).click();
  await admin.close();
  await page.locator('.strip.watched').getByText(`This session was watched by ${ADMIN} until`).waitFor();
  await until('nobody watches any more', () => mark.isHidden());
  await picture(page, 'watched-before');
  await page.locator('.strip.watched').getByRole('button', { name: 'Hide' }).click();
}

async function onAPhone({ page, browser, context: shared, faults }) {
  const context = await browser.newContext({
    viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, storageState: await shared.storageState(),
  });
  const { page: handset, tell } = await played(context, faults, page.url());
  tell(started());
  tell({ type: 'notice', kind: 'watched', by: ['warden', 'uid 0'], before: [] });
  await handset.locator('#watched').getByText('watched by warden').waitFor();
  await inspect(handset, 'watched-phone');
  for (const shown of ['#watched', '#settings', '#end']) {
    const box = await handset.locator(shown).boundingBox();
    if (!box || box.x < 0 || box.x + box.width > 390) throw new Error(`${shown} is cut off: ${JSON.stringify(box)}`);
  }
  tell({ type: 'notice', kind: 'watched', by: [], before: [{ by: 'uid 0', until: 1_764_200_000 }] });
  await handset.locator('.strip.watched').getByText('the host’s administrator (uid 0) until').waitFor();
  await context.close();
}

export default [
  { name: 'an administrator watches from the start page and does nothing there, and the owner sees who and until when', test: looks },
  { name: 'who watches is seen on a phone, too, and cuts nothing off', test: onAPhone },
];
