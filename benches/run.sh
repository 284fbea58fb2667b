#!/usr/bin/env bash
# run.sh: `make bench`. Installs what is missing, boots a machine, puts the release binary into it as an administrator would,
# and ttyd beside it; then measures inside. RESULTS.md and plot.svg beside this file are written anew.
#
# Exits with 0 if every goal was met, 1 if one was missed, 2 or more if nothing could be measured.
#
#   SUITE=trixie       the machine's Debian release
#   ROUNDS, KEYS, MEGABYTES, SESSIONS   how much is measured; see below
#   RESULTS=DIRECTORY  where the two files go instead
#   CORACLE_BIN=FILE   this program instead of building one
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/../tests/bed/ground.sh"
# shellcheck source=tests/bed/preconditions.sh
. "$BED/preconditions.sh"
# shellcheck source=tests/bed/binary.sh
. "$BED/binary.sh"

SUITE=${SUITE:-trixie}
ROUNDS=${ROUNDS:-5}        # everything is measured so often, in turn
KEYS=${KEYS:-600}          # keystrokes of each in a round
MEGABYTES=${MEGABYTES:-50} # output of each in a round
SESSIONS=${SESSIONS:-300}  # the largest crowd: 10, 100, 300
RESULTS=${RESULTS:-$SOURCE/benches}

LIMIT=3600        # s for all that is measured; 600 where nobody else is at work
MACHINE=bench-$$
IMAGE=localhost/coracle-bed:session
CROWD_IMAGE=localhost/coracle-bed:busybox
RANGES=302        # ranges of 65,536 ids for the machine's account: one for each session of the crowd, its own and a spare
PREPARED=12       # ranges with their copy of the image: more than sessions of it at once
TTYD_ROOT=/opt/ttyd

put_ttyd() {
  local tar
  tar=$("$SOURCE/benches/ttyd_root.sh")
  "$BED/machine.sh" run "$MACHINE" mkdir -p "$TTYD_ROOT"
  "$BED/machine.sh" run "$MACHINE" tar --extract --directory="$TTYD_ROOT" <"$tar"
  # It looks for the plugin of its event loop here alone.
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" run "$MACHINE" sh -euc 'cd "$1"; for plugin in usr/lib/*/libwebsockets-evlib_uv.so; do ln -s "$PWD/$plugin" "/$plugin"; done' _ "$TTYD_ROOT"
  "$BED/machine.sh" put "$MACHINE" "$SOURCE/benches/ttyd.sh" /usr/lib/coracle/ttyd 755
}

# More ids than a test needs, before Podman has used any; then the account's images.
prepare_account() {
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" run "$MACHINE" sh -euc 'for file in /etc/subuid /etc/subgid; do echo "tester:1000000:$1" >"$file"; done' _ $((RANGES * 65536))
  "$BED/machine.sh" user "$MACHINE" podman system migrate
  "$BED/machine.sh" image "$MACHINE" "$("$BED/image.sh" session)" "$IMAGE" >/dev/null
  "$BED/machine.sh" image "$MACHINE" "$("$BED/image.sh" busybox)" "$CROWD_IMAGE" >/dev/null
}

put_coracle() {
  if [ -n "${CORACLE_BIN-}" ]; then
    starts_in "$MACHINE" "$CORACLE_BIN" /usr/bin/coracle --version || die "$CORACLE_BIN does not start in $MACHINE"
  else
    binary_for "$MACHINE" release >/dev/null
  fi
}

# One person may have the whole crowd, and no session is the first on its range of ids.
room_for_a_crowd() {
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" user "$MACHINE" sh -euc '
    mkdir -p "$HOME/.config/coracle/config.d"
    cat >"$HOME/.config/coracle/config.d/bench.toml"
    coracle prepare --profile shell --slots "$1" >/dev/null
    coracle prepare --profile crowd --slots "$2" >/dev/null
    systemctl --user stop coracle.service' _ "$PREPARED" "$SESSIONS" <<END
[sessions]
max = 301
per_user = 301
starts_per_minute = 600
log_budget = "1g"
copies_ahead = 0
[[profiles]]
name = "crowd"
image = "$CROWD_IMAGE"
pull = "never"
command = ["/bin/sh"]
END
}

# The account's daemon once more, on a port of its own, without conmon's sockets: terminals come over Podman's API. A unit of the
# system, since a user manager cannot hide a directory without a user namespace. One of the two is awake at a time.
hide_conmon() {
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" run "$MACHINE" sh -euc '
    printf "[Socket]\nListenStream=127.0.0.1:%s\nFileDescriptorName=http\nNoDelay=yes\n" "$1" >/etc/systemd/system/coracle-stream.socket
    cat >/etc/systemd/system/coracle-stream.service
    systemctl daemon-reload
    systemctl start coracle-stream.socket' _ "$1" <<'END'
[Service]
Type=notify
User=tester
Environment=XDG_RUNTIME_DIR=/run/user/1000 RUNTIME_DIRECTORY=/run/user/1000/coracle STATE_DIRECTORY=/home/tester/.local/state/coracle
ExecStart=/usr/bin/coracle serve --config /home/tester/.config/coracle/config.toml
InaccessiblePaths=/home/tester/.local/share/containers/storage/overlay-containers
FileDescriptorStoreMax=64
LogRateLimitIntervalSec=0
END
}
# Whether that was so.
came_over_the_api() {
  local told
  told=$("$BED/machine.sh" run "$MACHINE" journalctl --quiet --unit=coracle-stream.service --output=verbose)
  [[ $told == *attach=api* ]]
}

crates() { cargo tree --locked --edges normal --prefix none --format '{p}' | sed 's/ (\*)$//' | sort -u | grep -vc '^coracle '; }

measure() {
  local facts ttyd stream status=0
  facts=$("$BED/install.sh" "$MACHINE" "$IMAGE")
  eval "$facts"
  stream=$(free_port 8180 8279)
  hide_conmon "$stream"
  room_for_a_crowd
  ttyd=$("$BED/machine.sh" user "$MACHINE" /usr/lib/coracle/ttyd --version)
  "$BED/machine.sh" user "$MACHINE" mkdir -p /home/tester/bench
  # shellcheck disable=SC2153  # URL, LOGIN and PASSWORD are install.sh's
  timeout --kill-after=10 "$LIMIT" "$BED/machine.sh" user "$MACHINE" env BENCH_PORT="${URL##*:}" BENCH_STREAM_PORT="$stream" BENCH_USER="$LOGIN" BENCH_PASSWORD="$PASSWORD" \
    BENCH_IMAGE="$IMAGE" BENCH_TTYD=/usr/lib/coracle/ttyd BENCH_TTYD_VERSION="$ttyd, Debian sid" \
    BENCH_ROUNDS="$ROUNDS" BENCH_KEYS="$KEYS" BENCH_MEGABYTES="$MEGABYTES" BENCH_SESSIONS="$SESSIONS" \
    BENCH_AMOUNT="ROUNDS=$ROUNDS KEYS=$KEYS MEGABYTES=$MEGABYTES SESSIONS=$SESSIONS SUITE=$SUITE" \
    BENCH_CRATES="$(crates)" BENCH_DATE="$(date --utc +%Y-%m-%d)" BENCH_RUST="$(rustc --version)" \
    BENCH_COMMIT="$(git -C "$SOURCE" describe --always --dirty 2>/dev/null || echo 'no git')" \
    BENCH_RESULTS=/home/tester/bench /usr/lib/coracle/bench || status=$?
  [ "$status" -gt 1 ] || came_over_the_api || die "the daemon without conmon's sockets found them"
  return "$status"
}

# Each session has a keyring, and the kernel gives one user 200 keys. The bounds are the whole host's: `leave` sets them back.
declare -A BOUNDS_BEFORE=()
raise_keys() {
  local bound
  for bound in maxkeys maxbytes; do
    BOUNDS_BEFORE[$bound]=$(cat "/proc/sys/kernel/keys/$bound")
    [ "${BOUNDS_BEFORE[$bound]}" -ge "$1" ] || as_root sysctl --quiet --write "kernel.keys.$bound=$1"
    shift
  done
}

leave() {
  local status=$? bound
  trap '' INT TERM HUP
  trap - EXIT
  hurry
  for bound in "${!BOUNDS_BEFORE[@]}"; do as_root sysctl --quiet --write "kernel.keys.$bound=${BOUNDS_BEFORE[$bound]}"; done
  as_root "$BED/machine.sh" down "$MACHINE" || status=2
  exit "$status"
}

# --- in order --------------------------------------------------------------------------------------------------------

cd "$SOURCE"
check_preconditions
as_root "$BED/machine.sh" able
provide build image bed
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
raise_keys $((RANGES + 100)) $(((RANGES + 100) * 100))
OWNER=$$ patiently "$BED/machine.sh" up "$MACHINE" "$SUITE" >/dev/null
prepare_account
# Before the bench, whose build makes the program anew with the tests' features.
put_coracle
made_for "$MACHINE" /usr/lib/coracle/bench --version bench --bench bench --no-run >/dev/null
put_ttyd
status=0
measure || status=$?
if [ "$status" -gt 1 ]; then
  "$BED/machine.sh" journal "$MACHINE" >&2
  exit "$status" # there is no table
fi
for file in RESULTS.md plot.svg; do
  "$BED/machine.sh" run "$MACHINE" cat "/home/tester/bench/$file" >"$RESULTS/$file.new" && mv "$RESULTS/$file.new" "$RESULTS/$file"
done
(exit "$status")
