# What every script of the test bed stands on; sourced, never run.
#
# Roots and images are made once and kept in one directory, so that the second run takes seconds:
#   $CORACLE_CACHE, by default /var/cache/coracle-bed
#     root-SUITE-KEY/      a Debian root, only ever read (the lower layer of a machine's overlay)
#     image-KIND-KEY.tar   a root file system to import into Podman
#     state-KIND-KEY/      what a directory server has over its root: its people, its certificates
#     machines/NAME/       everything of one running machine or server; gone when it is down
# KEY is a hash of the script that makes the thing: a changed script makes a new one.
# shellcheck shell=bash

set -euo pipefail
shopt -s inherit_errexit # in $( ) too

BED=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(cd "$BED/../.." && pwd)
CACHE=${CORACLE_CACHE:-/var/cache/coracle-bed}
MACHINES=$CACHE/machines
# The script that works the machine at hand, where either kind will do: machine.sh or vm.sh.
OPERATE=${OPERATE:-$BED/machine.sh}
export BED SOURCE CACHE MACHINES OPERATE

# Seconds that one caller waits for another that is making the same root; a slow mirror needs 100 s for one.
CACHE_WAIT=900

say() { printf 'bed: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi; }

# Runs the calling script again as root where it is not root yet. Call it with the script's own arguments.
become_root() {
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null || die "$(basename "$0") mounts and boots things and needs root: run as root or install sudo"
  exec sudo --preserve-env=CORACLE_CACHE,CI,KEEP,OWNER -- "$0" "$@"
}

# need PROGRAM PACKAGE: stops with the way out if a program is missing.
need() { command -v "$1" >/dev/null || die "$1 is missing: install the package $2"; }

# free_port FIRST LAST: prints the first port between them where nobody listens on this host. 0A is the state LISTEN.
free_port() {
  local port
  for ((port = $1; port <= $2; port++)); do
    grep -hq "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$port") [0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 || break
  done
  [ "$port" -le "$2" ] || die "no free port on loopback between $1 and $2"
  echo "$port"
}

new_password() { head -c 10 /dev/urandom | base32 | tr '[:upper:]' '[:lower:]'; }

# config_for IMAGE CONTROLLERS: a config.toml with one profile. A machine on a host with cgroup v1 has no controllers to
# give. Then, and only then, sessions may do without limits; the page says so.
config_for() {
  local wanted
  echo "[sessions]"
  for wanted in cpu memory pids; do
    [[ " $2 " == *" $wanted "* ]] || {
      echo "require_limits = false # no $wanted controller here"
      break
    }
  done
  printf '\n[[profiles]]\nname = "shell"\nimage = "%s"\npull = "never"\n' "$1"
}

# The process group that is at work for us just now, if any.
CHILD=''

# Runs a command that takes its time. In the foreground, bash would hear a signal only after its end; so it runs beside
# us in a process group of its own, which `hurry` ends.
patiently() {
  local status=0
  set -m
  "$@" </dev/null &
  CHILD=$!
  set +m
  wait "$CHILD" || status=$?
  CHILD=''
  return "$status"
}

# Ends what `patiently` still runs; for exit traps.
hurry() {
  [ -n "$CHILD" ] || return 0
  kill -TERM -- "-$CHILD" 2>/dev/null || true
  # What sudo started is not ours to signal.
  [ "$(id -u)" = 0 ] || ! pgrep -g "$CHILD" -u root >/dev/null || as_root kill -TERM -- "-$CHILD" 2>/dev/null || true
  wait "$CHILD" 2>/dev/null || true
  CHILD=''
}

# The first 16 hex digits of a hash over the files named and this machine's architecture.
key_of() { { uname -m && cat "$@"; } | sha256sum | cut -c1-16; }

# keep NAME KEY SUFFIX MAKER: prints the path $CACHE/NAME-KEY+SUFFIX, after `MAKER PATH` has made it if it was not there.
# Two callers do not make it twice, and what is at the path is always whole: it gets there by rename.
# What an older script left under the same NAME is removed when no machine can be using it.
keep() {
  local name=$1 goal="$CACHE/$1-$2$3" draft="$CACHE/$1-$2.draft$3" maker=$4 lock status=0 old
  if [ ! -e "$goal" ]; then
    install -d -m 755 "$CACHE"
    exec {lock}>"$CACHE/$name.lock"
    flock -w "$CACHE_WAIT" "$lock" || die "waited $CACHE_WAIT s for another run to make $goal"
    if [ ! -e "$goal" ]; then
      say "making $goal"
      rm -rf --one-file-system "$draft"
      # `set -e` is void in a function that is part of a condition: hence the subshell on its own line.
      set +e
      (
        set -e
        "$maker" "$draft" >&2
      )
      status=$?
      set -e
      if [ "$status" != 0 ]; then
        rm -rf --one-file-system "$draft"
        die "could not make $goal (exit $status); the lines above say why"
      fi
      if [ -z "$(ls "$MACHINES" 2>/dev/null)" ]; then
        for old in "$CACHE/$name"-????????????????"$3"; do
          [ ! -e "$old" ] || rm -rf --one-file-system "$old"
        done
      fi
      mv -T "$draft" "$goal"
    fi
    exec {lock}>&-
  fi
  printf '%s\n' "$goal"
}
