#!/bin/sh
# package_rpm.sh SUITE PLACE TARBALL: runs inside the build root; package.sh puts it there. Leaves everything in /out.
set -eu
place=$2 tarball=$3

mkdir -p "$place"/SOURCES
mv "$tarball" "$place/SOURCES/"
cd "$place"
tar --extract --file=SOURCES/"$(basename "$tarball")" --strip-components=2 --wildcards '*/packaging/coracle.spec' '*/packaging/epoch'
SOURCE_DATE_EPOCH=$(cat epoch)
export SOURCE_DATE_EPOCH
if [ "$FRESH" != 1 ]; then
  export CARGO_TARGET_DIR=/target
  mkdir source
  tar --extract --file=SOURCES/"$(basename "$tarball")" --strip-components=1 --directory=source
  # Why: see package_deb.sh.
  (cd source && cargo clean --quiet --frozen --release --package coracle)
  rm -r source
  find /target -exec touch --no-dereference --date="@$(date +%s)" {} +
fi
# `make test` runs the tests. Debian's rpm knows no package of Debian's as what the spec requires.
rpmbuild -ba --nodeps --nocheck --define "_topdir $place" --define '_buildhost localhost' \
  --define 'use_source_date_epoch_as_buildtime 1' --define 'build_mtime_policy clamp_to_source_date_epoch' coracle.spec
mv RPMS/*/*.rpm SRPMS/*.rpm /out/
