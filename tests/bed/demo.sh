#!/usr/bin/env bash
# demo.sh: builds Coracle, starts it in a throw-away machine, prints where to log in, and serves until Ctrl-C.
#
#   CHECK=1          drives a headless browser through it instead of waiting, then makes sure that nothing is left
#   SUITE=bookworm   the machine's Debian release; trixie if not said
#
# However it ends, nothing stays running or mounted.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/preconditions.sh
. "$BED/preconditions.sh"
# shellcheck source=tests/bed/binary.sh
. "$BED/binary.sh"

PUBLIC_IMAGE=docker.io/library/ubuntu:24.04
REGISTRY=https://registry-1.docker.io/v2/
REGISTRY_WAIT=4 # s for its first answer, whatever that is: 401 is one
PULL_LIMIT=180  # s
LOCAL_IMAGE=localhost/coracle-demo:trixie
END_LIMIT=15    # s for `coracle end --all`; a session takes 2
CHECK_LIMIT=120 # s for the browser

SUITE=${SUITE-trixie}
MACHINE=demo-$$
SERVED=no

leave() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  exec >&2 # the signal may have come inside a command whose output goes elsewhere
  hurry
  if [ -d "$MACHINES/$MACHINE" ]; then
    [ "$SERVED" = no ] || end_sessions || status=1
    as_root "$BED/machine.sh" down "$MACHINE" || status=1
  fi
  nothing_is_left || status=1
  say_what_stays
  exit "$status"
}

end_sessions() {
  local left
  timeout "$END_LIMIT" "$BED/machine.sh" user "$MACHINE" coracle end --all --reason shutdown >&2 || {
    say "coracle could not end its sessions"
    return 1
  }
  left=$(timeout "$END_LIMIT" "$BED/machine.sh" user "$MACHINE" podman ps --all --quiet)
  [ -z "$left" ] || {
    say "containers are left after the end: $left"
    return 1
  }
}

# A dead process keeps its entry until its parent has looked at it, and where init is slow that takes a while: not ours.
processes_in_machine() {
  local entry
  for entry in $(as_root grep -ls "/$MACHINE\(/\|$\)" /proc/[0-9]*/cgroup || true); do
    ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "${entry%cgroup}status" || echo "${entry%/cgroup}"
  done
}

# Looks where the machine could have left something: processes, mounts, cgroups, files.
nothing_is_left() {
  local found
  found=$(
    processes_in_machine
    as_root grep -ls "$MACHINES/$MACHINE" /proc/[0-9]*/mountinfo || true
    find /sys/fs/cgroup -maxdepth 2 -name "$MACHINE" 2>/dev/null || true
    find "$MACHINES" -maxdepth 1 -name "$MACHINE" 2>/dev/null || true
  )
  [ -z "$found" ] || {
    say "left behind: ${found//$'\n'/ }"
    return 1
  }
  echo "Nothing is left running or mounted."
}

say_what_stays() {
  echo "What stays: installed packages; $SOURCE/target (\`make clean\`); the Debian roots in $CACHE (\`make clean-cache\`)."
}

# The image that a newcomer expects, where a registry answers; else one made here. Says which and why; sets IMAGE.
choose_image() {
  if curl --silent --max-time "$REGISTRY_WAIT" --output /dev/null "$REGISTRY"; then
    if patiently timeout "$PULL_LIMIT" "$BED/machine.sh" user "$MACHINE" podman pull --quiet "$PUBLIC_IMAGE" >/dev/null; then
      IMAGE=$PUBLIC_IMAGE
      echo "Session image: $PUBLIC_IMAGE, since the registry answers."
      return
    fi
    why="the registry answers, but $PUBLIC_IMAGE could not be pulled"
  else
    why="no answer from the registry within $REGISTRY_WAIT s"
  fi
  echo "Session image: Debian trixie, made here by mmdebstrap ($why)."
  patiently "$BED/image.sh" session >/dev/null
  "$BED/machine.sh" image "$MACHINE" "$("$BED/image.sh" session)" "$LOCAL_IMAGE" >/dev/null
  IMAGE=$LOCAL_IMAGE
}

check_preconditions
as_root "$BED/machine.sh" able
provide bed
if [ "${CHECK-}" = 1 ]; then
  provide browser
  provide_node
fi
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ "${CHECK-}" != 1 ] || patiently provide_node_packages
echo "Building Coracle (a few minutes the first time)."
patiently cargo build --manifest-path "$SOURCE/Cargo.toml" --quiet --release --locked
echo "Starting a Debian $SUITE machine for it with systemd-nspawn; running as your own user on this host comes later."
OWNER=$$ patiently "$BED/machine.sh" up "$MACHINE" "$SUITE" >/dev/null
binary_for "$MACHINE" release >/dev/null
choose_image
facts=$("$BED/install.sh" "$MACHINE" "$IMAGE")
eval "$facts"
SERVED=yes

cat <<END

  $URL
  user      $LOGIN
  password  $PASSWORD

END
if [ "${CHECK-}" = 1 ]; then
  CORACLE_URL=$URL CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD \
    patiently timeout "$CHECK_LIMIT" node "$SOURCE/tests/browser/check.mjs" || {
    "$BED/machine.sh" journal "$MACHINE"
    exit 1
  }
else
  echo "Ctrl-C ends it and everything in it."
  trap 'exit 0' INT TERM HUP
  patiently tail --pid=$$ -f /dev/null # waits for ever, and not longer than we live
fi
