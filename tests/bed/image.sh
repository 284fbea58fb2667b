#!/usr/bin/env bash
# image.sh session|small|busybox: prints the path of a tar to `podman import`, after making it if need be.
#
# session: Debian trixie with a shell that is pleasant to sit in. Few files (Podman copies each of them for every new id
#          mapping), so no documentation, locales and package lists.
# small:   busybox under its usual names and this host's bash: what the shipped profile needs, in 6 MB, for machines whose
#          processors are emulated.
# busybox: one static binary and a link; the raw material for hostile images, imported in 0.4 s.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

# xterm-256color and its kin are in ncurses-base; ncurses-term would add 2,700 files for terminals of the eighties.
SESSION_PACKAGES=bash,procps,less,vim-tiny,nano,ncurses-base,ncurses-bin

make_session() {
  mmdebstrap --quiet --variant=minbase --format=tar --include="$SESSION_PACKAGES" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/zoneinfo/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    --customize-hook="'$0' --furnish \"\$1\"" trixie - >"$1"
}

# The build leaves the host's resolver and name in the tree; an image says nothing about where it was made.
furnish() {
  local tree=$1
  rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/* "$tree"/var/log/* "$tree"/var/cache/debconf/*-old
  rm -f "$tree/etc/resolv.conf" "$tree/etc/hostname"
  : >"$tree/etc/resolv.conf"
  printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n' >"$tree/etc/hosts"
  rm -f "$tree/etc/machine-id"
}

make_busybox() {
  local tree status=0
  tree=$(mktemp -d)
  install -D -m 755 "$(command -v busybox)" "$tree/bin/busybox"
  ln -s busybox "$tree/bin/sh"
  tar -C "$tree" --owner=0 --group=0 --numeric-owner -cf "$1" . || status=$?
  rm -rf "$tree"
  return "$status"
}

SMALL_APPLETS=(sh cat grep head id ls ps sleep sort stat stty tail tr wc yes)

make_small() {
  local tree status=0 applet file
  tree=$(mktemp -d)
  install -D -m 755 "$(command -v busybox)" "$tree/bin/busybox"
  for applet in "${SMALL_APPLETS[@]}"; do ln -s busybox "$tree/bin/$applet"; done
  install -m 755 "$(command -v bash)" "$tree/bin/bash"
  # Its libraries and its loader, where it looks for them.
  for file in $(ldd "$(command -v bash)" | grep -o '/[^ ]*'); do install -D -m 755 "$file" "$tree$file"; done
  tar -C "$tree" --owner=0 --group=0 --numeric-owner -cf "$1" . || status=$?
  rm -rf "$tree"
  return "$status"
}

case ${1-} in
--furnish)
  furnish "$2"
  ;;
session)
  become_root "$@"
  need mmdebstrap mmdebstrap
  keep image-session "$(key_of "$0")" .tar make_session
  ;;
small)
  become_root "$@"
  need busybox busybox-static
  keep image-small "$(key_of "$0" "$(command -v bash)" "$(command -v busybox)")" .tar make_small
  ;;
busybox)
  become_root "$@"
  need busybox busybox-static
  keep image-busybox "$(key_of "$0")" .tar make_busybox
  ;;
*)
  die "usage: image.sh session|small|busybox"
  ;;
esac
