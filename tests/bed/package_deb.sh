#!/bin/sh
# package_deb.sh SUITE PLACE TARBALL: runs inside the build root; package.sh puts it there. Leaves everything in /out.
set -eu
suite=$1 place=$2 tarball=$3

mkdir -p "$place"
cd "$place"
tar --extract --file="$tarball"
name=$(ls)
version=${name#coracle-}
mv "$tarball" "coracle_$version.orig.tar.xz"
cd "$name"
cp -R packaging/debian debian
if [ "$suite" = bookworm ]; then
  # Older than the same package of Debian 13, so that an upgrade of the host takes that one.
  { sed '1s/(\(.*\)) [a-z]*;/(\1~deb12u1) bookworm;/; 3,$s/^  \* .*/  * Rebuild for Debian 12./; / -- /q' debian/changelog
    echo
    cat debian/changelog; } >changelog
  mv changelog debian/changelog
fi
if [ "$FRESH" != 1 ]; then
  # cargo compares times to know what has changed in our own crate, and ours are all those of one commit.
  # Of the others, what was compiled counts as new: a version never changes, and their files have that commit's time, too.
  export CARGO_TARGET_DIR=/target
  cargo clean --quiet --frozen --release --package coracle
  find /target -exec touch --no-dereference --date="@$(date +%s)" {} +
fi
# `make test` runs the tests.
DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage --no-sign
mv ../coracle_* /out/
