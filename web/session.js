// The terminal's page: joins the emulator, the connection and what is shown around them.

import { Acks } from './ack.js';
import { toLogin } from './api.js';
import { Away } from './away.js';
import { at } from './base.js';
import { Bell } from './bell.js';
import { CLOSE, Connection } from './connection.js';
import { catchDrops } from './drop.js';
import { ExtraKeys } from './extrakeys.js';
import { Footer } from './footer.js';
import { Input, MAX_QUEUE } from './input.js';
import { Strips } from './notices.js';
import { endBox, howItEnded, newSession, toStart } from './outcome.js';
import { boxIsOpen, byId, closeBox, element, openBox } from './overlay.js';
import { choose, onChange, settings } from './settings.js';
import { Steps } from './steps.js';
import { openTerminal } from './terminal.js';
import { Watched } from './watched.js';
import { title, words } from './words.js';

const id = byId('toolbar').dataset.session ?? '';
/** Whose session this page shows to an administrator, who only looks. */
const whose = byId('toolbar').dataset.watched;
const host = byId('terminal');
const endButton = /** @type {HTMLButtonElement} */ (byId('end'));
const factsButton = /** @type {HTMLButtonElement} */ (byId('facts'));

const footer = new Footer();
const steps = new Steps(announce);
const strips = new Strips(byId('strips'), announce);
const input = new Input((bytes) => footer.queued(bytes));
const extraKeys = new ExtraKeys(byId('extra-keys'));
const watched = new Watched(byId('watched'), strips, announce);
const away = new Away(strips, () => connection.retryNow());

let programTitle = '';
let rung = false;
/** What this page was told of the shell when it last came to it; `null` if it never did. @type {import('./protocol.js').Started | null} */
let shell = null;
/** @type {import('./protocol.js').Ended | null} */
let ended = null;
/** @type {import('./protocol.js').Refused | null} */
let refused = null;
/** Another window has the keyboard. */
let watching = false;
/** What the emulator answers to a redraw is no input; every answer begins with ESC. */
let deaf = false;
/** @param {string} text */
const isAnswer = (text) => deaf && text.startsWith('\x1b');
let acks = new Acks(() => {});
/** @type {import('./files.js').Files | undefined} */
let files;
const fileLimits = {
  upload: Number(byId('toolbar').dataset.uploadLimit), download: Number(byId('toolbar').dataset.downloadLimit),
};
/** @type {import('./search.js').Search | undefined} */
let search;

const bell = new Bell(host, (on) => {
  rung = on;
  showTitle();
});

const { term, refit, hold } = openTerminal(host, {
  typed: (text) => { if (!isAnswer(text)) tell(input.type(extraKeys.modified(text))); },
  raw: (bytes) => { if (!deaf) tell(input.bytes(bytes)); },
  resized(cols, rows) {
    connection.send({ type: 'resize', cols, rows });
    footer.size(cols, rows);
  },
  titled(text) {
    programTitle = text;
    showTitle();
  },
  rung: () => { if (!deaf) bell.ring(); },
  leave: () => byId('toolbar').querySelector('a')?.focus(),
  search: openSearch,
  menu(x, y) {
    const refused = () => strips.show('clipboard', words.menu.refused, hiding('clipboard'));
    void load(import('./menu.js'), ({ openMenu }) => openMenu(term, { x, y }, openSearch, refused));
  },
});
if (whose === undefined) extraKeys.serve(term);
else term.options.disableStdin = true; // what programs ask the emulator is not answered from here either

const connection = new Connection(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`
  + at(`api/v1/sessions/${id}/terminal${whose === undefined ? '' : '?role=watcher'}`), {
  frame: receive,
  output: write,
  rtt: (ms) => footer.rtt(ms),
  silent: (ms) => footer.silent(ms),
  connecting(attempt) {
    away.trying(attempt);
    footer.link(shell ? 'away' : 'connecting');
  },
  waiting: (attempt, at) => away.waiting(attempt, at),
  lost() {
    acks.stop();
    loseInput();
    strips.hide('idle');
    if (whose === undefined) watch(null);
    endButton.disabled = true;
    host.classList.add('away');
    footer.link(ended ? 'over' : 'away');
  },
  closed,
});

/** @param {'input' | 'gap' | 'oom' | 'recorded' | 'unrecorded' | 'module' | 'clipboard'} kind */
function hiding(kind) {
  return { label: words.hide, act: () => strips.hide(kind) };
}

/** @param {string} text for those who do not see it appear */
function announce(text) {
  byId('announce').textContent = text;
}

/** Nobody can hear any more: says what was typed in vain, or perhaps. Once the session is over it does not matter. */
function loseInput() {
  const { unsent, unsure } = input.disconnect();
  if (!ended && unsent + unsure > 0) strips.show('input', words.inputLost(unsent, unsure), hiding('input'));
}

/** What became of something typed, where it did not simply go out. @param {import('./input.js').Outcome} outcome */
function tell(outcome) {
  if (outcome === 'away') strips.flash(watching ? 'watch' : 'link');
  if (outcome === 'full') strips.show('input', words.pasteTooLarge(MAX_QUEUE), hiding('input'));
}

/** @param {Uint8Array} bytes */
function write(bytes) {
  const mine = acks;
  term.write(bytes, () => mine.parsed(bytes.length));
}

/** @param {import('./protocol.js').ToClient} frame */
function receive(frame) {
  switch (frame.type) {
    case 'authed':
      deaf = false;
      acks.stop();
      acks = new Acks((bytes) => connection.send({ type: 'ack', bytes }));
      connection.send({ type: 'resize', cols: term.cols, rows: term.rows });
      endButton.disabled = whose !== undefined;
      footer.link('starting');
      break;
    case 'progress':
      steps.show(frame);
      break;
    case 'started':
      started(frame);
      break;
    case 'snapshot': // in order with what came before it and is not parsed yet
      term.write('', () => { deaf = true; });
      break;
    case 'snapshot_end':
      term.write('', () => { deaf = false; });
      break;
    case 'accepted':
      input.accepted(frame.bytes);
      break;
    case 'stats':
      footer.usage(frame);
      break;
    case 'notice':
      notice(frame);
      break;
    case 'ended':
      ended = frame;
      connection.expectEnd();
      showEnd();
      break;
    case 'error':
      refused = frame;
      break;
    case 'role':
      watch(frame.role === 'watcher' ? frame : null);
      if (!watching && whose === undefined) input.resume((bytes) => connection.sendInput(bytes));
      break;
    default: // `ready` and `pong` are the connection's
  }
}

/** Shows the session in the size that another window gives it; `null`: no more. @param {import('./protocol.js').Role | null} size */
function watch(size) {
  connection.watch(size !== null && whose === undefined);
  if (!size && !watching) return;
  if (size && !watching) {
    loseInput();
    if (whose === undefined) strips.show('watch', words.watching, { label: words.takeBack, act: takeBack });
    else strips.show('watch', words.watched.looking(whose));
  }
  watching = size !== null;
  host.classList.toggle('watching', watching);
  hold(size);
  if (size) footer.size(size.cols, size.rows);
  else strips.hide('watch');
}

function takeBack() {
  connection.send({ type: 'take' });
  term.focus();
}

/** @param {import('./protocol.js').Started} frame */
function started(frame) {
  byId('recorded').hidden = !frame.recorded;
  if (frame.recorded && !shell) strips.show('recorded', words.recorded, hiding('recorded'));
  if (shell) announce(words.back);
  else if (settings.renderer !== 'dom') {
    void load(import('./renderer.js'), (module) => module.accelerate(term, host, settings.renderer === 'webgl', refit));
  }
  shell = frame;
  away.lasts = frame.deadlines.detached_ms;
  away.over();
  byId('profile').textContent = frame.profile;
  factsButton.replaceChildren(element('span', { class: 'wide' }, `${frame.profile}: `), words.facts.open);
  factsButton.hidden = false;
  showTitle();
  steps.hide();
  host.classList.remove('away');
  footer.link('on');
  footer.limits(frame.certificate);
  footer.timeLeft(frame.deadlines.lifetime_left_ms);
  if (whose === undefined) input.connect((bytes) => connection.sendInput(bytes));
  if (!boxIsOpen() && document.activeElement === document.body) term.focus();
}

/** @param {import('./protocol.js').Notice} frame */
function notice(frame) {
  switch (frame.kind) {
    case 'idle':
      if (frame.seconds === 0) strips.hide('idle');
      else strips.countDown('idle', frame.seconds, words.idle, { label: words.stay, act: extend });
      break;
    case 'lifetime':
      strips.countDown('lifetime', frame.seconds, words.lifetime);
      break;
    case 'directory':
      strips.countDown('directory', frame.seconds, words.directory);
      break;
    case 'oom':
      strips.show('oom', words.oom(frame.killed), hiding('oom'));
      break;
    case 'gap':
      strips.show('gap', words.gap, hiding('gap'));
      break;
    case 'unrecorded':
      byId('recorded').hidden = true;
      strips.hide('recorded');
      strips.show('unrecorded', words.unrecorded, hiding('unrecorded'));
      break;
    case 'restart':
      away.restarting = true;
      break;
    case 'watched':
      watched.now(frame);
      break;
  }
}

function extend() {
  connection.send({ type: 'extend' });
}

function showTitle() {
  document.title = title(programTitle, shell?.profile ?? words.session, rung);
}

/** No new try by itself: says why, and what can be done. @param {number} code */
function closed(code) {
  away.over();
  steps.hide();
  const reference = refused ? [words.reference(refused.reference)] : [];
  const again = { label: words.tryAgain, look: /** @type {const} */ ('primary'), act: comeBack };
  switch (code) {
    case CLOSE.ended:
      if (!ended) showEnd();
      return;
    case CLOSE.notLoggedIn:
      toLogin();
      return;
    case CLOSE.takenOver:
      openBox({ ...words.takenOver, choices: [{ ...again, label: words.takenOver.act }, toStart] });
      return;
    case CLOSE.notYours:
      openBox({ ...words.notYours, facts: reference, choices: [toStart] });
      return;
    case CLOSE.noSuchSession:
      void gone();
      return;
    case CLOSE.tooMany:
      openBox({ ...words.tooMany, facts: reference, choices: [again, toStart] });
      return;
    default:
      openBox({
        ...words.broken, facts: refused ? [refused.message, ...reference] : [],
        choices: [{ label: words.reload, look: 'primary', act: () => location.reload() }, toStart],
      });
  }
}

/** There is no such session any more; the daemon may still know how it ended. */
async function gone() {
  footer.link('over');
  ended = await howItEnded(id);
  if (ended) showEnd();
  else openBox({ ...words.gone, choices: [newSession(shell?.profile), toStart] });
}

function showEnd() {
  steps.hide();
  endButton.disabled = true;
  strips.hideAll();
  footer.link('over');
  host.classList.add('over');
  openBox(endBox(id, ended, shell));
}

function comeBack() {
  refused = null;
  closeBox();
  connection.open();
  term.focus();
}

endButton.addEventListener('click', () => {
  openBox({
    ...words.confirmEnd,
    modal: true,
    choices: [
      { label: words.confirmEnd.act, look: 'danger', act: end },
      { label: words.confirmEnd.cancel, look: '', act: keep },
    ],
  });
});

function end() {
  closeBox();
  endButton.disabled = true;
  connection.send({ type: 'end' });
}

function keep() {
  closeBox();
  term.focus();
}

/**
 * Does something with a module that is loaded only now.
 * @template M
 * @param {Promise<M>} loading
 * @param {(module: M) => void} use
 */
async function load(loading, use) {
  try {
    use(await loading);
  } catch {
    strips.show('module', words.notLoaded, hiding('module'));
  }
}

function openSearch() {
  closeBox();
  if (search) search.open();
  else void load(import('./search.js'), ({ Search }) => { search ??= new Search(term, () => term.focus()); });
}

factsButton.addEventListener('click', () => {
  void load(import('./facts.js'), ({ showFacts }) => { if (shell) showFacts(shell, closeBox); });
});

byId('settings').addEventListener('click', () => {
  void load(import('./preferences.js'), ({ showSettings }) => showSettings(openSearch, closeBox));
});

byId('files').addEventListener('click', () => withFiles((files) => files.open()));
if (whose === undefined) catchDrops(byId('main'), `${words.files.drop} ${words.files.limit(fileLimits.upload)}`, (dropped) => {
  withFiles((files) => files.dropped(dropped));
});

/** @param {(files: import('./files.js').Files) => void} use */
function withFiles(use) {
  void load(import('./files.js'), (module) => {
    use(files ??= new module.Files(id, fileLimits, byId('files'), announce, () => term.focus()));
  });
}

byId('find').addEventListener('click', openSearch);

const readerButton = byId('reader');
const showReader = () => readerButton.setAttribute('aria-pressed', String(settings.screenReader));
onChange(showReader);
showReader();
readerButton.addEventListener('click', () => {
  choose('screenReader', !settings.screenReader);
  announce(settings.screenReader ? words.readerOn : words.readerOff);
  term.focus();
});

// The key that leaves the terminal also leads back into it.
document.addEventListener('keydown', (event) => {
  const inside = event.target instanceof Node && host.contains(event.target);
  if (event.code !== 'F6' || !event.ctrlKey || !event.shiftKey || inside || boxIsOpen()) return;
  event.preventDefault();
  term.focus();
});

// Who goes while nothing outlives the page is asked by the browser.
addEventListener('beforeunload', (event) => {
  if (whose === undefined && shell?.deadlines.detached_ms === 0 && !ended) event.preventDefault();
});

footer.size(term.cols, term.rows);
term.focus();
connection.open();
