# Programs of ours that start inside a machine; sourced.
#
# A machine may be older than the host: a program that wants the host's newer C library does not start there, and then
# one with the C library built in is made instead.
# shellcheck shell=bash

# binary_for MACHINE PROFILE: coracle, at /usr/bin/coracle inside; prints its path on the host. PROFILE is release or dev.
binary_for() { made_for "$1" /usr/bin/coracle --version build --bin coracle --profile "$2"; }

# unit_tests_for MACHINE: the modules' tests as a program, at /usr/lib/coracle/unit-tests inside; prints its path on the host.
unit_tests_for() { made_for "$1" /usr/lib/coracle/unit-tests --list test --lib --no-run; }

# made_for MACHINE PATH PROBE CARGO-COMMAND...: puts the program that cargo makes to PATH inside, where `PATH PROBE` works.
made_for() {
  local machine=$1 path=$2 probe=$3 host program
  shift 3
  program=$(made "$@")
  if ! starts_in "$machine" "$program" "$path" "$probe"; then
    host=$(rustc -vV | sed -n 's/^host: //p')
    say "$path does not start in $machine (an older C library there?); making one with the C library inside"
    program=$(RUSTFLAGS="-Ctarget-feature=+crt-static" made "$@" --target "$host")
    starts_in "$machine" "$program" "$path" "$probe" || die "neither of the two answers '$path $probe' in $machine"
  fi
  printf '%s\n' "$program"
}

# made CARGO-COMMAND...: runs cargo and prints the path of the program that it made; beside a bench it makes coracle itself.
made() {
  local wanted=executable
  [ "$1" != bench ] || wanted='"kind":["bench"]'
  (cd "$SOURCE" && cargo "$1" --quiet --locked --message-format=json-render-diagnostics "${@:2}") |
    grep -F "$wanted" | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1
}

starts_in() {
  "$OPERATE" put "$1" "$2" "$3" 755 && "$OPERATE" run "$1" "$3" "$4" >/dev/null 2>&1
}
