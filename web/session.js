// The terminal's page: joins the emulator, the connection and what is shown around them.

import { Acks } from './ack.js';
import { profiles, startSession, toLogin } from './api.js';
import { CLOSE, Connection } from './connection.js';
import { Footer } from './footer.js';
import { Input, MAX_QUEUE } from './input.js';
import { Strips } from './notices.js';
import { Steps, boxIsOpen, byId, closeBox, openBox } from './overlay.js';
import { openTerminal } from './terminal.js';
import { title, words } from './words.js';

const id = byId('toolbar').dataset.session ?? '';
const host = byId('terminal');
const endButton = /** @type {HTMLButtonElement} */ (byId('end'));

const footer = new Footer();
const steps = new Steps(byId('starting'));
const strips = new Strips(byId('strips'), (text) => { byId('announce').textContent = text; });
const input = new Input((bytes) => footer.queued(bytes));

let profile = '';
let programTitle = '';
/** Seconds that the session outlives its last browser. */
let detached = 0;
let restarting = false;
/** The shell was seen by this page at least once. */
let seen = false;
/** @type {import('./protocol.js').Ended | null} */
let ended = null;
/** @type {import('./protocol.js').Refused | null} */
let refused = null;
/** What the emulator answers to a redraw is no input. */
let deaf = false;
/** @type {ReturnType<typeof setInterval> | undefined} */
let countdown;
let acks = new Acks(() => {});

const term = openTerminal(host, {
  typed: (text) => { if (!deaf) tell(input.type(text)); },
  raw: (bytes) => { if (!deaf) tell(input.bytes(bytes)); },
  resized(cols, rows) {
    connection.send({ type: 'resize', cols, rows });
    footer.size(cols, rows);
  },
  titled(text) {
    programTitle = text;
    showTitle();
  },
  leave: () => byId('toolbar').querySelector('a')?.focus(),
});

const connection = new Connection(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`
  + `/api/v1/sessions/${id}/terminal`, {
  frame: receive,
  output: write,
  rtt: (ms) => footer.rtt(ms),
  connecting(attempt) {
    clearInterval(countdown);
    if (attempt > 1) strips.show('link', lostText(0, attempt), retry);
    footer.link(seen ? 'away' : 'connecting');
  },
  waiting(attempt, at) {
    clearInterval(countdown);
    const say = () => strips.show('link', lostText(Math.ceil((at - performance.now()) / 1000), attempt), retry);
    say();
    countdown = setInterval(say, 1000);
  },
  lost() {
    clearInterval(countdown);
    acks.stop();
    const dropped = input.disconnect();
    if (dropped > 0) strips.show('input', words.inputLost(dropped), hiding('input'));
    strips.hide('idle');
    endButton.disabled = true;
    host.classList.add('away');
    footer.link(ended ? 'over' : 'away');
  },
  closed,
});

const retry = { label: words.now, act: () => connection.retryNow() };

/** @param {'input' | 'gap' | 'oom'} kind */
function hiding(kind) {
  return { label: words.hide, act: () => strips.hide(kind) };
}

/** @param {number} seconds @param {number} attempt */
function lostText(seconds, attempt) {
  const what = restarting ? words.restarting : words.reconnecting(Math.max(0, seconds), attempt);
  return seen ? `${what} ${words.waitsForYou(detached)}`.trim() : what;
}

/** What became of something typed, where it did not simply go out. @param {import('./input.js').Outcome} outcome */
function tell(outcome) {
  if (outcome === 'away') strips.flash('link');
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
      endButton.disabled = false;
      footer.link('starting');
      break;
    case 'progress':
      steps.show(frame);
      break;
    case 'started':
      started(frame);
      break;
    case 'snapshot':
      deaf = true;
      if (frame.bytes > 0) term.write('\x1bc'); // a redraw stands on an empty screen; in order with what came before
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
      ended = frame; // once more when the shell's status is known
      connection.expectEnd();
      showEnd();
      break;
    case 'error':
      refused = frame;
      break;
    default: // `ready` and `pong` are the connection's; there is one role so far
  }
}

/** @param {import('./protocol.js').Started} frame */
function started(frame) {
  if (seen) byId('announce').textContent = words.back;
  seen = true;
  restarting = false;
  profile = frame.profile;
  detached = frame.deadlines.detached_ms / 1000;
  byId('profile').textContent = profile;
  showTitle();
  steps.hide();
  strips.hide('link');
  host.classList.remove('away');
  footer.link('on');
  footer.timeLeft(frame.deadlines.lifetime_left_ms);
  input.connect((bytes) => connection.sendInput(bytes));
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
    case 'oom':
      strips.show('oom', words.oom(frame.killed), hiding('oom'));
      break;
    case 'gap':
      strips.show('gap', words.gap, hiding('gap'));
      break;
    case 'restart':
      restarting = true;
      break;
  }
}

function extend() {
  connection.send({ type: 'extend' });
}

function showTitle() {
  document.title = title(programTitle, profile === '' ? words.session : profile);
}

/** No new try by itself: says why, and what can be done. @param {number} code */
function closed(code) {
  strips.hide('link');
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
      footer.link('over');
      openBox({ ...words.gone, choices: [newSession, toStart] });
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

function showEnd() {
  steps.hide();
  endButton.disabled = true;
  strips.hideAll();
  footer.link('over');
  host.classList.add('over');
  const facts = [words.ended.kept];
  if (ended?.reason === 'exit' && ended.status !== null) facts.unshift(words.ended.status(ended.status));
  else if (ended) facts.unshift(words.ended.reason(ended.reason));
  openBox({
    title: words.ended.title, text: ended?.text ?? words.ended.unknown, facts, choices: [newSession, toStart],
  });
}

function comeBack() {
  refused = null;
  closeBox();
  connection.open();
  term.focus();
}

/** @type {import('./overlay.js').Choice} */
const toStart = { label: words.ended.toStart, look: '', act: () => location.assign('/') };

/** @type {import('./overlay.js').Choice} */
const newSession = {
  label: words.ended.newSession,
  look: 'primary',
  async act() {
    const offered = profile === '' ? await profiles() : [{ name: profile }];
    if (offered.length === 1) location.assign(`/s/${await startSession(offered[0].name)}`);
    else location.assign('/');
  },
};

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

footer.size(term.cols, term.rows);
term.focus();
connection.open();
