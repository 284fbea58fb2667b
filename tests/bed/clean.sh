#!/usr/bin/env bash
# clean.sh: `make clean-cache`. Removes the cached roots, images and compiled dependencies; refuses while a machine runs.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

become_root "$@"
"$BED/machine.sh" sweep
[ -z "$(ls "$MACHINES" 2>/dev/null)" ] || die "machines are running: $(ls "$MACHINES"); machine.sh down NAME"
for thing in "$CACHE"/root-* "$CACHE"/disk-* "$CACHE"/image-* "$CACHE"/state-* "$CACHE"/package-* "$CACHE"/kept-*; do
  [ ! -e "$thing" ] || rm -rf --one-file-system "$thing"
done
rmdir "$CACHE" 2>/dev/null || true
