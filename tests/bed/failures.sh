#!/usr/bin/env bash
# failures.sh LOG: what the failed tests of one ring said, from its output: cargo's `failures:` without backtraces, the
# lines around `not ok` and `FAIL`; of a ring that names no failed test, its last lines.
# failures.sh --names LOG: the names alone, and where each of them panicked.
set -euo pipefail

names=0
[ "$1" != --names ] || { names=1; shift; }
awk -v names="$names" '
  /^ +[0-9]+: / || /^ +at / { next } # backtraces
  { line[++last] = $0 }
  /^failures:$/ { inside = 1 }
  inside { want[last] = 1; found = 1 }
  /^test result: / { inside = 0 }
  /^(not ok|FAIL)/ { for (i = last - 25; i <= last + 12; i++) want[i] = 1; found = 1 }
  /^(not ok|FAIL)/ || /^test .* \.\.\. FAILED$/ || panicked > 0 { name[++failed] = $0 }
  { panicked-- }
  / panicked at / { name[++failed] = $0; panicked = 3 } # and why, in the next lines
  END {
    if (names) {
      for (i = 1; i <= failed && i <= 40; i++) print substr(name[i], 1, 250)
      exit
    }
    if (!found) for (i = last - 40; i <= last; i++) want[i] = 1
    for (i = 1; i <= last; i++) {
      if (!(i in want)) continue
      if (i > 1 && !(i - 1 in want)) print "…"
      print substr(line[i], 1, 400)
      if (++printed == 120) { print "…"; exit }
    }
  }' "$1"
