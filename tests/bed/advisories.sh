#!/usr/bin/env bash
# advisories.sh: `make advisories`. Compares the crates with the RustSec database, says how old that is, and fails where
# there is none: a check that had nothing to compare with has not passed.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/preconditions.sh
. "$BED/preconditions.sh"

FETCH_LIMIT=120 # s
FETCH_LOG=$SOURCE/target/advisories-fetch.log

deny() { PATH=$TOOLS/bin:$PATH cargo deny "$@"; }

cd "$SOURCE"
check_preconditions
provide lint
provide_cargo_deny
mkdir -p target
cargo fetch --locked --quiet
fetched=yes
GIT_TERMINAL_PROMPT=0 PATH=$TOOLS/bin:$PATH timeout "$FETCH_LIMIT" \
  cargo deny --config packaging/deny.toml fetch db >"$FETCH_LOG" 2>&1 </dev/null || fetched=no

database=$(find "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" -mindepth 1 -maxdepth 1 -type d -name 'advisory-db-*' 2>/dev/null | head -n 1)
if [ -z "$database" ] || ! head=$(git -C "$database" log -1 --format='%h of %cs' 2>/dev/null); then
  die "no advisory database: there is no earlier copy, and none could be fetched ($(grep -m 1 '^fatal' "$FETCH_LOG" || echo "no answer within $FETCH_LIMIT s")); run this where github.com is reachable"
fi
if [ "$fetched" = yes ]; then
  echo "advisory database: commit $head, fetched just now"
else
  age=$((($(date +%s) - $(git -C "$database" log -1 --format=%ct)) / 86400))
  echo "advisory database: commit $head, $age days old; it could not be fetched now, so newer advisories are unknown"
fi
deny --offline --config packaging/deny.toml check advisories
