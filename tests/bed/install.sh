#!/usr/bin/env bash
# install.sh MACHINE IMAGE: coracle for the machine's user tester, as an administrator without root would set it up:
# what `make install` puts there, a configuration, one account (demo) and real socket activation. /usr/bin/coracle is there already.
#
# Prints three assignments for `eval`: URL, LOGIN and PASSWORD (random, kept nowhere but in coracle's users file, hashed).
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

FIRST_PORT=8080
LAST_PORT=8179
WAKE_LIMIT=20 # s for the first answer, which starts the daemon; 0.2 but where processors are emulated

machine=$1 image=$2
tester() { "$OPERATE" user "$machine" "$@"; }

put_config() {
  # shellcheck disable=SC2016
  tester sh -euc '
    umask 077
    mkdir -p "$HOME/.config/coracle" "$HOME/.config/systemd/user/coracle.socket.d"
    cat >"$HOME/.config/coracle/config.toml"' <<<"$(config_for "$image" "$controllers")"
  # shellcheck disable=SC2016
  tester sh -euc 'cat >"$HOME/.config/systemd/user/coracle.socket.d/port.conf"' <<END
[Socket]
ListenStream=
ListenStream=127.0.0.1:$port
END
}

wait_for_answer() {
  local answer
  # A connection waits in the socket's queue while the daemon wakes, so one long try is enough.
  if ! answer=$(curl --noproxy "*" --silent --show-error --fail --max-time "$WAKE_LIMIT" "$1/healthz" 2>&1); then
    say "coracle does not answer at $1: $answer; what its journal says:"
    "$OPERATE" journal "$machine" >&2
    exit 1
  fi
}

# `make install`, but for the program, which binary.sh has chosen for this machine.
put_files() {
  local stage
  stage=$(mktemp -d)
  DESTDIR=$stage PREFIX=/usr BINARY=- "$SOURCE/packaging/install.sh"
  tar -C "$stage" --create --owner=0 --group=0 . | "$OPERATE" run "$machine" tar --extract --no-overwrite-dir --directory=/
  rm -rf "$stage"
}

put_files
port=$(free_port "$FIRST_PORT" "$LAST_PORT")
# A machine of machine.sh shares the network of its host.
[ "$OPERATE" = "$BED/machine.sh" ] || "$OPERATE" forward "$machine" "$port"
password=$(new_password)
controllers=$("$OPERATE" run "$machine" cat /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers)
put_config
tester coracle passwd demo <<<"$password" >&2
tester systemctl --user daemon-reload
tester systemctl --quiet --user enable --now coracle.socket coracle-control.socket
wait_for_answer "http://127.0.0.1:$port"
printf 'URL=http://127.0.0.1:%s\nLOGIN=demo\nPASSWORD=%s\n' "$port" "$password"
