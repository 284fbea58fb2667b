# The demo in a throw-away machine; sourced by demo.sh.
# shellcheck shell=bash
# shellcheck source=tests/bed/binary.sh
. "$BED/binary.sh"

MACHINE=demo-$$
# shellcheck disable=SC2034  # for demo_image.sh
LOOK=look

ground_provide() {
  check_root
  as_root "$BED/machine.sh" able
  provide bed image
}

ground_up() { OWNER=$$ patiently "$BED/machine.sh" up "$MACHINE" "$SUITE" >/dev/null; }

ground_binary() {
  if [ -n "${CORACLE_BIN-}" ]; then
    starts_in "$MACHINE" "$CORACLE_BIN" /usr/bin/coracle --version || die "$CORACLE_BIN does not start in $MACHINE"
  else
    binary_for "$MACHINE" release >/dev/null
  fi
}

# ground_podman SECONDS WORDS...
ground_podman() { timeout "$1" "$BED/machine.sh" user "$MACHINE" podman "${@:2}"; }
ground_image() { "$BED/machine.sh" image "$MACHINE" "$1" "$2"; }
ground_install() { "$BED/install.sh" "$MACHINE" "$IMAGE"; }
ground_coracle() { timeout "$END_LIMIT" "$BED/machine.sh" user "$MACHINE" coracle "$@"; }
ground_containers() { ground_podman "$END_LIMIT" ps --all --quiet; }
ground_journal() { "$BED/machine.sh" journal "$MACHINE"; }
ground_down() { as_root "$BED/machine.sh" down "$MACHINE"; }
ground_stays() { echo "the Debian roots in $CACHE (\`make clean-cache\`)"; }

# Looks where the machine could have left something: processes, mounts, cgroups, files.
# shellcheck disable=SC2153  # MACHINES is ground.sh's
ground_traces() {
  processes_in_machine
  as_root grep -ls "$MACHINES/$MACHINE" /proc/[0-9]*/mountinfo || true
  find /sys/fs/cgroup -maxdepth 2 -name "$MACHINE" 2>/dev/null || true
  find "$MACHINES" -maxdepth 1 -name "$MACHINE" 2>/dev/null || true
}

# A dead process keeps its entry until its parent has looked at it, and where init is slow that takes a while: not ours.
processes_in_machine() {
  local entry
  for entry in $(as_root grep -ls "/$MACHINE\(/\|$\)" /proc/[0-9]*/cgroup || true); do
    ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "${entry%cgroup}status" || echo "${entry%/cgroup}"
  done
}
