// What the page's own emulator makes of a stream, for src/screen/judge.rs. Reads cases from stdin, one JSON object a line:
//
//   {cols, rows, before: [op…], snapshot, after: [op…]}    an op is bytes in hexadecimal or a size [cols, rows]
//
// and answers each with one line: what the emulator knows after `before`, then how one that was given the snapshot differs
// from it, and how the two differ once both have read `after`.

import { createInterface } from 'node:readline';

import { UnicodeGraphemesAddon } from '../../web/vendor/addon-unicode-graphemes.mjs';
import { Terminal } from '../../web/vendor/xterm.mjs';

const SCROLLBACK = 1000;
const EXTENDED = 0x10000000, UNDERLINE = 0x10000000, KIND = 0x3000000, COLOUR = 0x3ffffff, RGB = 0x3000000;
const SLOTS = 256;

// The emulator says of what it could not bear that it could not, at length.
console.error = () => {};
console.warn = () => {};

const charsetNames = new Map([[undefined, 'B']]);
{
  const { core } = open(80, 24);
  for (const name of '0A4C5RQKYE6ZH7=') {
    core.writeSync(`\x1b(${name}`);
    const set = core._charsetService.charset;
    if (!charsetNames.has(set)) charsetNames.set(set, name);
  }
}

function open(cols, rows) {
  const term = new Terminal({ cols, rows, scrollback: SCROLLBACK, allowProposedApi: true });
  term.loadAddon(new UnicodeGraphemesAddon());
  const core = term._core;
  const seen = { term, core, title: '', palette: new Map(), links: new Map(), answers: 0 };
  // Where the focus is, it tells as soon as it is asked to: the page keeps that to itself while a snapshot is read.
  term.onData((data) => { if (!/^\x1b\[[IO]$/.test(data)) seen.answers += 1; });
  term.onBinary(() => { seen.answers += 1; });
  term.onTitleChange((title) => { seen.title = title; });
  core._inputHandler.onColor((events) => events.forEach((event) => colour(seen, event)));
  // The emulator forgets a link with the line it began in, although cells may still name it.
  const service = core._oscLinkService;
  const register = service.registerLink.bind(service);
  service.registerLink = (data) => {
    const id = register(data);
    seen.links.set(id, `${data.id ?? ''};${data.uri}`);
    return id;
  };
  return seen;
}

function colour(seen, { type, index, color }) {
  if (type === 1) seen.palette.set(index, color.join());
  else if (type === 2 && index === undefined) {
    for (const slot of seen.palette.keys()) if (slot < SLOTS) seen.palette.delete(slot);
  } else if (type === 2) seen.palette.delete(index);
  else seen.answers += 1; // a question: with a page around it, it would be answered
}

function play(seen, ops) {
  for (const op of ops) {
    if (Array.isArray(op)) {
      seen.term.resize(...op);
      // Made smaller while it is not shown, the alternate buffer would keep room for rows above the screen.
      const { active, alt } = seen.core._bufferService.buffers;
      if (active !== alt) alt.lines.maxLength = op[1];
    } else seen.core.writeSync(Buffer.from(op, 'hex'));
  }
}

// --- what it knows, as text ------------------------------------------------------------------------------------------

function plainColour(value) {
  const kind = value & KIND;
  if (kind === 0) return 0;
  return kind === RGB ? value & COLOUR : value & (KIND | 0xff);
}

function words(seen, fg, bg, extended) {
  const has = (bg & EXTENDED) !== 0 && extended !== undefined;
  let style = has ? (extended._ext >>> 26) & 7 : 0;
  if (style === 0 && (fg & UNDERLINE) !== 0) style = 1;
  const line = has && style !== 0 ? plainColour(extended._ext) : 0;
  const link = has && extended._urlId ? seen.links.get(extended._urlId) : '';
  const word = (value, without) => (((value & ~COLOUR & ~without) | plainColour(value)) >>> 0).toString(16);
  return `{${word(fg, UNDERLINE)} ${word(bg, EXTENDED)} ${style} ${line.toString(16)} ${link}}`;
}

function line(seen, row, cols) {
  let text = row.isWrapped ? '>' : ' ';
  let style = '{0 0 0 0 }';
  let kept = 1;
  for (let at = 0; at < cols; at += 1) {
    const now = words(seen, row.getFg(at), row.getBg(at), row._extendedAttrs[at]);
    if (now !== style) text += now;
    style = now;
    const width = row.getWidth(at);
    const string = row.getString(at);
    text += string || (width === 0 ? '\u0001' : '\u0002');
    if (width !== 1 && (string || width !== 0)) text += `\u0003${width}`;
    if (string || width !== 1 || style !== '{0 0 0 0 }') kept = text.length;
  }
  return text.slice(0, kept);
}

function buffer(seen, buffer, cols, rows) {
  const tabs = Object.keys(buffer.tabs).filter((tab) => Number(tab) < cols && Number(tab) >= 0);
  const { fg, bg } = buffer.savedCurAttrData;
  const saved = Math.min(Math.max(buffer.savedY - buffer.ybase, 0), rows - 1);
  const lines = [
    `region ${buffer.scrollTop} ${buffer.scrollBottom}`,
    `tabs ${tabs.join(' ')}`,
    `saved ${Math.min(buffer.savedX, cols - 1)} ${saved} ${words(seen, fg, bg & ~EXTENDED)} ${charsetNames.get(buffer.savedCharset)}`,
    `above ${buffer.ybase}`,
  ];
  for (let at = 0; at < buffer.lines.length; at += 1) lines.push(line(seen, buffer.lines.get(at), cols));
  return lines;
}

function dump(seen) {
  const { term, core } = seen;
  const { cols, rows } = term;
  const { buffers } = core._bufferService;
  const { modes, decPrivateModes: dec } = core.coreService;
  const { activeProtocol, activeEncoding } = core.coreMouseService;
  const { glevel, charset, _charsets } = core._charsetService;
  const join = core._inputHandler._parser.precedingJoinState;
  const pen = core._inputHandler._curAttrData;
  const flags = [
    ['cursor keys', dec.applicationCursorKeys], ['keypad', dec.applicationKeypad], ['paste', dec.bracketedPasteMode],
    ['focus', dec.sendFocus], ['origin', dec.origin], ['wrap', dec.wraparound], ['reverse wrap', dec.reverseWraparound],
    ['insert', modes.insertMode], ['newline', core.optionsService.rawOptions.convertEol],
    ['blink', core.optionsService.rawOptions.cursorBlink], ['hidden', core.coreService.isCursorHidden],
  ].filter(([, on]) => on).map(([name]) => name);
  return [
    `size ${cols} ${rows}`,
    `cursor ${buffers.active.x} ${buffers.active.y}`,
    `title ${JSON.stringify(seen.title)}`,
    `modes ${flags.join(', ')}`,
    `mouse ${activeProtocol} ${activeEncoding}`,
    `shape ${dec.cursorStyle ?? 'own'} ${dec.cursorBlink ?? 'own'}`,
    `charsets ${[0, 1, 2, 3].map((level) => charsetNames.get(_charsets[level])).join('')} ${glevel} ${charsetNames.get(charset)}`,
    `pen ${words(seen, pen.fg, pen.bg, pen.extended)}`,
    `printed ${join === 0 ? 'nothing' : `${(join >> 3) & 0xf} ${(join >> 1) & 3}`}`,
    `palette ${[...seen.palette].sort(([a], [b]) => a - b).map(([slot, value]) => `${slot}=${value}`).join(' ')}`,
    'main', ...buffer(seen, buffers.normal, cols, rows),
    ...(buffers.active === buffers.alt ? ['alternate', ...buffer(seen, buffers.alt, cols, rows)] : []),
  ];
}

/** What a person sees: the rows and the cursor. A half without its wide character is seen as little as a blank. */
function visible(seen) {
  const { cols, rows } = seen.term;
  const { active } = seen.core._bufferService.buffers;
  const lines = [`${Math.min(active.x, cols - 1)} ${active.y}`];
  for (let at = 0; at < rows; at += 1) lines.push(line(seen, active.lines.get(active.ybase + at), cols).slice(1));
  return lines.join('\n').replace(/(?<!\u00032)\u0001/gu, '\u0002');
}

/** The first lines that differ, or null. */
function difference(a, b) {
  const found = [];
  for (let at = 0; at < Math.max(a.length, b.length) && found.length < 3; at += 1) {
    if (a[at] !== b[at]) found.push(`line ${at}: ${JSON.stringify(a[at] ?? null)} became ${JSON.stringify(b[at] ?? null)}`);
  }
  return found.length === 0 ? null : found.join('\n');
}

// --- cases -----------------------------------------------------------------------------------------------------------

function judge({ cols, rows, before, snapshot, after }) {
  const told = open(cols, rows);
  try {
    play(told, before);
  } catch (fault) {
    return { fault: String(fault) };
  }
  const known = dump(told);
  const restored = open(told.term.cols, told.term.rows);
  play(restored, [snapshot]);
  const verdict = {
    dump: known.join('\n'),
    restored: difference(known, dump(restored)),
    seen: visible(told) === visible(restored),
    answers: restored.answers,
    continued: null,
  };
  try {
    play(told, after);
  } catch {
    return verdict; // the stream is one that the emulator cannot bear
  }
  play(restored, after);
  verdict.continued = difference(dump(told), dump(restored));
  return verdict;
}

for await (const input of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(judge(JSON.parse(input)))}\n`);
}
