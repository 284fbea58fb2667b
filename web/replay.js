// The page of a recording: joins the player, what it is drawn on, and what leads through it.

import { Cast } from './cast.js';
import { Finder } from './finder.js';
import { boxIsOpen, byId, closeBox, element, openBox } from './overlay.js';
import { Player } from './player.js';
import { Stage } from './stage.js';
import { Timeline } from './timeline.js';
import { timecode, words } from './words.js';

/** Milliseconds between two looks whether a recording that is still being made has grown. */
const EVERY = 2000;

const cast = new Cast(byId('toolbar').dataset.recording ?? '');
const playButton = /** @type {HTMLButtonElement} */ (byId('play'));
const speed = /** @type {HTMLSelectElement} */ (byId('speed'));
const idle = /** @type {HTMLSelectElement} */ (byId('idle'));

const player = new Player(cast, new Stage(byId('terminal')), show, fail);
const timeline = new Timeline(byId('timeline'), (time) => void player.seek(time));
const finder = new Finder(byId('search'), {
  find: (text, signal) => cast.find(text, signal),
  position: () => player.position,
  seek: (time) => void player.seek(time),
  found: (hits) => timeline.sign(['hit'], hits.map(({ time, line }) => ({ time, kind: 'hit', text: line }))),
  failed: fail,
  left: () => byId('terminal').focus(),
});

/** What is said of the recording while there is nothing else to say. */
let about = '';
/** The next frame is waited for. */
let ticking = false;

/** Shows where the player is. */
function show() {
  const { play, pause, again } = words.replay;
  playButton.textContent = player.playing ? pause : player.isAtEnd ? again : play;
  byId('time').textContent = `${timecode(player.position)} / ${timecode(player.duration)}`;
  byId('terminal').setAttribute('aria-busy', String(player.seeking));
  timeline.show(player.position, player.duration);
  byId('about').textContent = timeline.near(player.position)?.text ?? about;
  if (player.playing && !ticking) {
    ticking = true;
    requestAnimationFrame(frame);
  }
}

/** @param {unknown} error */
function fail(error) {
  const problem = byId('problem');
  problem.textContent = error instanceof Error ? error.message : String(error);
  problem.hidden = false;
}

/** @param {string} text for those who do not see it appear */
function announce(text) {
  byId('announce').textContent = text;
}

function toggle() {
  if (player.playing) player.pause();
  else player.play();
}

function obey() {
  player.speed = Number(speed.value);
  player.idle = Number(idle.value) || Infinity;
}

/** @param {1 | -1} way */
function faster(way) {
  const to = speed.selectedIndex + way;
  if (to < 0 || to >= speed.options.length) return;
  speed.selectedIndex = to;
  obey();
  announce(words.replay.speed(speed.options[to].text));
}

/** @param {1 | -1} way */
function toSign(way) {
  const sign = timeline.next(player.position, way);
  if (!sign) return;
  void player.seek(sign.time);
  announce(`${timecode(sign.time)} ${sign.text}`);
}

function showKeys() {
  const list = element('dl', { class: 'facts keys-list' });
  for (const [keys, text] of words.replay.keys.list) {
    const name = element('dt');
    for (const key of keys) name.append(element('kbd', {}, key), ' ');
    list.append(name, element('dd', {}, text));
  }
  const { title, text } = words.replay.keys;
  openBox({ title, text, content: [list], modal: true, choices: [{ label: words.close, look: '', act: closeBox }] });
}

/** What each key does. @type {Record<string, () => void>} */
const KEYS = {
  ' ': toggle,
  k: toggle,
  ArrowLeft: () => void player.seek(player.position - 5000),
  ArrowRight: () => void player.seek(player.position + 5000),
  ArrowDown: () => void player.seek(player.position - 60_000),
  ArrowUp: () => void player.seek(player.position + 60_000),
  Home: () => void player.seek(0),
  End: () => void player.seek(player.duration),
  '.': () => void player.step(),
  '+': () => faster(1),
  '=': () => faster(1),
  '-': () => faster(-1),
  '[': () => toSign(-1),
  ']': () => toSign(1),
  '/': () => finder.open(),
  n: () => void finder.go(1),
  N: () => void finder.go(-1),
  '?': showKeys,
};

/** Whether a key is for what has the focus, as the browser knows it. @param {KeyboardEvent} event */
function isForFocus({ key, target }) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type !== 'range') return true;
  if (target instanceof HTMLSelectElement) return !['/', '?', '.', '[', ']'].includes(key);
  return (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) && (key === ' ' || key === 'Enter');
}

document.addEventListener('keydown', (event) => {
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
  if (!act || event.ctrlKey || event.metaKey || event.altKey || boxIsOpen() || isForFocus(event)) return;
  event.preventDefault();
  act();
});
playButton.addEventListener('click', toggle);
byId('find').addEventListener('click', () => finder.open());
byId('keys').addEventListener('click', showKeys);
speed.addEventListener('change', obey);
idle.addEventListener('change', obey);

/** @param {number} now */
function frame(now) {
  player.tick(now);
  ticking = player.playing;
  if (ticking) requestAnimationFrame(frame);
}

/** Looks whether a recording that is still being made goes on, while somebody waits for that. @param {string} after what is said then */
async function follow(after) {
  if (player.live && player.playing && player.isAtEnd && !document.hidden) {
    await cast.hasGrown().catch(fail);
  }
  if (player.live) setTimeout(() => void follow(after), EVERY);
  else about = after;
}

/** What happened to the recording itself; it is looked through for that, which may take a moment. */
async function showMarks() {
  const { marks } = await cast.find('', new AbortController().signal);
  timeline.sign(Object.keys(words.replay.marks), marks.map(({ time, kind, text }) => (
    { time, kind, text: (words.replay.marks[kind] ?? words.replay.marks.marker)(text) })));
}

/** The moment that the address asks for, as `#t=` and seconds. */
function wantedMoment() {
  const [, seconds] = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash) ?? [];
  return seconds === undefined ? 0 : Number(seconds) * 1000;
}

async function begin() {
  const facts = await cast.facts();
  const { running, brokenOff, recorded } = words.replay;
  const when = recorded(new Date(facts.started * 1000));
  about = facts.running ? running : facts.sealed ? when : brokenOff;
  obey();
  player.live = facts.running;
  await player.begin(facts, wantedMoment());
  playButton.disabled = false;
  player.play();
  if (facts.running) void follow(when);
  await showMarks();
}

show();
begin().catch(fail);
