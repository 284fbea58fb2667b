#!/usr/bin/env bash
# disk.sh SUITE: prints the path of a directory with what a test machine with a kernel of its own boots from, after making
# it if need be (60 to 120 s): disk (ext4, sparse, only ever read: vm.sh starts it with a throw-away overlay), kernel,
# initrd, and the key that root inside lets in.
#
# The tree is root.sh's with Debian's kernel for virtual machines and an SSH server, and without what is only right for a
# machine that shares the host's kernel.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

DISK_SIZE=6G # of a sparse file; what a run writes goes to an overlay

# The cloud kernel leaves hardware out that no virtual machine has; its initrd is half as large.
PACKAGES=(linux-image-cloud-amd64 initramfs-tools openssh-server)

make_disk() {
  local goal=$1 tree=$1/tree IFS=,
  install -d -m 700 "$goal"
  ssh-keygen -q -t ed25519 -N '' -C 'coracle test machine' -f "$goal/key"
  mmdebstrap --quiet --variant=minbase --include="$("$BED/root.sh" --packages | tr ' ' ,),${PACKAGES[*]}" \
    --customize-hook="'$BED/root.sh' --furnish \"\$1\"" --customize-hook="'$0' --furnish \"\$1\" '$goal/key.pub'" "$suite" "$tree"
  cp -L "$tree/vmlinuz" "$goal/kernel"
  cp -L "$tree/initrd.img" "$goal/initrd"
  mke2fs -q -t ext4 -L root -d "$tree" "$goal/disk" "$DISK_SIZE"
  rm -rf --one-file-system "$tree"
}

# What differs from a machine of nspawn; mmdebstrap calls it after root.sh's own.
furnish() {
  local root=$1 key=$2 unit
  echo vm >"$root/etc/hostname"
  # The controllers are there: Podman's own default for pids, and real devices.
  rm "$root/etc/containers/containers.conf"
  for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket; do
    rm "$root/etc/systemd/system/$unit"
  done
  install -D -m 600 "$key" "$root/root/.ssh/authorized_keys"
  # The address that QEMU's network gives; vm.sh tells the kernel to keep the card's plain name.
  printf '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n' >"$root/etc/systemd/network/eth0.network"
  systemctl --root="$root" --quiet enable systemd-networkd.service
  # The serial line is a log, and nothing asks there for a login.
  systemctl --root="$root" --quiet mask serial-getty@ttyS0.service getty@tty1.service systemd-networkd-wait-online.service
}

case ${1-} in
--furnish)
  furnish "$2" "$3"
  ;;
bookworm | trixie)
  suite=$1
  become_root "$@"
  need mmdebstrap mmdebstrap
  need mke2fs e2fsprogs
  need ssh-keygen openssh-client
  keep "disk-$suite" "$(key_of "$0" "$BED/root.sh")" "" make_disk
  ;;
*)
  die "usage: disk.sh bookworm|trixie"
  ;;
esac
