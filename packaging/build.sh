#!/bin/sh
# build.sh: the program as packages build it, out of an unpacked `make dist`: offline, and the same bytes wherever that lies.
# What the packager has in RUSTFLAGS and CFLAGS stays.
set -eu
cd "$(dirname "$0")/.."

top=$(pwd -P)
: "${CARGO_HOME:=$top/target/cargo-home}" "${CARGO_TARGET_DIR:=$top/target}"
: "${SOURCE_DATE_EPOCH:=$(cat packaging/epoch)}"
RUSTFLAGS="${RUSTFLAGS-} --remap-path-prefix=$top=/usr/src/coracle --remap-path-prefix=$CARGO_TARGET_DIR=/usr/src/coracle/target"
CFLAGS="${CFLAGS-} -ffile-prefix-map=$top=/usr/src/coracle"
export CARGO_HOME CARGO_TARGET_DIR SOURCE_DATE_EPOCH RUSTFLAGS CFLAGS
exec cargo "${@:-build}" --release --frozen
