#!/usr/bin/env bash
# demo_test.sh MACHINE IMAGE: `make demo` as the user of a host that systemd has booted, which is what the machine's tester
# is. The program is at /usr/bin/coracle inside, the image is loaded, the browser is this host's (the network is shared).
#
# Ends with `N passed, N failed`.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/facts.sh
. "$BED/facts.sh"

READY_LIMIT=120   # s for a demo to serve; measured 3
END_LIMIT=60      # s for a demo to be gone after Ctrl-C; measured 1
BROWSER_LIMIT=240 # s

machine=$1 image=$2
load "$machine"
OUTPUT=$(mktemp -d)
trap 'rm -rf "$OUTPUT"' EXIT
PASSED=0 FAILED=0

tester() { "$BED/machine.sh" user "$machine" "$@"; }
# Of tester's user manager, without starting a service for it.
manager() { "$BED/machine.sh" run "$machine" systemctl -M tester@ --user "$@"; }

passes() {
  echo "ok: $1"
  PASSED=$((PASSED + 1))
}
# fails SENTENCE WHAT-WAS-SEEN
fails() {
  printf 'FAILED: %s; seen:\n%s\n' "$1" "$2"
  FAILED=$((FAILED + 1))
}
# same SENTENCE EXPECTED SEEN
same() { if [ "$2" = "$3" ]; then passes "$1"; else fails "$1" "$(diff <(echo "$2") <(echo "$3"))"; fi; }
# settles SENTENCE TRACES: they are as in $before, or soon: the scope that Podman 4.3 makes for each command outlives it.
settles() {
  within "$END_LIMIT" as_before "$2" || true
  same "$1" "$before" "$("$2")"
}
as_before() { [ "$("$1")" = "$before" ]; }
# starts_from TRACES: sets $before to them, once they stay: of the commands before, a scope may outlive them here, too.
starts_from() {
  local traces=$1
  before=$("$traces")
  within "$END_LIMIT" stays "$traces" || die "what runs in $machine changes all the time: $before"
}
stays() {
  local last=$before
  sleep 1 # between two looks
  before=$("$1")
  [ "$before" = "$last" ]
}
# says SENTENCE FILE PATTERN
says() { if grep -q "$3" "$2"; then passes "$1"; else fails "$1" "$(cat "$2")"; fi; }

# What of Coracle and Podman is there: units, processes, containers' names, files. No question to Podman among them,
# since each brings its service and its pause process.
traces() {
  manager list-units --all --plain --no-legend 'coracle*' 'libpod*' 'podman*' | awk '{ print $1, $3 }' | sort
  "$BED/machine.sh" run "$machine" pgrep -u tester -a -f 'conmon|coracle|catatonit|podman' | sort || true
  "$BED/machine.sh" run "$machine" sh -c 'cd /run/user/1000 && find . -name "*coracle*" -o -path ./systemd/user; find /home/tester -name "*coracle*"' | sort
}

# demo OUTPUT VARIABLE=VALUE...: starts it in the background of the machine as the unit demo-test.
demo() {
  local output=$1
  shift
  "$BED/machine.sh" run "$machine" systemd-run --user -M tester@ --unit=demo-test --wait --collect --pipe --quiet -- \
    env CORACLE_BIN=/usr/bin/coracle IMAGE="$image" "$@" /home/tester/tree/tests/bed/demo.sh </dev/null >"$output" 2>&1 &
  DEMO=$!
}
serves() { grep -qs 'Ctrl-C ends it' "$1" || ! kill -0 "$DEMO" 2>/dev/null; }
has_ended() { ! kill -0 "$DEMO" 2>/dev/null; }

# Sends what Ctrl-C sends; sets STATUS to the demo's.
interrupt() {
  manager kill --signal=INT --kill-whom=main demo-test.service
  within "$END_LIMIT" has_ended || manager kill --signal=KILL demo-test.service
  STATUS=0
  wait "$DEMO" || STATUS=$?
}

bystander_runs() { tester podman ps --format '{{.Names}}' | grep -q bystander; }
podman_is_gone() { ! "$BED/machine.sh" run "$machine" pgrep -u tester -x 'podman|catat.*' >/dev/null; }

# --- the tree, as a clone would be ---

tar -C "$SOURCE" -c tests/bed units | tester sh -euc 'rm -rf tree && mkdir tree && tar -C tree -x'

# --- a host where nothing of Podman runs ---

manager stop podman.socket podman.service
tester podman system migrate
within "$END_LIMIT" podman_is_gone || die "Podman's processes stay in $machine: podman system migrate ended none"
starts_from traces
demo "$OUTPUT/first"
within "$READY_LIMIT" serves "$OUTPUT/first" || true
says "it runs as the user on this host, and says so" "$OUTPUT/first" '^Runs as tester on this host'
says "it names what its image lacks, and only that" "$OUTPUT/first" '^This image lacks vim tmux htop git python3 gcc gdb strace node;'
interrupt
same "Ctrl-C is an end like any other" 0 "$STATUS"
says "it looks whether anything is left" "$OUTPUT/first" '^Nothing is left'
settles "nothing of it is left on a host without Podman's processes" traces

# --- a host in use ---

manager start podman.socket
"$BED/machine.sh" run "$machine" systemd-run --user -M tester@ --unit=bystander --collect --quiet -- \
  podman run --rm --name bystander --network=none "$image" sleep 1000
within "$READY_LIMIT" bystander_runs || die "the other container did not start in $machine"
bystander=$(tester podman inspect --format '{{.State.Pid}} {{.State.Status}}' bystander)
tester sh -euc 'mkdir -p ~/.config/coracle && echo mine >~/.config/coracle/config.toml'
# Podman's service comes and goes by itself where its socket is open.
lasting_traces() { traces | grep -v -e '^podman.service ' -e ' system service'; }
starts_from lasting_traces
demo "$OUTPUT/second"
within "$READY_LIMIT" serves "$OUTPUT/second" || true
url=$(grep -o 'http://127.0.0.1:[0-9]*' "$OUTPUT/second" | head -n 1)
password=$(sed -n 's/^ *password *//p' "$OUTPUT/second")
if CORACLE_URL=$url CORACLE_USER=demo CORACLE_PASSWORD=$password timeout "$BROWSER_LIMIT" \
  node "$SOURCE/tests/browser/check.mjs" >"$OUTPUT/browser" 2>&1; then
  passes "a browser logs in and finds a shell"
else
  fails "a browser logs in and finds a shell" "$(cat "$OUTPUT/browser" "$OUTPUT/second")"
fi
tester env GROUND=host CORACLE_BIN=/usr/bin/coracle tree/tests/bed/demo.sh >"$OUTPUT/other" 2>&1 || true
says "a second one is refused with the reason" "$OUTPUT/other" 'another Coracle serves tester'
interrupt
same "Ctrl-C is an end like any other" 0 "$STATUS"
says "it looks whether anything is left" "$OUTPUT/second" '^Nothing is left'
settles "what was there is as it was, and nothing else is there" lasting_traces
same "another container runs on" "$bystander" "$(tester podman inspect --format '{{.State.Pid}} {{.State.Status}}' bystander)"
tester podman rm --force --time 0 bystander >/dev/null
same "the user's own configuration is untouched" mine "$(tester cat .config/coracle/config.toml)"

echo "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
