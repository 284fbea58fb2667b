#!/bin/sh
# build.sh: the program as packages build it, out of an unpacked `make dist`: offline, and the same bytes wherever that lies.
# What the packager has in RUSTFLAGS and CFLAGS stays.
set -eu
cd "$(dirname "$0")/.."

top=$(pwd -P)
: "${CARGO_HOME:=$top/target/cargo-home}" "${CARGO_TARGET_DIR:=$top/target}"
RUSTFLAGS="${RUSTFLAGS-} --remap-path-prefix=$top=/usr/src/coracle --remap-path-prefix=$CARGO_TARGET_DIR=/usr/src/coracle/target"
CFLAGS="${CFLAGS-} -ffile-prefix-map=$top=/usr/src/coracle"
# Of the first package, and no time is in the program. A packager's own would compile C, and all that uses it, for each commit.
SOURCE_DATE_EPOCH=1795694400
export CARGO_HOME CARGO_TARGET_DIR SOURCE_DATE_EPOCH RUSTFLAGS CFLAGS
exec cargo "${@:-build}" --release --frozen
