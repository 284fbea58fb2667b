#!/bin/sh
# package_deb.sh SUITE PLACE TARBALL: runs inside the build root; package.sh puts it there. Leaves everything in /out.
set -eu
suite=$1 tarball=$3
name=$(basename "$tarball" .tar.xz)
version=${name#coracle-}
# Where rpm unpacks, too: compiled crates have the path in them, and both share them.
place=$2/$name-build

mkdir -p "$place"
cd "$place"
tar --extract --file="$tarball"
mv "$tarball" "coracle_$version.orig.tar.xz"
cd "$name"
cp -a packaging/debian debian
if [ "$suite" = bookworm ]; then
  # Older than the same package of Debian 13, so that an upgrade of the host takes that one.
  then=$(sed -n '/^ -- /{s/.*>  //p;q}' debian/changelog)
  then=$(date --utc --date="$then + 1 minute" '+%a, %d %b %Y %T +0000')
  { sed "1s/(\(.*\)) [a-z]*;/(\1~deb12u1) bookworm;/; 3,\$s/^  \* .*/  * Rebuild for Debian 12./; /^ -- /{s/>  .*/>  $then/;q}" debian/changelog
    echo
    cat debian/changelog; } >changelog
  mv changelog debian/changelog
fi
[ "$FRESH" = 1 ] || export CARGO_TARGET_DIR=/target
# `make test` runs the tests.
DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage --no-sign
mv ../coracle_* /out/
