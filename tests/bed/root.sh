#!/usr/bin/env bash
# root.sh SUITE: prints the path of a Debian root for test machines, after making it if need be (25 to 100 s).
#
# SUITE is bookworm (systemd 252, Podman 4.3) or trixie (systemd 257, Podman 5.4). The root is never booted or written:
# machine.sh puts an overlay over it. In it: rootless Podman, and the user `tester` (1000) who lingers, owns 4,194,304
# subordinate ids and has podman.socket enabled.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

PACKAGES=(
  systemd systemd-sysv dbus dbus-user-session libpam-systemd # a machine with user managers
  podman crun conmon uidmap slirp4netns passt fuse-overlayfs netavark
  iproute2 udev kmod procps curl ca-certificates python3-minimal # what tests look and knock with
)

# Units of the system that only cost time, or fail without hardware and make the machine `degraded`. The user's own
# podman.socket is not among them.
MASKED=(
  podman.service podman.socket podman-restart.service podman-auto-update.timer podman-auto-update.service
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket
)

make_root() {
  local IFS=,
  mmdebstrap --quiet --variant=minbase --include="${PACKAGES[*]}" --customize-hook="'$0' --furnish \"\$1\"" "$suite" "$1"
}

# What makes a Debian tree our test machine; mmdebstrap calls it with the finished tree.
furnish() {
  local root=$1 file unit
  rm -f "$root/etc/hostname" # that of the host; a machine takes the name that nspawn gives it
  chroot "$root" useradd -m -s /bin/bash tester
  for file in subuid subgid; do echo tester:1000000:4194304 >"$root/etc/$file"; done
  install -d "$root/var/lib/systemd/linger" "$root/etc/containers"
  touch "$root/var/lib/systemd/linger/tester"
  # Bookworm's Podman takes vfs where nobody says overlay.
  printf '[storage]\ndriver = "overlay"\n' >"$root/etc/containers/storage.conf"
  # The machine has no pids controller, and crun refuses a limit that it cannot set.
  printf '[containers]\npids_limit = 0\n' >"$root/etc/containers/containers.conf"
  for unit in "${MASKED[@]}"; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
  systemctl --root="$root" --global enable podman.socket
}

case ${1-} in
--packages)
  echo "${PACKAGES[*]}"
  ;;
--furnish)
  furnish "$2"
  ;;
bookworm | trixie)
  suite=$1
  become_root "$@"
  need mmdebstrap mmdebstrap
  keep "root-$suite" "$(key_of "$0")" "" make_root
  ;;
*)
  die "usage: root.sh bookworm|trixie"
  ;;
esac
