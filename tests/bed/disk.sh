#!/usr/bin/env bash
# disk.sh SUITE: prints the path of a directory with what a test machine with a kernel of its own boots from, after making
# it if need be (60 to 120 s): disk (ext4, sparse, only ever read: vm.sh starts a copy), kernel, initrd, and the key that
# root inside lets in.
#
# The tree is root.sh's with Debian's kernel for virtual machines and an SSH server, and without what is only right for a
# machine that shares the host's kernel. It boots often, and on emulated processors: what such a machine would start for
# nothing is left out.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

DISK_SIZE=6G # of a sparse file

# The cloud kernel leaves hardware out that no virtual machine has. busybox-static is for the initrd.
PACKAGES=(linux-image-cloud-amd64 initramfs-tools openssh-server busybox-static)
# Up to the root file system; what depends on them or is built in, the kernel's own lists know.
BOOT_MODULES=(virtio_pci virtio_blk ext4)
# Besides what serves hardware that is not there: the serial line is a log, where nothing asks for a login.
MASKED=(
  serial-getty@ttyS0.service getty@tty1.service systemd-networkd-wait-online.service systemd-networkd-persistent-storage.service
  netavark-dhcp-proxy.socket netavark-dhcp-proxy.service modprobe@drm.service modprobe@configfs.service modprobe@efi_pstore.service
  systemd-pstore.service systemd-binfmt.service sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount
)

make_disk() {
  local goal=$1 tree=$1/tree IFS=,
  install -d -m 700 "$goal"
  ssh-keygen -q -t ed25519 -N '' -C 'coracle test machine' -f "$goal/key"
  mmdebstrap --quiet --variant=minbase --include="$("$BED/root.sh" --packages | tr ' ' ,),${PACKAGES[*]}" \
    --customize-hook="'$BED/root.sh' --furnish \"\$1\"" --customize-hook="'$0' --furnish \"\$1\" '$goal/key.pub'" "$suite" "$tree"
  cp -L "$tree/vmlinuz" "$goal/kernel"
  make_initrd "$tree" >"$goal/initrd"
  mke2fs -q -t ext4 -L root -d "$tree" "$goal/disk" "$DISK_SIZE"
  rm -rf --one-file-system "$tree"
}

# The way to the root file system and nothing else: Debian's initrd takes a third of the whole boot. /bin/false is vm.sh's.
make_initrd() {
  local tree=$1 stage=$1/initrd version name path n=10
  install -d "$stage"/{bin,dev,modules,root}
  cp "$tree/usr/bin/busybox" "$stage/bin/"
  ln -s busybox "$stage/bin/false"
  version=$(ls "$tree/lib/modules")
  # In this order; one that two others need comes first, once.
  while read -r path; do
    name=$stage/modules/$n.ko n=$((n + 1))
    xz --decompress --stdout --force "$tree$path" >"$name" # what is not compressed passes as it is
  done < <(for name in "${BOOT_MODULES[@]}"; do chroot "$tree" modprobe --set-version "$version" --show-depends "$name"; done |
    awk '$1 == "insmod" && !seen[$2]++ { print $2 }')
  cat >"$stage/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
for module in /modules/*; do /bin/busybox insmod "$module"; done
until /bin/busybox mount -t ext4 /dev/vda /root; do /bin/busybox sleep 0.1; done
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
INIT
  chmod 755 "$stage/init"
  chroot "$tree" sh -euc 'cd /initrd && find . | busybox cpio -o -H newc'
  rm -r "$stage"
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
  systemctl --root="$root" --quiet mask "${MASKED[@]}"
  # Of the devices, those that QEMU has for us and those that Podman opens.
  install -d "$root/etc/systemd/system/systemd-udev-trigger.service.d"
  printf '[Service]\nExecStart=\nExecStart=-udevadm trigger --action=add%s\n' \
    "$(printf ' --subsystem-match=%s' virtio net block misc mem)" >"$root/etc/systemd/system/systemd-udev-trigger.service.d/few.conf"
  # No login session, hence no user manager, of root's for each connection.
  echo 'UsePAM no' >"$root/etc/ssh/sshd_config.d/bed.conf"
  # It has booted before, and nothing changed since.
  systemd-id128 new >"$root/etc/machine-id"
  touch "$root/etc/.updated" "$root/var/.updated"
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
