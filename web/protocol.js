// The wire, `coracle.v1`, as the browser sees it: the mirror of src/terminal/protocol.rs. Binary messages are terminal
// bytes in both directions, text messages are the frames below as JSON. Both sides parse tests/frames/*.json.

/** The WebSocket subprotocol's name. */
export const SUBPROTOCOL = 'coracle.v1';
/** Bytes of input in one message; the daemon closes at more. */
export const MAX_INPUT = 16 * 1024;
/** Bytes of input beyond `accepted`; the daemon closes at more. */
export const INPUT_CREDIT = 256 * 1024;
/** Columns and rows are from 1 to this. */
export const MAX_SIZE = 1000;

/**
 * @typedef {{type: 'auth', ticket: string} | {type: 'resize', cols: number, rows: number}
 *   | {type: 'stdin', data: string} | {type: 'ack', bytes: number} | {type: 'extend'} | {type: 'take'} | {type: 'end'}
 *   | {type: 'visible', on: boolean} | {type: 'ping', t: number}} FromClient
 *
 * @typedef {{idle_ms: number, detached_ms: number, lifetime_left_ms: number}} Deadlines
 *
 * @typedef {{memory: number | null, swap: number | null, millicpus: number | null, pids: number | null,
 *   network: string, isolation: string, capabilities: string[], no_new_privileges: boolean, seccomp: string,
 *   read_only_root: boolean}} Certificate
 *
 * @typedef {{type: 'progress', step: string, done: number, total: number, layers: number | null, complete: number | null,
 *   text: string}} Progress
 * @typedef {{type: 'started', session: string, profile: string, role: string, deadlines: Deadlines, recorded: boolean,
 *   certificate: Certificate}} Started
 * @typedef {{type: 'role', role: string, cols: number, rows: number}} Role
 * @typedef {{type: 'notice', kind: 'idle' | 'lifetime' | 'directory', seconds: number}
 *   | {type: 'notice', kind: 'oom', killed: number} | {type: 'notice', kind: 'gap' | 'restart' | 'unrecorded'} | Watched} Notice
 * @typedef {{type: 'notice', kind: 'watched', by: string[], before: {by: string, until: number}[]}} Watched
 * @typedef {{type: 'stats', cpu: number | null, memory: number | null, pids: number | null}} Stats
 * @typedef {{type: 'ended', reason: string, status: number | null, text: string}} Ended
 * @typedef {{type: 'error', code: number, message: string, reference: string}} Refused
 *
 * @typedef {{type: 'ready', protocol: string} | {type: 'authed', user: string} | Progress | Started
 *   | {type: 'snapshot', bytes: number} | {type: 'snapshot_end'} | {type: 'accepted', bytes: number}
 *   | Role | Notice | Stats | {type: 'pong', t: number} | Ended | Refused} ToClient
 *
 * @typedef {(value: unknown) => boolean} Check
 * @typedef {Record<string, Check>} Shape
 */

/** A frame that is none. */
export class BadFrame extends Error {}

/** @type {Check} */ const text = (value) => typeof value === 'string';
/** @type {Check} */ const flag = (value) => typeof value === 'boolean';
/** @type {Check} */ const number = (value) => Number.isFinite(value);
/** @type {Check} */ const count = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** @type {Check} */ const whole = (value) => Number.isSafeInteger(value);
/** @type {Check} */ const size = (value) => count(value) && Number(value) >= 1 && Number(value) <= MAX_SIZE;
/** @type {Check} */ const texts = (value) => Array.isArray(value) && value.every(text);
/** @type {Check} */ const looks = (value) => Array.isArray(value) && value.every(object({ by: text, until: count }));
/** @type {(check: Check) => Check} */ const orNull = (check) => (value) => value === null || check(value);
/** @type {(shape: Shape) => Check} */ const object = (shape) => (value) => isObject(value) && fits(value, shape);

/** @type {Shape} */
const DEADLINES = { idle_ms: count, detached_ms: count, lifetime_left_ms: count };

/** @type {Shape} */
const CERTIFICATE = {
  memory: orNull(count), swap: orNull(count), millicpus: orNull(count), pids: orNull(count), network: text,
  isolation: text, capabilities: texts, no_new_privileges: flag, seccomp: text, read_only_root: flag,
};

/** @type {Record<string, Shape>} */
const FROM_CLIENT = {
  auth: { ticket: text },
  resize: { cols: size, rows: size },
  stdin: { data: text },
  ack: { bytes: count },
  extend: {},
  take: {},
  end: {},
  visible: { on: flag },
  ping: { t: number },
};

/** @type {Record<string, Shape>} */
const TO_CLIENT = {
  ready: { protocol: text },
  authed: { user: text },
  progress: { step: text, done: count, total: count, layers: orNull(count), complete: orNull(count), text },
  started: {
    session: text, profile: text, role: text, deadlines: object(DEADLINES), recorded: flag,
    certificate: object(CERTIFICATE),
  },
  snapshot: { bytes: count },
  snapshot_end: {},
  accepted: { bytes: count },
  role: { role: text, cols: size, rows: size },
  notice: { kind: text },
  stats: { cpu: orNull(count), memory: orNull(count), pids: orNull(count) },
  pong: { t: number },
  ended: { reason: text, status: orNull(whole), text },
  error: { code: count, message: text, reference: text },
};

/** @type {Record<string, Shape>} */
const NOTICES = {
  idle: { seconds: count }, lifetime: { seconds: count }, directory: { seconds: count }, oom: { killed: count },
  gap: {}, restart: {}, unrecorded: {}, watched: { by: texts, before: looks },
};

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {Record<string, unknown>} value @param {Shape} shape */
function fits(value, shape) {
  return Object.entries(shape).every(([key, check]) => Object.hasOwn(value, key) && check(value[key]));
}

/** @param {Record<string, Shape>} shapes @param {unknown} name @returns {Shape | undefined} */
function shapeOf(shapes, name) {
  return typeof name === 'string' && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
}

/**
 * Reads a text message of the daemon. `null` for a type, or a kind of notice, that this build does not know: a page may
 * be older than the daemon that came back after an upgrade. Unknown fields are ignored for the same reason.
 * @param {string} message
 * @returns {ToClient | null}
 * @throws {BadFrame} if it is no frame, or a known one with a field missing or wrong.
 */
export function parse(message) {
  let frame;
  try {
    frame = JSON.parse(message);
  } catch {
    throw new BadFrame('not JSON');
  }
  if (!isObject(frame) || typeof frame.type !== 'string') throw new BadFrame('no type');
  const shape = shapeOf(TO_CLIENT, frame.type);
  if (!shape) return null;
  if (!fits(frame, shape)) throw new BadFrame(`a field of ${frame.type} is missing or wrong`);
  if (frame.type === 'notice') {
    const notice = shapeOf(NOTICES, frame.kind);
    if (!notice) return null;
    if (!fits(frame, notice)) throw new BadFrame(`a field of notice ${frame.kind} is missing or wrong`);
  }
  return /** @type {ToClient} */ (/** @type {unknown} */ (frame));
}

/**
 * Writes a text message to the daemon, which refuses unknown fields: so does this.
 * @param {FromClient} frame
 * @returns {string}
 * @throws {BadFrame} if it is none.
 */
export function encode(frame) {
  const shape = shapeOf(FROM_CLIENT, frame.type);
  if (!shape || !fits(frame, shape) || Object.keys(frame).length !== Object.keys(shape).length + 1) {
    throw new BadFrame(`not a frame of ours: ${frame.type}`);
  }
  return JSON.stringify(frame);
}
