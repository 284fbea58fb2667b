# A coracle binary that starts inside a machine; sourced.
#
# A machine may be older than the host: then a binary that wants the host's newer C library does not start there, and
# one with the C library built in is made instead.
# shellcheck shell=bash

# binary_for MACHINE PROFILE: puts it at /usr/bin/coracle inside and prints its path on the host; PROFILE is release or dev.
binary_for() {
  local machine=$1 profile=$2 directory=$2 host binary
  [ "$profile" != dev ] || directory=debug
  (cd "$SOURCE" && cargo build --quiet --locked --bin coracle --profile "$profile" >&2)
  binary=$SOURCE/target/$directory/coracle
  if ! starts_in "$machine" "$binary"; then
    host=$(rustc -vV | sed -n 's/^host: //p')
    say "the binary does not start in $machine (an older C library there); building one with the C library inside"
    (cd "$SOURCE" && RUSTFLAGS="-Ctarget-feature=+crt-static" \
      cargo build --quiet --locked --bin coracle --profile "$profile" --target "$host" >&2)
    binary=$SOURCE/target/$host/$directory/coracle
    starts_in "$machine" "$binary" || die "neither binary answers 'coracle --version' in $machine"
  fi
  printf '%s\n' "$binary"
}

starts_in() {
  "$BED/machine.sh" put "$1" "$2" /usr/bin/coracle 755 && "$BED/machine.sh" run "$1" /usr/bin/coracle --version >/dev/null 2>&1
}
