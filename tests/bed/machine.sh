#!/usr/bin/env bash
# Test machines: a whole Debian with systemd, journald and rootless Podman, booted by systemd-nspawn in 1 to 3 s.
#
#   machine.sh up NAME SUITE           starts it, waits until Podman answers, prints the path of its facts (see below)
#   machine.sh run NAME CMD...         as root inside            } stdin, output and exit code pass
#   machine.sh user NAME CMD...        as `tester` inside, in the user manager }
#   machine.sh image NAME TAR IMAGE [podman import options]   loads a root file system for tester; CMD is a login shell
#   machine.sh put NAME FILE PATH MODE a file of the host to PATH inside, owned by root
#   machine.sh journal NAME            the last lines that tester's services wrote
#   machine.sh down NAME               stops it; nothing stays running, mounted or on disk (KEEP=1: the files stay)
#   machine.sh able                    whether this host lets us, without starting anything; says what is missing
#   machine.sh sweep                   `down` for every machine whose owner (OWNER=PID at `up`) is dead, or that has none and is
#                                      dead itself
#
# The facts are a file for `.`: NAME, SUITE, L (pid of the machine's init), P (pid of its nspawn), WORK (its directory),
# HOMES (the machine's /home, on the host) and a few more. The network is the host's, or with NETWORK=own at `up` one
# without anything but a loopback; elsewhere.sh gives it neighbours. There are no cpu, memory and pids
# controllers inside on hosts with cgroup v1, so those limits cannot be tested here.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/facts.sh
. "$BED/facts.sh"

READY_WAIT=60 # s until podman.sock is there; measured 0.5 to 2.5
BOOT_WAIT=30  # s that `down` lets a boot finish first: a machine told to stop in mid-boot may hang
STOP_WAIT=5   # s from "power off" to SIGKILL; measured 0.3 to 0.8
JOURNAL_TAIL=60 # lines
KILL_WAIT=5   # s for the kernel to take a killed machine apart

load_running() {
  load "${1-}"
  alive "$L" "$LBORN" || die "no machine '$NAME' is running: machine.sh up $NAME SUITE"
}

# Tries each thing that `boot` does and a container or an odd file system may forbid.
able() {
  local why
  install -d -m 755 "$CACHE"
  [ -c /dev/fuse ] || die "no test machine here: /dev/fuse is missing (modprobe fuse)"
  # shellcheck disable=SC2016  # expanded by the inner shell
  why=$(unshare -mp --fork --propagation private -- bash -euc '
    mount -t cgroup2 none /mnt
    mkdir -p /mnt/coracle-able && rmdir /mnt/coracle-able
    mount -t tmpfs tmpfs /mnt
    stage=$(mktemp -d "$1/able.XXXXXX")
    trap "rm -rf \"$stage\"" EXIT
    mkdir "$stage/upper" "$stage/work" /mnt/lower /mnt/merged
    mount -t overlay -o "lowerdir=/mnt/lower,upperdir=$stage/upper,workdir=$stage/work" overlay /mnt/merged
    umount /mnt/merged' _ "$CACHE" 2>&1) ||
    die "no test machine here: root may not mount cgroup2 and an overlay on $CACHE (${why//$'\n'/ }); use a host or privileged container, and for CORACLE_CACHE a directory on ext4, xfs or btrfs"
}

# --- start -----------------------------------------------------------------------------------------------------------

# Runs in a mount namespace of its own and becomes nspawn, whose end takes every mount below with it.
boot() {
  local name=$1 root=$2 work=$3 network=()
  # One cgroup v2 tree, whatever the host has; the machine gets a branch of it.
  umount -R /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir -p "/sys/fs/cgroup/$name"
  echo $$ >"/sys/fs/cgroup/$name/cgroup.procs"
  # nspawn wants a host that was booted by systemd, and asks for this directory; the host itself must not get it, or
  # every package script on it would believe so too.
  if [ ! -d /run/systemd/system ]; then
    mkdir -p /run/systemd
    mount -t tmpfs -o size=1m,mode=755 tmpfs /run/systemd
    mkdir /run/systemd/system
  fi
  mkdir -p "$work"/{upper,work,merged}
  mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" overlay "$work/merged"
  # add_key, keyctl, bpf: what crun calls. /home is a real file system: Podman's overlay cannot sit on an overlay.
  export SYSTEMD_NSPAWN_API_VFS_WRITABLE=1
  [ "${NETWORK-}" != own ] || network=(--private-network)
  exec systemd-nspawn "${network[@]}" --quiet --keep-unit --register=no --console=passive --system-call-filter="add_key keyctl bpf" \
    --machine="$name" --hostname="$name" --bind=/dev/fuse --bind="$work/home:/home" -D "$work/merged" -b
}

find_init() {
  L=$(pgrep -P "$P" -x systemd || true)
  [ -n "$L" ] || ! alive "$P" "$PBORN"
}
podman_listens() { [ -S "/proc/$L/root/run/user/1000/podman/podman.sock" ] || ! alive "$L" "$LBORN"; }

up() {
  local root
  valid_name "${1-}"
  NAME=$1 SUITE=${2-}
  need systemd-nspawn systemd-container
  sweep
  root=$("$BED/root.sh" "$SUITE")
  WORK=$MACHINES/$NAME HOMES=$MACHINES/$NAME/home
  [ ! -e "$WORK" ] || die "machine '$NAME' exists: machine.sh down $NAME"
  install -d -m 755 "$CACHE" "$MACHINES" "$WORK"
  trap 'say "machine $NAME did not start"; tail -n 20 "$WORK/console" >&2 || true; down "$NAME"' EXIT
  cp -a "$root/home" "$HOMES"
  L='' LBORN=''
  setsid unshare -m --propagation private -- "$BED/machine.sh" --boot "$NAME" "$root" "$WORK" \
    </dev/null >"$WORK/console" 2>&1 &
  P=$!
  PBORN=$(born "$P")
  write_facts
  within "$READY_WAIT" find_init || die "nspawn has no init after $READY_WAIT s"
  [ -n "$L" ] || die "nspawn ended at once; its own words are above"
  LBORN=$(born "$L")
  write_facts
  within "$READY_WAIT" podman_listens || die "no podman.sock after $READY_WAIT s"
  alive "$L" "$LBORN" || die "the machine stopped while it was starting"
  trap - EXIT
  facts_of "$NAME"
  echo
}

# --- inside ----------------------------------------------------------------------------------------------------------

inside() { nsenter -t "$L" -a -- env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }

# A service of tester's user manager, so the environment is a login's. systemd expands $ in its command line: doubled.
as_tester() { inside systemd-run --user -M tester@ --wait --collect --pipe --quiet -- "${@//\$/\$\$}"; }

load_image() {
  local tar=$1 image=$2
  shift 2
  [ -r "$tar" ] || die "cannot read $tar"
  as_tester podman import --quiet --change 'CMD ["/bin/sh","-l"]' "$@" - "$image" <"$tar"
}

# --- stop ------------------------------------------------------------------------------------------------------------

gone() { ! alive "$P" "$PBORN"; }

# Kills what is left in the machine's cgroup and removes the cgroup. In a namespace of its own: the host may have no
# cgroup v2 mount.
empty_cgroup() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare -m --propagation private -- bash -c '
    umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 1
    group=/sys/fs/cgroup/$1 deadline=$((SECONDS + $2))
    [ -d "$group" ] || exit 0
    echo 1 >"$group/cgroup.kill"
    until find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || [ ! -d "$group" ]; do
      [ "$SECONDS" -lt "$deadline" ] || exit 1
      sleep 0.05
    done' _ "$1" "$KILL_WAIT"
}

down() {
  local clean=0
  load "${1-}"
  [ -d "$WORK" ] || return 0
  if alive "$L" "$LBORN"; then
    # The machine's init, not nspawn: a signal to that would end the machine without stopping a unit.
    timeout "$BOOT_WAIT" nsenter -t "$L" -a systemctl is-system-running --wait >/dev/null 2>&1 || true
    kill -s RTMIN+4 "$L" 2>/dev/null || true
    within "$STOP_WAIT" gone || say "machine $NAME did not power off within $STOP_WAIT s; killing it"
  fi
  if alive "$P" "$PBORN"; then
    kill -KILL "$P" 2>/dev/null || true
    within "$KILL_WAIT" gone || clean=1
  fi
  empty_cgroup "$NAME" || clean=1
  rmdir /run/systemd 2>/dev/null || true # only if `boot` made it: any other use has something in it
  [ "$clean" = 0 ] || die "machine $NAME would not die; its files stay in $WORK"
  if [ "${KEEP-}" = 1 ]; then
    rm -f "$WORK/facts"
    mv -T "$WORK" "$CACHE/kept-$NAME.$$"
    say "kept the files of machine $NAME: $CACHE/kept-$NAME.$$"
  else
    rm -rf --one-file-system "$WORK"
  fi
  rmdir "$MACHINES" 2>/dev/null || true
}

sweep() (
  shopt -s nullglob
  for dir in "$MACHINES"/*/; do
    load "$(basename "$dir")"
    # A machine without facts is one that is being started just now, unless that was minutes ago.
    if [ -z "$P" ] && [ -z "$(find "$dir" -maxdepth 0 -mmin +3)" ]; then continue; fi
    # One whose owner lives may be without power just now, in a reboot or between a cut and `again`.
    if [ -n "$OWNER" ]; then alive "$OWNER" "$OWNERBORN" && continue; else alive "$P" "$PBORN" && continue; fi
    say "sweeping machine $NAME, left by a run that died"
    down "$NAME"
  done
)

verb=${1-}
case $verb in
up | run | user | image | put | journal | able | down | sweep | --boot)
  become_root "$@"
  shift
  ;;
*)
  die "usage: machine.sh up NAME SUITE | run NAME CMD... | user NAME CMD... | image NAME TAR IMAGE | put NAME FILE PATH MODE | journal NAME | down NAME | able | sweep"
  ;;
esac
case $verb in
up) up "$@" ;;
run | user | image | put)
  load_running "${1-}"
  shift
  [ $# -gt 0 ] || die "machine.sh $verb $NAME needs a command"
  case $verb in
  run) inside "$@" ;;
  user) as_tester "$@" ;;
  image) load_image "$@" ;;
  put) install -D -m "${3:-644}" -- "$1" "/proc/$L/root${2:?a path inside}" ;;
  esac
  ;;
journal)
  load_running "${1-}"
  inside journalctl --no-pager --quiet -n "$JOURNAL_TAIL" _UID=1000
  ;;
down) down "$@" ;;
able) able ;;
sweep) sweep ;;
--boot) boot "$@" ;;
esac
