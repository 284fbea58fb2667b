#!/usr/bin/env bash
# demo.sh: builds Coracle, starts it, prints where to log in, and serves until Ctrl-C.
#
# On a host that was booted by systemd it runs as the caller with the caller's own Podman (demo_host.sh), else in a
# throw-away machine (demo_machine.sh).
#
#   CHECK=1            drives a headless browser through it instead of waiting, then makes sure that nothing is left
#   GROUND=host        only on this host; GROUND=machine: only in a machine
#   SUITE=bookworm     the machine's Debian release; trixie if not said
#   IMAGE=NAME         the image of the sessions, which the Podman at hand has already
#   CORACLE_BIN=FILE   this program instead of building one
#
# However it ends, nothing stays running or mounted.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/preconditions.sh
. "$BED/preconditions.sh"
# shellcheck source=tests/bed/demo_image.sh
. "$BED/demo_image.sh"

END_LIMIT=15    # s for `coracle end --all`; a session takes 2
CHECK_LIMIT=120 # s for the browser

SUITE=${SUITE:-trixie}
STARTED=no # whether there may be something to take down
SERVED=no

# A ground defines: ground_provide (installs what it needs), ground_up, ground_binary, ground_podman WORDS..., ground_image
# TAR NAME, ground_install (prints URL, LOGIN and PASSWORD for `eval`), ground_coracle WORDS..., ground_containers (what
# is left of the sessions), ground_journal, ground_down, ground_traces (prints what is left) and ground_stays.
choose_ground() {
  local why=''
  # shellcheck source=tests/bed/demo_host.sh
  . "$BED/demo_host.sh"
  case ${GROUND:-} in
  machine) why="GROUND=machine" ;;
  host | '') why=$(why_not_here) ;;
  *) die "GROUND is host or machine, and not '$GROUND'" ;;
  esac
  if [ -z "$why" ]; then
    provide host
    remember
    why=$(why_not_this_podman)
  fi
  if [ -z "$why" ]; then
    echo "Runs as $(id -un) on this host, with your own Podman. (GROUND=machine takes a throw-away machine.)"
    return
  fi
  [ "${GROUND:-}" != host ] || die "not on this host: $why"
  echo "Runs in a throw-away Debian $SUITE machine, made by systemd-nspawn: $why."
  # shellcheck source=tests/bed/demo_machine.sh
  . "$BED/demo_machine.sh"
}

leave() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  exec >&2 # the signal may have come inside a command whose output goes elsewhere
  hurry
  if [ "$STARTED" = yes ]; then
    [ "$SERVED" = no ] || end_sessions || status=1
    ground_down || status=1
  fi
  nothing_is_left || status=1
  echo "What stays: installed packages; $SOURCE/target (\`make clean\`); $(ground_stays)."
  exit "$status"
}

end_sessions() {
  local left
  ground_coracle end --all --reason shutdown || {
    say "coracle could not end its sessions"
    return 1
  }
  left=$(ground_containers)
  [ -z "$left" ] || {
    say "containers are left after the end: ${left//$'\n'/ }"
    return 1
  }
}

nothing_is_left() {
  local found
  found=$(ground_traces)
  [ -z "$found" ] || {
    say "left behind: ${found//$'\n'/ }"
    return 1
  }
  echo "Nothing is left running or mounted."
}

choose_ground
[ -n "${CORACLE_BIN-}" ] || check_rust
ground_provide
if [ "${CHECK-}" = 1 ]; then
  provide browser
  provide_node
fi
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ "${CHECK-}" != 1 ] || patiently provide_node_packages
if [ -z "${CORACLE_BIN-}" ]; then
  provide build
  echo "Building Coracle (a few minutes the first time)."
  patiently cargo build --manifest-path "$SOURCE/Cargo.toml" --quiet --release --locked
fi
STARTED=yes
ground_up
ground_binary
choose_image
name_missing_tools
SERVED=yes
facts=$(ground_install)
eval "$facts"

# shellcheck disable=SC2153  # one of the facts
cat <<END

  $URL
  user      $LOGIN
  password  $PASSWORD

END
if [ "${CHECK-}" = 1 ]; then
  CORACLE_URL=$URL CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD \
    patiently timeout "$CHECK_LIMIT" node "$SOURCE/tests/browser/check.mjs" || {
    ground_journal
    exit 1
  }
else
  echo "Ctrl-C ends it and everything in it."
  trap 'exit 0' INT TERM HUP
  patiently tail --pid=$$ -f /dev/null # waits for ever, and not longer than we live
fi
