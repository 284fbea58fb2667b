#!/usr/bin/env bash
# tally.sh STATUS [LOG]: prints "PASSED FAILED SKIPPED" of one ring, from its output and the status that it ended with.
#
# Counted are the lines `test result: ...` of cargo (an ignored test is a skipped one, unless IGNORED=later says that
# another ring runs it), `N passed, N failed` at the start of a line, and `skipped: what was missing`, which a test prints
# that passes without having tested. Where CI=true a skipped test is a failed one. A ring that fails without a failed
# test, or ends well without any count, is one failure.
set -euo pipefail

status=$1
awk -v status="$status" -v ci="${CI-}" -v later="${IGNORED-}" '
  /^test result: / {
    for (i = 2; i <= NF; i++) {
      if ($i == "passed;") { passed += $(i - 1); counted = 1 }
      if ($i == "failed;") failed += $(i - 1)
      if ($i == "ignored;" && later != "later") ignored += $(i - 1)
    }
  }
  /^[0-9]+ passed, [0-9]+ failed/ { passed += $1; failed += $3; counted = 1 }
  /^skipped: / { skipped++ }
  END {
    passed = passed > skipped ? passed - skipped : 0
    skipped += ignored
    if (ci == "true") failed += skipped
    if ((status != 0 && !failed) || (!counted && !skipped)) failed++
    print passed + 0, failed + 0, skipped + 0
  }' "${2:--}"
