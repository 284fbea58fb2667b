// Every sentence that the scripts show. Pages that the daemon renders have theirs in src/http/pages/.

/**
 * A length of time in its two largest units; under ten minutes to the second.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return whole >= 600 ? `${minutes} min` : `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** @param {number} bytes */
export function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1024)} KB`;
}

/** The name after every title. */
const NAME = 'Coracle';

/** Characters of a program's title that a tab shows at most. */
const TITLE_LENGTH = 80;

/**
 * The tab's title. A program may set any title, also an empty or a misleading one: what it says stands before ours,
 * without control characters and marks that turn the direction of writing.
 * @param {string} program
 * @param {string} profile
 */
export function title(program, profile) {
  const clean = program.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim().slice(0, TITLE_LENGTH);
  return [clean, profile].filter((part) => part !== '').join(' · ') + ` – ${NAME}`;
}

export const words = {
  session: 'Session',
  startingTitle: 'Starting your session',
  signedIn: 'Signed in',
  /** @type {Record<string, string>} */
  steps: {
    queue: 'Waiting for a place',
    pull: 'Fetching the image',
    create: 'Making the container',
    verify: 'Proving its limits',
    start: 'Starting the shell',
  },
  stepStates: { done: 'done', now: 'under way', next: 'to come' },
  /** @param {number} done @param {number} total */
  of: (done, total) => `${done} of ${total}`,

  link: { connecting: 'connecting', starting: 'starting', on: 'connected', away: 'not connected', over: 'ended' },
  /** @param {number} ms */
  rtt: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
  /** @param {number} seconds */
  left: (seconds) => `${duration(seconds)} left`,
  /** @param {number} cols @param {number} rows */
  size: (cols, rows) => `${cols}×${rows}`,
  /** @param {number | null} millicpus @param {number | null} memory @param {number | null} pids */
  usage: (millicpus, memory, pids) => [
    millicpus === null ? '' : `${Math.round(millicpus / 10)} % CPU`,
    memory === null ? '' : `${Math.round(memory / 1048576)} MB`,
    pids === null ? '' : `${pids} ${pids === 1 ? 'process' : 'processes'}`,
  ].filter(Boolean).join(' · '),
  /** @param {number} bytes */
  queued: (bytes) => `sending, ${kilobytes(bytes)} to go`,

  /** @param {number} seconds @param {number} attempt */
  reconnecting: (seconds, attempt) =>
    `No connection. ${seconds > 0 ? `Try ${attempt} in ${seconds} s.` : `Try ${attempt} …`} `
    + 'What you type now is not sent.',
  restarting: 'The service restarts. Your session goes on, and this page comes back to it. What you type now is not sent.',
  /** @param {number} seconds how long a session outlives its last browser */
  waitsForYou: (seconds) => (seconds > 0 ? `The session waits ${duration(seconds)} for a browser.` : ''),
  now: 'Now',
  back: 'Connected again.',
  /** @param {number} seconds */
  idle: (seconds) => `Still there? Nothing was typed for long: the session ends in ${duration(seconds)}. Any key keeps it.`,
  stay: 'Keep it',
  /** @param {number} seconds */
  lifetime: (seconds) => `Time limit: the session ends in ${duration(seconds)}, whatever you type.`,
  /** @param {number} killed */
  oom: (killed) => `Out of memory: ${killed === 1 ? 'a process was' : `${killed} processes were`} killed. `
    + 'The shell goes on; load less at a time.',
  gap: 'Some output is missing here. What the screen shows from now on is right.',
  hide: 'Hide',
  pasteTooLarge: (/** @type {number} */ most) => `That is more than ${kilobytes(most)} at once, so nothing was pasted.`,
  /** @param {number} bytes */
  inputLost: (bytes) => `The connection broke with ${kilobytes(bytes)} of your input unsent.`,

  ended: {
    title: 'Session ended',
    /** @param {number} status */
    status: (status) => `Exit status ${status}`,
    kept: 'Everything in it is deleted. What is on this screen can still be read and copied.',
    /** @param {string} reason */
    reason: (reason) => `Reason: ${reason}`,
    newSession: 'New session',
    toStart: 'Back to start',
    unknown: 'The session is over.',
  },
  takenOver: {
    title: 'Opened elsewhere',
    text: 'This session is now shown in another window or on another device. Nothing was lost.',
    act: 'Take back',
  },
  notYours: { title: 'Not your session', text: 'This session belongs to somebody else.' },
  gone: { title: 'This session is over', text: 'It has ended, and nothing of it was kept.' },
  tooMany: { title: 'Too many connections', text: 'Close other windows of this service, then try again.' },
  broken: { title: 'The connection was refused', text: 'Page and service did not understand each other. Reload the page.' },
  tryAgain: 'Try again',
  reload: 'Reload the page',
  /** @param {string} reference */
  reference: (reference) => `Reference ${reference}`,

  confirmEnd: {
    title: 'End this session?',
    text: 'Its shell and everything in it are deleted at once.',
    act: 'End session',
    cancel: 'Cancel',
  },
  terminalLabel: 'Terminal input. Control Shift F6 leaves the terminal.',

  api: {
    starting: 'Starting a session …',
    ending: 'Ending the session …',
    ended: 'The session is ended.',
    unreachable: 'The service does not answer. Check the connection and try again.',
    /** @param {number} status */
    odd: (status) => `The service answered with status ${status}.`,
  },
  home: { stale: 'The service does not answer. This page shows what was last known, and looks again by itself.' },
  login: { show: 'Show', hide: 'Hide', showLabel: 'Show password', hideLabel: 'Hide password', caps: 'Caps Lock is on.' },
};
