// What the scripts show in English. Pages that the daemon renders have theirs in src/language/english.rs.

import { clock, locale, speak, timecode } from './words.js';

/** What every language has to say. @typedef {typeof english} Words */

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

/** Bytes in the largest unit of which it is at least one. @param {number} bytes */
export function amount(bytes) {
  const [unit, size] = bytes < 1048576 ? ['KB', 1024] : bytes < 10 * 1073741824 ? ['MB', 1048576] : ['GB', 1073741824];
  return `${Math.round(bytes / Number(size))} ${unit}`;
}

/** Thousandths of a processor as processors, with at most two digits behind the point. @param {number} millicpus */
export function processors(millicpus) {
  return String(Math.round(millicpus / 10) / 100);
}

/** @param {number} place from 1 */
export function ordinal(place) {
  const teen = place % 100 > 10 && place % 100 < 14;
  return `${place}${(!teen && ['th', 'st', 'nd', 'rd'][place % 10]) || 'th'}`;
}

/** Who came through the host's own door has no name but a number. @param {string[]} names */
function administrators(names) {
  return names.map((name) => (/^uid \d+$/.test(name) ? `the host’s administrator (${name})` : name)).join(', ');
}

const english = {
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
  /** What a step is doing; `text` is Podman's own. @param {import('./protocol.js').Progress} progress */
  stepNote({ step, done, total, layers, complete, text }) {
    if (step === 'queue') return `${ordinal(done)} of ${total} waiting`;
    if (step !== 'pull') return english.stepNotes[step] ?? text;
    const so = layers === null ? text || 'Fetching the image' : complete === null ? `Layer ${layers}` : `${complete} of ${layers} layers`;
    return total > 0 ? `${amount(done)} of ${amount(total)}, ${so}` : so;
  },
  /** @type {Record<string, string>} */
  stepNotes: { create: 'Making the container', verify: 'Checking its limits', start: 'Starting the shell' },
  /** @param {number} seconds */
  elapsed: (seconds) => `${duration(seconds)} so far. A start is given up by itself when it takes too long.`,

  link: { connecting: 'connecting', starting: 'starting', on: 'connected', away: 'not connected', over: 'ended' },
  /** @param {number} ms */
  rtt: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
  /** @param {number} ms */
  silent: (ms) => `no answer for ${Math.floor(ms / 1000)} s`,
  /** @param {number} seconds */
  left: (seconds) => `${duration(seconds)} left`,
  /** @param {number} cols @param {number} rows */
  size: (cols, rows) => `${cols}×${rows}`,
  unavailable: 'n/a',
  /** What is used, of what may be; `null` where nothing is counted, or nothing limits. */
  usage: {
    /** @param {number} millicpus @param {number | null} limit */
    cpu: (millicpus, limit) => processors(millicpus) + (limit === null ? '' : `/${processors(limit)}`),
    /** @param {number} bytes @param {number | null} limit */
    memory: (bytes, limit) => (limit === null ? amount(bytes) : `${Math.round(bytes / 1048576)}/${amount(limit)}`),
    /** @param {number} pids @param {number | null} limit */
    pids: (pids, limit) => `${pids}${limit === null ? '' : `/${limit}`}`,
  },
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
  away: {
    title: 'No connection',
    text: 'This page goes on trying by itself, at once when your network is back. What you type now is not sent.',
    /** @param {Date} moment */
    until: (moment) => `The session goes on without you, until ${new Intl.DateTimeFormat(locale(), { timeStyle: 'short' })
      .format(moment)} at least.`,
    now: 'Try now',
  },
  /** @param {number} seconds */
  idle: (seconds) => `Still there? Nothing was typed for long: the session ends in ${duration(seconds)}. Any key keeps it.`,
  stay: 'Keep it',
  /** @param {number} seconds */
  lifetime: (seconds) => `Time limit: the session ends in ${duration(seconds)}, whatever you type.`,
  /** @param {number} seconds */
  directory: (seconds) => 'Your account may not use this service any more: the session ends in '
    + `${duration(seconds)}, whatever you type.`,
  /** @param {number} killed */
  oom: (killed) => `Out of memory: ${killed === 1 ? 'a process was' : `${killed} processes were`} killed. `
    + 'The shell goes on; load less at a time.',
  recorded: 'This session is recorded: everything that its screen shows. What you type is not, unless the screen shows it.',
  unrecorded: 'This session is not recorded any more. It goes on.',
  gap: 'Some output is missing here. What the screen shows from now on is right.',
  hide: 'Hide',
  pasteTooLarge: (/** @type {number} */ most) => `That is more than ${kilobytes(most)} at once, so nothing was pasted.`,
  /** @param {number} unsent @param {number} unsure bytes that were sent, and not said to be taken */
  inputLost: (unsent, unsure) => [
    unsent > 0 ? `${kilobytes(unsent)} of your input was not sent.` : '',
    unsure > 0 ? `What you typed last (${kilobytes(unsure)} at most) may not have reached the shell.` : '',
  ].join(' ').trim(),

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
    /** @param {string} id */
    session: (id) => `Session ${id}`,
  },
  /** How it ended, by the reason's code: the sentences of src/language/english/reasons.rs. @type {Record<string, string>} */
  reasons: {
    exit: 'The shell ended.',
    idle: 'The session ended because nothing was typed for too long.',
    detached: 'The session ended because no browser came back to it in time.',
    lifetime: 'The session reached its time limit.',
    oom: 'The session ran out of memory and was ended. Start a new one, and load less at a time.',
    disk: 'The session filled its disk and was ended. Start a new one, and keep less in it.',
    owner: 'You ended the session.',
    admin: 'An administrator ended the session.',
    directory: 'The session ended because your account may not use this service any more.',
    shutdown: 'The session ended because the service is shutting down.',
    engine: 'The container engine stopped the session.',
    lost: 'The session was lost when the host went down.',
    'start-failed': 'The session could not be started.',
    'image-missing': 'The session\'s image is not on this host.',
    'host-full': 'This host is full. Try again in a few minutes.',
    'limits-unproven': 'The session was refused because its limits could not be confirmed.',
    'recording-failed': 'The session ended because it has to be recorded and could not be.',
    fault: 'The session ended because of a fault in Coracle.',
  },
  notStarted: {
    title: 'The session did not start',
    kept: 'Nothing of it is left.',
    /** What can be done, by the reason. @type {Record<string, string>} */
    help: {
      'image-missing': 'Only an administrator can provide it. Tell them the profile and the session below.',
      'host-full': 'Ending a session that you no longer need makes room, too.',
      'limits-unproven': 'No shell was started without them. An administrator finds out why by the session below.',
      'start-failed': 'Try once more. If it fails again, an administrator finds out why by the session below.',
      fault: 'An administrator finds out why by the session below.',
    },
  },
  watching: 'This session is in use in another window or on another device. You watch it; what you type here is not sent.',
  takeBack: 'Take back',
  watched: {
    /** @param {string} user */
    looking: (user) => `You are watching ${user}’s session. Nothing that you do here reaches it, and ${user} is told.`,
    /** @param {string[]} by */
    mark: (by) => `watched by ${administrators(by)}`,
    /** @param {string[]} by */
    now: (by) => `${administrators(by)} ${by.length === 1 ? 'watches this session and sees' : 'watch this session and see'} `
      + 'its screen. What you type unseen, like a password, stays unseen.',
    /** @param {{by: string, until: number}[]} before */
    before: (before) => `This session was watched by ${before
      .map(({ by, until }) => `${administrators([by])} until ${clock(until)}`).join(', ')}.`,
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
  tooMuchOutput: 'Too much output to read out. Walk through the rows instead.',
  readerOn: 'Screen reader mode is on.',
  readerOff: 'Screen reader mode is off.',
  close: 'Close',
  notLoaded: 'A part of this page could not be loaded. Check the connection, or reload the page.',
  /** @param {string} address */
  opens: (address) => `Ctrl+click opens ${address}`,

  facts: {
    open: 'limits',
    title: 'What holds this session',
    text: 'Read back from the kernel before its shell was started. Without these proofs there would be no session.',
    names: {
      memory: 'Memory', swap: 'Swap', cpu: 'Processor', pids: 'Processes', network: 'Network', isolation: 'User ids',
      capabilities: 'Capabilities', gains: 'New privileges', seccomp: 'System calls', root: 'System files', ends: 'Ends',
    },
    none: 'Not limited: this host has no controller for it',
    /** @param {number | null} bytes @returns {string} */
    memory: (bytes) => (bytes === null ? english.facts.none : `${amount(bytes)} at most`),
    /** @param {number | null} bytes @returns {string} */
    swap: (bytes) => (bytes === 0 ? 'None' : english.facts.memory(bytes)),
    /** @param {number | null} millicpus @returns {string} */
    cpu: (millicpus) => (millicpus === null ? english.facts.none : `The time of ${processors(millicpus)} processors at most`),
    /** @param {number | null} pids @returns {string} */
    pids: (pids) => (pids === null ? english.facts.none : `${pids} at most`),
    /** @param {string} network */
    network: (network) => ({
      none: 'None: it reaches itself and nothing else',
      outbound: 'Connections to elsewhere, as far as the host’s rules let them; none from there',
      'outbound-and-host': 'Connections to elsewhere and to this host’s own addresses; none from there',
    })[network] ?? network,
    /** @param {string} isolation */
    isolation: (isolation) => ({
      slots: 'A range of its own, which no other session has',
      shared: 'One range, which it shares with other sessions',
    })[isolation] ?? isolation,
    /** @param {string[]} names */
    capabilities: (names) => (names.length === 0 ? 'None, and none can be had' : `${names.join(', ')}: inside, and no others`),
    /** @param {boolean} blocked @returns {string} */
    gains: (blocked) => (blocked ? 'Blocked: no program gains any by being run' : 'Not blocked'),
    /** @param {string} seccomp */
    seccomp: (seccomp) => (seccomp === 'coracle' ? 'Filtered by Coracle’s own list' : seccomp),
    /** @param {boolean} readOnly @returns {string} */
    root: (readOnly) => (readOnly ? 'Read-only' : 'Writable, on the host’s disk, up to the profile’s size'),
    /** @param {number} idle @param {number} detached seconds */
    ends: (idle, detached) => `After ${duration(idle)} without typing, ${detached > 0 ? `${duration(detached)} ` : ''}`
      + 'without a browser, or when its time is over',
  },

  files: {
    open: 'Files',
    title: 'Files',
    text: 'Files go into the home of this session, where they are deleted with it. You can also drop them onto the terminal.',
    list: 'What was brought in or taken out',
    pick: 'Bring files in',
    /** @param {number} most */
    limit: (most) => (most === 0 ? 'An administrator has turned that off.' : `At most ${amount(most)} each, as far as its home has room.`),
    path: 'Take a file out',
    /** @param {number} most */
    pathHint: (most) => (most === 0 ? 'An administrator has turned that off.'
      : `Its path, like notes.txt in the home or /tmp/out.log. At most ${amount(most)}; pack directories first.`),
    fetch: 'Download',
    unnamed: 'file',
    drop: 'Drop files here to bring them into the home of this session.',
    directory: 'Directory',
    packFirst: 'Directories are not sent. Pack it, for example as tar, and send that.',
    waiting: 'waiting',
    /** @param {string} name */
    progress: (name) => `Progress of ${name}`,
    /** @param {number} bytes @param {number} total */
    soFar: (bytes, total) => (total > 0 ? `${amount(bytes)} of ${amount(total)}` : 'begins'),
    /** @param {number} bytes @param {number} total */
    percent: (bytes, total) => `Files ${total > 0 ? Math.floor((100 * bytes) / total) : 0} %`,
    /** @param {string} path */
    arrived: (path) => `is in the session as ${path}`,
    saved: 'handed to the browser to be saved',
    cancel: 'Cancel',
    cancelled: 'cancelled, nothing was kept',
    exists: 'There is a file of that name already.',
    keepBoth: 'Keep both',
    replace: 'Replace',
    skip: 'Skip',
    /** @param {number} size @param {number} most */
    tooLarge: (size, most) => `It has ${amount(size)}, and at most ${amount(most)} are sent.`,
    broken: 'The connection broke off, and nothing of the file was kept. Try again.',
  },

  settings: {
    open: 'Settings',
    title: 'Settings',
    text: 'Kept in this browser, for every session.',
    textSize: 'Text size',
    /** @param {number} size */
    pixels: (size) => `${size} px`,
    bigger: 'Bigger text (Ctrl+Shift+Plus)',
    smaller: 'Smaller text (Ctrl+Shift+Minus)',
    reset: 'Reset',
    resetLabel: 'Reset to the usual text size (Ctrl+Shift+0)',
    scrollback: 'Lines kept above the screen',
    /** @param {number} count */
    lines: (count) => count.toLocaleString('en'),
    groups: { look: 'Look', keys: 'Keys and clipboard', output: 'Output' },
    switches: {
      darkTerminal: 'Dark terminal on light pages, too',
      cursorBlinks: 'Cursor blinks',
      ctrlVPastes: 'Ctrl+V pastes, as Ctrl+Shift+V always does',
      copyOnSelect: 'What is selected is copied at once',
      pasteWarning: 'Ask before several lines are pasted into a program that would run each at once',
      screenReader: 'Screen reader mode: rows can be read one by one, and output is read out',
    },
    choices: {
      theme: {
        label: 'Theme',
        options: {
          auto: 'As the system', light: 'Light', dark: 'Dark', 'light-contrast': 'High contrast, black on white',
          'dark-contrast': 'High contrast, white on black',
        },
      },
      cursor: { label: 'Cursor', options: { block: 'Block', bar: 'Bar', underline: 'Underline' } },
      bell: { label: 'Bell', options: { flash: 'Flash', sound: 'Tone', none: 'Nothing' } },
      extraKeys: {
        label: 'Row of extra keys', options: { auto: 'On touch screens', always: 'Always', never: 'Never' },
      },
      renderer: {
        label: 'Drawing, from the next terminal on',
        options: { auto: 'Graphics card, if any', dom: 'Page elements', webgl: 'WebGL' },
      },
    },
    language: { label: 'Language', auto: 'As the browser' },
    help: 'Help',
  },

  menu: {
    label: 'Terminal',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    search: 'Search',
    clear: 'Clear what was shown',
    keys: { copy: 'Ctrl+Shift+C', paste: 'Ctrl+Shift+V', search: 'Ctrl+Shift+F' },
    refused: 'The browser did not let this page read the clipboard. Ctrl+Shift+V pastes without asking it.',
  },

  paste: {
    /** @param {number} lines */
    title: (lines) => (lines === 1 ? 'Paste a line that runs at once?' : `Paste ${lines.toLocaleString('en')} lines?`),
    text: 'The program in the terminal takes each line as if you had pressed Enter behind it.',
    preview: 'What would be pasted',
    /** @param {number} lines */
    more: (lines) => `and ${lines.toLocaleString('en')} more`,
    never: 'Do not ask again',
    act: 'Paste',
  },

  extraKeys: {
    label: 'Extra keys',
    /** What stands on a key that is not its own character. @type {Record<string, string>} */
    signs: {
      escape: 'Esc', tab: 'Tab', ctrl: 'Ctrl', alt: 'Alt', up: '↑', down: '↓', left: '←', right: '→', home: 'Home',
      end: 'End', pageUp: 'PgUp', pageDown: 'PgDn',
    },
    /** How it is called where its sign does not say. @type {Record<string, string>} */
    names: {
      up: 'Up', down: 'Down', left: 'Left', right: 'Right', '|': 'Pipe', '/': 'Slash', '-': 'Minus', '~': 'Tilde',
    },
  },

  search: {
    open: 'Search',
    label: 'Search in the terminal',
    field: 'Search for',
    exact: 'Match case',
    regex: 'Regular expression',
    previous: 'Previous match (Enter)',
    next: 'Next match (Shift+Enter)',
    close: 'Close (Escape)',
    wrong: 'no pattern',
    empty: 'matches nothing',
    /** @param {number} at from 1; 0: none is chosen @param {number} total @param {number} most */
    count: (at, total, most) => (total === 0 ? 'not found' : `${at || '–'} of ${total}${total === most ? '+' : ''}`),
  },

  replay: {
    play: 'Play',
    pause: 'Pause',
    again: 'Again',
    position: 'Moment',
    /** @param {number} at @param {number} duration milliseconds */
    of: (at, duration) => `${timecode(at)} of ${timecode(duration)}`,
    running: 'Still running: shown as far as it goes.',
    brokenOff: 'Broken off: its end was not recorded.',
    /** @param {Date} moment */
    recorded: (moment) => `Recorded ${new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' })
      .format(moment)}`,
    /** @type {Record<string, (text: string) => string>} */
    marks: {
      gap: (text) => (/^gap: \d/.test(text) ? `Missing output: ${text.replace(/^gap: (\d+) bytes.*/, '$1')} bytes` : 'Output may be missing'),
      resize: (text) => `Size ${text}`,
      marker: (text) => `Note: ${text}`,
    },
    /** @param {string} speed */
    speed: (speed) => `Speed ${speed}`,
    search: {
      label: 'Search in the recording',
      field: 'Search for',
      previous: 'Previous match (N)',
      next: 'Next match (n)',
      close: 'Close (Escape)',
      searching: 'searching …',
      none: 'not found',
      /** @param {number} at from 1; 0: none is chosen @param {number} total @param {boolean} more there are more */
      count: (at, total, more) => `${at || '–'} of ${total}${more ? '+' : ''}`,
    },
    keys: {
      title: 'Keys',
      text: 'They work wherever nothing is being typed.',
      /** What each does. @type {[string[], string][]} */
      list: [
        [['Space'], 'Play or pause'],
        [['←', '→'], '5 seconds back or on'],
        [['↓', '↑'], 'A minute back or on'],
        [['Home', 'End'], 'To the beginning or the end'],
        [['.'], 'Pause, and show the next thing that happened'],
        [['−', '+'], 'Slower or faster'],
        [['[', ']'], 'To the mark before or after'],
        [['/'], 'Search'],
        [['n', 'N'], 'To the next or previous match'],
        [['?'], 'This list'],
      ],
    },
  },

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

speak(english);
