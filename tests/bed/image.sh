#!/usr/bin/env bash
# image.sh session|tools|small|busybox: prints the path of a tar to `podman import`, after making it if need be.
#
# session: Debian trixie with a shell that is pleasant to sit in.
# tools:   Debian trixie with what tests/images/tools lists: editors, compilers, debuggers. 120 s the first time.
# small:   busybox under its usual names and this host's bash: what the shipped profile needs, in 6 MB, for machines whose
#          processors are emulated.
# busybox: one static binary and a link; the raw material for hostile images, imported in 0.4 s.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

IMAGES=$SOURCE/tests/images

# xterm-256color and its kin are in ncurses-base; ncurses-term would add 2,700 files for terminals of the eighties.
SESSION_PACKAGES=(bash procps less vim-tiny nano ncurses-base ncurses-bin)

make_session() { "$IMAGES/debian" "$1" "${SESSION_PACKAGES[@]}"; }

make_tools() {
  local packages
  mapfile -t packages < <(grep -v '^#' "$IMAGES/tools")
  "$IMAGES/debian" "$1" "${packages[@]}"
}

# Debian's images need no root where the cache is the caller's own.
cache_is_ours() { mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ]; }

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
session)
  cache_is_ours || become_root "$@"
  need mmdebstrap mmdebstrap
  keep image-session "$(key_of "$0" "$IMAGES/debian")" .tar make_session
  ;;
tools)
  cache_is_ours || become_root "$@"
  need mmdebstrap mmdebstrap
  keep image-tools "$(key_of "$0" "$IMAGES/debian" "$IMAGES/tools")" .tar make_tools
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
  die "usage: image.sh session|tools|small|busybox"
  ;;
esac
