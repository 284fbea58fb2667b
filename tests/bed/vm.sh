#!/usr/bin/env bash
# Test machines with a kernel of their own: a whole Debian in QEMU, with the cpu, memory and pids controllers that a
# machine of machine.sh lacks. It boots in half a minute, and where only software emulation works its code runs 10 to 20
# times slower: for what needs those controllers, and nothing else.
#
#   vm.sh up NAME SUITE           starts it, waits until Podman listens, prints the path of its facts (see facts.sh)
#   vm.sh run NAME CMD...         as root inside            } stdin, output and exit code pass
#   vm.sh user NAME CMD...        as `tester` inside, in the user manager }
#   vm.sh image NAME TAR IMAGE [podman import options]   loads a root file system for tester; CMD is a login shell
#   vm.sh put NAME FILE PATH MODE a file of the host to PATH inside, owned by root
#   vm.sh forward NAME PORT       the host's 127.0.0.1:PORT leads to the same inside, from loopback to loopback
#   vm.sh journal NAME            the last lines that tester's services wrote
#   vm.sh console NAME            what its kernel said
#   vm.sh cut NAME                its power fails: QEMU is killed, and the disk has what reached it
#   vm.sh again NAME              boots the same disk anew after that; forwarded ports are gone
#   vm.sh reboot NAME             an orderly reboot, as its administrator orders it; forwarded ports are gone
#   vm.sh down NAME               stops it; nothing stays running or on disk
#
# Commands go over SSH, through one connection that `up` opens: a handshake takes emulated processors a second. `sweep` of
# machine.sh finds these machines too.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/facts.sh
. "$BED/facts.sh"

READY_WAIT=180  # s until podman.sock is there; measured 34 with emulation, beside much other work
PORT_WAIT=60    # s for another run that is choosing a port
KNOCK=15        # s for one try of SSH
STOP_WAIT=5     # s from SIGTERM to SIGKILL; QEMU needs 0.1
REBOOT_WAIT=180 # s from the order to the machine's last word; the units of a host have 90 each to stop
PROBE_WAIT=20   # s for the kernel to reach its first process under KVM; KVM needs 2
JOURNAL_TAIL=60 # lines
MEMORY=3072     # MiB
FIRST_PORT=2200
LAST_PORT=2299

load_running() {
  load "${1-}"
  alive "$P" "$PBORN" || die "no machine '$NAME' is running: vm.sh up $NAME SUITE"
}

# --- start -----------------------------------------------------------------------------------------------------------

# compose DISK-DIRECTORY KERNEL-ARGUMENTS QEMU-ARGUMENTS...: sets QEMU to the command that boots the disk's kernel.
# no_timer_check: on a busy host an emulated timer may miss the moment in which the kernel tests it, and the kernel panics.
# module_blacklist: for devices that QEMU has whether one wants them or not.
compose() {
  local disk=$1 words=$2
  shift 2
  QEMU=(
    qemu-system-x86_64 -nodefaults -display none -no-reboot -smp 2 -kernel "$disk/kernel" -initrd "$disk/initrd"
    -append "console=ttyS0 panic=-1 no_timer_check module_blacklist=ata_generic,ata_piix,pata_acpi,floppy $words" "$@"
  )
}

# la57 would make emulated memory walk five levels of tables; svm makes the kernel load a hypervisor.
emulated=(-accel "tcg,thread=multi" -cpu "max,la57=off,svm=off")
native=(-accel kvm -cpu host)

# Whether this host's KVM takes the kernel as far as its first process: where there is a KVM, it need not. The process
# ends at once, the kernel panics, and QEMU ends.
kvm_works() {
  [ -w /dev/kvm ] || return 1
  compose "$DISK" rdinit=/bin/false "${native[@]}" -m 512 -serial "file:$WORK/probe"
  (
    timeout --kill-after=1 "$PROBE_WAIT" "${QEMU[@]}" </dev/null
    exit $? # a shell of its own tells the log, not us, which signal it was
  ) >"$WORK/probe.errors" 2>&1 && grep -qs 'Attempted to kill init' "$WORK/probe"
}

# over_ssh ARGUMENTS...: ssh with this machine's key and connection, and nothing of the caller's own configuration. Of the
# key exchanges, the one that is quick on emulated processors.
over_ssh() {
  ssh -F none -p "$PORT" -i "$DISK/key" -o ControlPath="$WORK/ssh" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o ConnectTimeout="$KNOCK" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    -o KexAlgorithms=curve25519-sha256 "$@"
}

up() {
  valid_name "${1-}"
  NAME=$1 SUITE=${2-}
  need qemu-system-x86_64 qemu-system-x86
  need ssh openssh-client
  "$BED/machine.sh" sweep
  DISK=$("$BED/disk.sh" "$SUITE")
  WORK=$MACHINES/$NAME HOMES='' L='' LBORN=''
  [ ! -e "$WORK" ] || die "machine '$NAME' exists: vm.sh down $NAME"
  install -d -m 755 "$CACHE" "$MACHINES" "$WORK"
  trap 'say "machine $NAME did not start"; tail -n 20 "$WORK/console" "$WORK/errors" >&2 || true; down "$NAME"' EXIT
  HOW=emulated
  if kvm_works; then HOW=native; fi
  PORT=''
  cp --sparse=always "$DISK/disk" "$WORK/disk"
  boot
  trap - EXIT
  say "machine $NAME is up after $SECONDS s ($HOW processors)"
  facts_of "$NAME"
  echo
}

# What the machine was told to be on the disk is on the host's disk, and nothing else is: no cache of this host's in between.
boot() {
  local accelerator=("${emulated[@]}") lock
  # A port is claimed once the facts name it, also while the machine has no power: one choice at a time.
  exec {lock}>"$CACHE/vm.lock"
  flock -w "$PORT_WAIT" "$lock" || die "waited $PORT_WAIT s for another run that is starting a machine"
  PORT=${PORT:-$(unclaimed_port "$FIRST_PORT" "$LAST_PORT")}
  [ "$HOW" = emulated ] || accelerator=("${native[@]}")
  compose "$DISK" "root=/dev/vda rw quiet net.ifnames=0 mitigations=off" "${accelerator[@]}" -m "$MEMORY" \
    -drive "file=$WORK/disk,if=virtio,format=raw,cache=none" -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$PORT-:22" \
    -device virtio-net-pci,netdev=net -device virtio-rng-pci -serial "file:$WORK/console"
  setsid "${QEMU[@]}" </dev/null >"$WORK/errors" 2>&1 {lock}>&- &
  P=$!
  PBORN=$(born "$P")
  write_facts
  printf 'PORT=%s DISK=%s HOW=%s\n' "$PORT" "$DISK" "$HOW" >>"$WORK/facts"
  exec {lock}>&-
  within "$READY_WAIT" answers || die "no SSH after $READY_WAIT s"
  alive "$P" "$PBORN" || die "the machine stopped while it was starting: $(tail -n 3 "$WORK/errors")"
  within "$READY_WAIT" podman_listens || die "no podman.sock after $READY_WAIT s"
}

# QEMU takes a connection before the machine's server listens, so this is tried until it answers.
answers() {
  ! alive "$P" "$PBORN" || over_ssh -f -N -M -o ServerAliveInterval=30 root@127.0.0.1 </dev/null >/dev/null 2>"$WORK/ssh.errors"
}
# A test may have told tester to linger no more.
podman_listens() { inside sh -c 'test -S /run/user/1000/podman/podman.sock || ! test -e /var/lib/systemd/linger/tester'; }

# --- inside ----------------------------------------------------------------------------------------------------------

inside() {
  over_ssh -T root@127.0.0.1 -- "$(printf '%q ' env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@")"
}

# A service of tester's user manager, so the environment is a login's. systemd expands $ in its command line: doubled.
as_tester() { inside systemd-run --user -M tester@ --wait --collect --pipe --quiet -- "${@//\$/\$\$}"; }

# Packed on the way: unpacking costs emulated processors less than decrypting.
put() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  gzip -1 <"$1" | inside sh -euc 'mkdir -p "${1%/*}"; gzip -dc >"$1.new"; chmod "$2" "$1.new"; mv "$1.new" "$1"' _ \
    "${2:?a path inside}" "${3:-644}"
}

load_image() {
  local tar=$1 image=$2
  shift 2
  [ -r "$tar" ] || die "cannot read $tar"
  as_tester podman import --quiet --change 'CMD ["/bin/sh","-l"]' "$@" - "$image" <"$tar"
}

# --- stop ------------------------------------------------------------------------------------------------------------

gone() { ! alive "$P" "$PBORN"; }

# Nothing in it is kept, so it need not be told: its processors just stop.
down() {
  load "${1-}"
  [ -d "$WORK" ] || return 0
  [ ! -S "$WORK/ssh" ] || over_ssh -O exit root@127.0.0.1 >/dev/null 2>&1 || true
  if ! gone; then
    kill -TERM "$P" 2>/dev/null || true
    within "$STOP_WAIT" gone || kill -KILL "$P" 2>/dev/null || true
    within "$STOP_WAIT" gone || die "machine $NAME would not die; its files stay in $WORK"
  fi
  rm -rf --one-file-system "$WORK"
  rmdir "$MACHINES" 2>/dev/null || true
}

cut() {
  kill -KILL "$P"
  within "$STOP_WAIT" gone || die "QEMU of machine $NAME would not die"
  rm -f "$WORK/ssh" # its connection is gone with it
}

# -no-reboot ends QEMU where a machine would start anew.
reboot() {
  inside systemctl reboot || true # the connection may be gone before it has answered
  within "$REBOOT_WAIT" gone || die "machine $NAME still runs $REBOOT_WAIT s after it was told to reboot"
  rm -f "$WORK/ssh"
  boot
}

verb=${1-}
case $verb in
up | run | user | image | put | forward | journal | console | cut | again | reboot | down)
  become_root "$@"
  shift
  ;;
*)
  die "usage: vm.sh up NAME SUITE | run NAME CMD... | user NAME CMD... | image NAME TAR IMAGE | put NAME FILE PATH MODE | forward NAME PORT | journal NAME | console NAME | cut NAME | again NAME | reboot NAME | down NAME"
  ;;
esac
case $verb in
up) up "$@" ;;
run | user | image | put | forward)
  load_running "${1-}"
  shift
  [ $# -gt 0 ] || die "vm.sh $verb $NAME needs more words"
  case $verb in
  run) inside "$@" ;;
  user) as_tester "$@" ;;
  image) load_image "$@" ;;
  put) put "$@" ;;
  forward) over_ssh -O forward -L "127.0.0.1:$1:127.0.0.1:$1" root@127.0.0.1 ;;
  esac
  ;;
journal)
  load_running "${1-}"
  inside journalctl --no-pager --quiet -n "$JOURNAL_TAIL" _UID=1000 + _SYSTEMD_UNIT=coracle.service
  ;;
console)
  load_running "${1-}"
  cat "$WORK/console"
  ;;
cut)
  load_running "${1-}"
  cut
  ;;
reboot)
  load_running "${1-}"
  reboot
  ;;
again)
  load "${1-}"
  if [ ! -f "$WORK/disk" ] || ! gone; then die "machine '$NAME' has no power to be given back: vm.sh cut $NAME"; fi
  boot
  ;;
down) down "$@" ;;
esac
