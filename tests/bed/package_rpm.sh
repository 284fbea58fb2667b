#!/bin/sh
# package_rpm.sh SUITE PLACE TARBALL: runs inside the build root; package.sh puts it there. Leaves everything in /out.
set -eu
place=$2 tarball=$3
name=$(basename "$tarball" .tar.xz)

mkdir -p "$place"/SOURCES
mv "$tarball" "$place/SOURCES/"
cd "$place"
tar --extract --file=SOURCES/"$name.tar.xz" --strip-components=2 --wildcards '*/packaging/coracle.spec' '*/packaging/epoch'
SOURCE_DATE_EPOCH=$(cat epoch)
export SOURCE_DATE_EPOCH
# The distribution's own flags for the C compiler, which Debian's rpm does not know; so they are the .deb's.
flags=$(DEB_BUILD_MAINT_OPTIONS=hardening=+all DEB_BUILD_PATH=$place/$name-build/$name dpkg-buildflags --export=sh)
eval "$flags"
[ "$FRESH" = 1 ] || export CARGO_TARGET_DIR=/target
# `make test` runs the tests. Debian's rpm knows no package of Debian's as what the spec requires.
# In two runs: rpm writes the spec, paths and all, into the source package, and with -ba the hash of that into the other.
for what in -bb -bs; do
  rpmbuild "$what" --nodeps --nocheck --define "_topdir $place" --define "_builddir $place" --define '_buildhost localhost' \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'build_mtime_policy clamp_to_source_date_epoch' coracle.spec
done
mv RPMS/*/*.rpm SRPMS/*.rpm /out/
