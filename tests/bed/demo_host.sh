# The demo as the caller, on a host that was booted by systemd, with the caller's own Podman; sourced by demo.sh.
#
# Everything of it carries the name coracle-demo-PID: three units in the runtime directory, which a reboot would empty
# too, and one directory beside them with configuration, state and sockets. Other containers, ~/.config/coracle and
# images that were there are not touched; podman.socket and Podman's pause process are left as they were found.
# shellcheck shell=bash
# shellcheck source=tests/bed/facts.sh
. "$BED/facts.sh"

OLDEST_PODMAN=4.3
IDS_WANTED=65537 # the account's own and 65,536 subordinate ones
START_LIMIT=20   # s for the first answer, which starts the daemon; 0.2 at rest
STOP_LIMIT=10    # s for what is told to stop to be gone
DEMO_PORTS=(8080 8179)

export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
DEMO=coracle-demo-$$
LOOK=$DEMO-look
PLACE=$XDG_RUNTIME_DIR/$DEMO
UNITS=$XDG_RUNTIME_DIR/systemd/user
PROGRAM=${CORACLE_BIN:-$SOURCE/target/release/coracle}
SLICES=(coracle.slice coracle-sessions.slice)

# --- may it be here --------------------------------------------------------------------------------------------------

# What no package puts right; prints nothing if all is well.
why_not_here() {
  if [ "$(id -u)" = 0 ]; then
    echo "this is root, whose Podman is not rootless"
  elif [ "$(cat /proc/1/comm)" != systemd ]; then
    echo "this host was not booted by systemd"
  elif [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
    echo "this host has no pure cgroup v2 (boot it with systemd.unified_cgroup_hierarchy=1)"
  elif ! systemctl --user show-environment >/dev/null 2>&1; then
    echo "no systemd user manager answers at $XDG_RUNTIME_DIR (log in as $(id -un), not by su or sudo)"
  elif systemctl --user --quiet is-active coracle.socket coracle-https.socket coracle-unix.socket coracle.service; then
    echo "a Coracle of your own is active (systemctl --user stop coracle.socket coracle.service)"
  elif command -v flock >/dev/null && ! flock --nonblock "$XDG_RUNTIME_DIR" true; then
    echo "another Coracle serves $(id -un) ($XDG_RUNTIME_DIR is locked)"
  fi
}

# As above, for what Podman itself can tell.
why_not_this_podman() {
  local version ids
  version=$(podman version --format '{{.Client.Version}}')
  ids=$(podman unshare awk '{ n += $3 } END { print n }' /proc/self/uid_map 2>/dev/null || echo 0)
  if [ "$(printf '%s\n%s\n' "$OLDEST_PODMAN" "$version" | sort -V | head -n 1)" != "$OLDEST_PODMAN" ]; then
    echo "Podman $OLDEST_PODMAN or newer is needed, and this is $version"
  elif [ "$ids" -lt "$IDS_WANTED" ]; then
    echo "$(id -un) has no 65,536 subordinate ids (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un), then podman system migrate)"
  elif ! systemctl --user cat podman.socket >/dev/null 2>&1; then
    echo "Podman's package brings no podman.socket for users"
  fi
}

# --- up --------------------------------------------------------------------------------------------------------------

# What was there before the first call to Podman, so that it can be left as it was.
remember() {
  local unit
  OLD_CONMONS=$(conmons)
  OLD_PAUSE=$(pause_process)
  OLD_UNITS=$([ ! -d "$UNITS" ] || echo yes)
  CAME=() # units that are not ours by name, but come with us
  for unit in podman.socket "${SLICES[@]}"; do
    systemctl --user --quiet is-active "$unit" || CAME+=("$unit")
  done
}

conmons() { pgrep -u "$(id -u)" -f '^[^ ]*conmon .*-n coracle-' || true; }

# Podman keeps one process for the account's user namespace.
pause_process() {
  local pid
  pid=$(cat "$XDG_RUNTIME_DIR/libpod/tmp/pause.pid" 2>/dev/null) || return 0
  ! kill -0 "$pid" 2>/dev/null || echo "$pid"
}

ground_provide() { :; } # `provide host` has been, for the choice

ground_up() {
  # An image made here must not need root.
  export CORACLE_CACHE=${CORACLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/coracle-bed}
  install -d -m 700 "$PLACE" "$PLACE"/{config,state,runtime}
}

ground_binary() { "$PROGRAM" --version >/dev/null || die "$PROGRAM does not start here"; }

# ground_podman SECONDS WORDS...
ground_podman() { timeout "$1" podman "${@:2}"; }

ground_image() { podman import --quiet --change 'CMD ["/bin/sh","-l"]' "$1" "$2"; }

ground_install() {
  local port password answer
  port=$(free_port "${DEMO_PORTS[@]}")
  password=$(new_password)
  config_for "$IMAGE" "$(cat "/sys/fs/cgroup/user.slice/user-$UID.slice/user@$UID.service/cgroup.controllers")" \
    >"$PLACE/config/config.toml"
  "$PROGRAM" --config "$PLACE/config/config.toml" passwd demo <<<"$password" >&2
  write_units "$port"
  systemctl --user daemon-reload
  systemctl --user start podman.socket "$DEMO.socket" "$DEMO-control.socket"
  if ! answer=$(curl --noproxy "*" --silent --show-error --fail --max-time "$START_LIMIT" "http://127.0.0.1:$port/healthz" 2>&1); then
    say "coracle does not answer on port $port: $answer; what its journal says:"
    ground_journal >&2
    exit 1
  fi
  printf 'URL=http://127.0.0.1:%s\nLOGIN=demo\nPASSWORD=%s\n' "$port" "$password"
}

# The shipped units under names of ours, with a drop-in for every path; never enabled, so without [Install].
write_units() {
  local unit file
  for unit in coracle.socket coracle-control.socket coracle.service; do
    file=$UNITS/$DEMO${unit#coracle}
    mkdir -p "$file.d"
    sed -e "s/coracle\(-control\)\?\.\(service\|socket\)/$DEMO\1.\2/g" -e '/^\[Install\]/,$d' "$SOURCE/units/user/$unit" >"$file"
  done
  cat >"$UNITS/$DEMO.socket.d/demo.conf" <<END
[Socket]
ListenStream=
ListenStream=127.0.0.1:$1
END
  cat >"$UNITS/$DEMO-control.socket.d/demo.conf" <<END
[Socket]
ListenStream=
ListenStream=$PLACE/coracle-control/sock
END
  # The daemon takes its directories from the variables that StateDirectory= and RuntimeDirectory= would set.
  cat >"$UNITS/$DEMO.service.d/demo.conf" <<END
[Service]
ExecStart=
ExecStart="${PROGRAM//%/%%}" serve --config $PLACE/config/config.toml
StateDirectory=
RuntimeDirectory=
Environment=STATE_DIRECTORY=$PLACE/state RUNTIME_DIRECTORY=$PLACE/runtime
END
}

# Finds the demo's control socket below the directory that it takes for the runtime directory.
ground_coracle() { XDG_RUNTIME_DIR=$PLACE timeout "$END_LIMIT" "$PROGRAM" "$@"; }

ground_containers() {
  ground_podman "$END_LIMIT" ps --all --format '{{.Names}}' \
    --filter "label=io.coracle.instance=$(cat "$PLACE/state/state/instance")"
}

ground_journal() { journalctl --user --no-pager --quiet -n 60 --user-unit "$DEMO.service"; }

# --- down ------------------------------------------------------------------------------------------------------------

ground_down() {
  local unit
  ground_podman "$END_LIMIT" rm --force --ignore --time 0 "$LOOK" >/dev/null 2>&1 || true
  if [ -e "$UNITS/$DEMO.service" ]; then
    systemctl --user stop "$DEMO.socket" "$DEMO-control.socket" "$DEMO.service" || true
    systemctl --user reset-failed "$DEMO*" 2>/dev/null || true
  fi
  rm -rf "$UNITS/$DEMO"{,-control}.s{ocket,ervice}{,.d} "$PLACE"
  [ "$OLD_UNITS" = yes ] || rmdir --ignore-fail-on-non-empty "$UNITS" 2>/dev/null || true
  systemctl --user daemon-reload
  for unit in "${CAME[@]}"; do
    systemctl --user stop "$unit" "${unit/%socket/service}" || true # with its socket, Podman's service
  done
  stop_pause_process
  within "$STOP_LIMIT" no_traces || true
}

# Only if it came with us, and nobody else's container stands on it.
stop_pause_process() {
  local pid
  pid=$(pause_process)
  [ -n "$pid" ] && [ -z "$OLD_PAUSE" ] || return 0
  ! pgrep -u "$UID" -x conmon >/dev/null || return 0
  kill "$pid"
}

no_traces() { [ -z "$(ground_traces)" ]; }

# What of ours is there: units, processes, files; and what is not as it was found. (The containers: ground_containers,
# earlier, since asking Podman brings its pause process back.)
ground_traces() {
  local unit
  systemctl --user list-units --all --plain --no-legend "$DEMO*" | awk '{ print $1 }'
  pgrep -u "$UID" -a -f "$DEMO" || true
  comm -13 <(sort <<<"$OLD_CONMONS") <(conmons | sort)
  find "$XDG_RUNTIME_DIR" -maxdepth 3 -name "$DEMO*" 2>/dev/null || true
  for unit in "${CAME[@]}"; do
    ! systemctl --user --quiet is-active "$unit" || echo "$unit"
  done
  [ -n "$OLD_PAUSE" ] || [ -n "$(pgrep -u "$UID" -x conmon)" ] || pause_process
}

ground_stays() {
  local made=''
  [ ! -d "${CORACLE_CACHE-}" ] || made=", and $CORACLE_CACHE"
  echo "the image ${IMAGE:-} in your Podman (\`podman rmi\` removes it with its copies for the sessions' ids)$made"
}
