#!/bin/sh
# Checks the web side: the vendored emulator against its sources, the types of our own modules, and their unit tests.
# Tools come from target/npm/node_modules, which `npm ci` fills from tests/browser/package-lock.json. Needs no network.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools=$root/target/npm/node_modules/.bin
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# check NAME COMMAND…: one line for a success, the whole output for a failure
check() {
  name=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "not ok  $name"
    sed 's/^/        /' "$work/out"
  fi
}

same_modules() {
  ESBUILD=$tools/esbuild "$root/web/vendor/build.sh" "$work/built" || return 1
  for built in "$work"/built/*; do
    cmp "$built" "$root/web/vendor/$(basename "$built")" || return 1
  done
  for served in "$root"/web/vendor/*.mjs "$root"/web/vendor/*.css; do
    [ -e "$work/built/$(basename "$served")" ] || { echo "$served is not made by build.sh"; return 1; }
  done
}

same_sums() {
  "$root/web/vendor/sums.sh" >"$work/sums" && diff -u "$root/web/vendor/SHA256SUMS" "$work/sums"
}

# The compiler must also be able to fail: a module with a type error is refused.
types_can_fail() {
  mkdir "$work/wrong" || return 1
  echo "import { Acks } from '$root/web/ack.js'; new Acks(1);" >"$work/wrong/wrong.js"
  ! "$tools/tsc" --allowJs --checkJs --strict --noEmit --ignoreConfig --target es2022 --module esnext \
    --moduleResolution bundler "$work/wrong/wrong.js" >"$work/types" 2>&1 && grep -q TS2345 "$work/types"
}

for tool in esbuild tsc; do
  [ -x "$tools/$tool" ] || { echo "$tools/$tool is missing: run npm ci as the Makefile does"; echo "0 passed, 1 failed"; exit 1; }
done

check 'the served emulator is rebuilt byte by byte from its committed sources' same_modules
check 'no vendored file differs from SHA256SUMS' same_sums
check 'the types of our modules are right' "$tools/tsc" -p "$root/web"
check 'a wrong type is found' types_can_fail
for file in "$root"/tests/browser/unit/*.test.mjs; do
  check "unit tests in $(basename "$file")" node --test "$file"
done
for file in "$root"/tests/browser/*.mjs "$root"/tests/browser/*/*.mjs; do
  check "node can read ${file#"$root"/}" node --check "$file"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
