# What is known of a running machine, and whether it still runs; sourced by machine.sh and vm.sh.
#
# $MACHINES/NAME/facts is a file for `.`. A process is named by its pid and the moment of its birth, since pids are reused:
# L (LBORN) is the machine's init where the host sees it, P (PBORN) the process whose end is the machine's: nspawn or QEMU.
# shellcheck shell=bash

valid_name() { [[ ${1-} =~ ^[a-z0-9][a-z0-9-]{0,31}$ ]] || die "a machine's name is [a-z0-9-], at most 32 long: '${1-}'"; }

# born PID: when it started, in clock ticks (field 22 of its stat); with the pid this names one process for good, since
# pids are reused. Empty if there is no such process, or only its corpse. One whose first thread has ended and another has
# not (field 20 counts them) still holds its ports and files.
born() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  awk '$1 != "Z" || $18 > 1 { print $20 }' <<<"${stat##*) }"
}
alive() { [ -n "${1-}" ] && [ -n "${2-}" ] && [ "$(born "$1")" = "$2" ]; }

# within SECONDS CONDITION...: polls until it is true; false at the deadline.
within() {
  local deadline=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

facts_of() { printf '%s/%s/facts' "$MACHINES" "$1"; }
# shellcheck disable=SC2034  # for the scripts that source this
load() {
  valid_name "${1-}"
  NAME=$1 SUITE='' L='' LBORN='' P='' PBORN='' WORK=$MACHINES/$1 HOMES='' OWNER='' OWNERBORN=''
  # shellcheck disable=SC1090
  [ ! -f "$(facts_of "$1")" ] || . "$(facts_of "$1")"
}
write_facts() {
  cat >"$WORK/facts" <<FACTS
NAME=$NAME SUITE=$SUITE
L=$L LBORN=$LBORN P=$P PBORN=$PBORN
WORK=$WORK
HOMES=$HOMES
OWNER=${OWNER-} OWNERBORN=$([ -z "${OWNER-}" ] || born "$OWNER")
FACTS
}

# unclaimed_port FIRST LAST: nobody listens on it, and it is not one of a machine or server that stands still and will start again.
unclaimed_port() {
  local port
  port=$(free_port "$1" "$2")
  while grep -qsE "PORT=$port( |\$)" "$MACHINES"/*/facts; do
    port=$(free_port $((port + 1)) "$2")
  done
  echo "$port"
}
