// Writes table.rs: how wide each code point is and how it breaks from its neighbours, as the vendored grapheme add-on
// says. Run it after web/vendor has changed: node src/screen/width/generate.mjs > src/screen/width/table.rs

import { UnicodeGraphemesAddon } from '../../../web/vendor/addon-unicode-graphemes.mjs';

const providers = {};
const unicode = { activeVersion: '', register: (provider) => { providers[provider.version] = provider; } };
new UnicodeGraphemesAddon().activate({ unicode });
const provider = providers[unicode.activeVersion];

// Without a character before it, a code point's properties are its own: kind of break, width, and that it does not join.
const properties = (code) => {
  const value = provider.charProperties(code, 0);
  return [(value >> 3) & 0xf, (value >> 1) & 3];
};
const runs = [];
for (let code = 0; code <= 0x10ffff; code += 1) {
  const [kind, width] = properties(code);
  const last = runs.at(-1);
  if (last?.kind !== kind || last.width !== width) runs.push({ code, kind, width });
}
const lines = [];
for (let at = 0; at < runs.length; at += 8) {
  lines.push(`    ${runs.slice(at, at + 8).map(({ code, kind, width }) => `0x${(code * 64 + kind * 4 + width).toString(16)}`).join(', ')},`);
}
console.log(`// Written by generate.mjs from the grapheme add-on in web/vendor, version ${unicode.activeVersion}. Derived from the Unicode
// Character Database, copyright (c) Unicode, Inc., Unicode-3.0.

/// Where runs of code points with the same properties begin: the first code point times 64, the kind of break times 4, the
/// width.
#[rustfmt::skip]
pub(super) const RUNS: [u32; ${runs.length}] = [
${lines.join('\n')}
];`);
