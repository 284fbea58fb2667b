#!/usr/bin/env bash
# rings.sh: `make test`. Installs what is missing, runs every ring, whatever the one before said, and ends with
# `N passed, N failed`. With CI=true a skipped test counts as failed. What each ring printed stays in target/rings/.
#
# What keeps both processors busy runs in order; then the machines of one Debian release in a lane beside those of the other,
# for most of their time is spent waiting.
#
#   rings.sh long      `make test-long`: more of the same, which takes longer
#   rings.sh machine   `make test-machine`: the package in machines with a kernel of their own, and nothing else
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"
# shellcheck source=tests/bed/preconditions.sh
. "$BED/preconditions.sh"
# shellcheck source=tests/bed/binary.sh
. "$BED/binary.sh"
# shellcheck source=tests/bed/ring.sh
. "$BED/ring.sh"

DIRECTORIES=(slapd samba 389ds)
AMOUNT=${1-usual}
[[ $AMOUNT =~ ^(usual|long|machine)$ ]] || die "usage: rings.sh [long|machine]"
# Daemons killed at random in each mode of each suite.
KILLS=100
FUZZ_SECONDS=3 # for each target
[ "$AMOUNT" != long ] || KILLS=500 FUZZ_SECONDS=60
LOGS=$SOURCE/target/rings
# The lane that this shell is, and the processes of all lanes.
LANE=''
LANES=()

cd "$SOURCE"

# ring NAME COMMAND...: runs it, shows and keeps what it prints, and writes down what it counted. In a lane all is shown
# together at its end.
ring() {
  local name=$1 log="$LOGS/$1.log" began=$SECONDS status
  shift
  [ -n "$LANE" ] || printf '\n=== %s\n' "$name"
  # `set -e` would be void inside, if this were part of a condition.
  set +e
  patiently recorded "$log" "$@"
  status=$?
  set -e
  {
    flock 9
    [ -z "$LANE" ] || printf '\n=== %s (in the lane %s)\n%s\n' "$name" "$LANE" "$(<"$log")"
    echo "$name $("$BED/tally.sh" "$status" "$log") $((SECONDS - began))" >>"$LOGS/counts"
  } 9>"$LOGS/turn"
}
recorded() {
  local log=$1
  shift
  (
    set -e
    "$@"
  ) 2>&1 | shown "$log"
  return "${PIPESTATUS[0]}"
}
shown() { if [ -z "$LANE" ]; then tee "$1"; else cat >"$1"; fi; }

# lane NAME COMMAND...: rings that run beside those of other lanes.
lane() {
  local LANE=$1
  shift
  (
    trap 'hurry; exit 143' TERM
    "$@"
  ) &
  LANES+=("$!")
}

# Waits for all lanes; one that broke off is a failure.
lanes_over() {
  local each
  for each in "${LANES[@]}"; do wait "$each" || echo "lane 0 1 0 $SECONDS" >>"$LOGS/counts"; done
  LANES=()
}

# For a tool that has no counts: it is one test.
one() { if "$@"; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; fi; }

leave() {
  local status=$? suite kind lane
  trap '' INT TERM HUP
  trap - EXIT
  hurry
  for lane in "${LANES[@]}"; do
    kill -TERM "$lane" 2>/dev/null || true
    wait "$lane" || true
  done
  for suite in bookworm trixie; do
    as_root "$BED/machine.sh" down "$(machine_of "$suite")" || status=1
    as_root "$BED/machine.sh" down "net-$suite-$$" || status=1
    as_root "$BED/vm.sh" down "$(vm_of "$suite")" || status=1
  done
  for suite in bookworm trixie ''; do
    for kind in "${DIRECTORIES[@]}"; do "$BED/servers.sh" down "$(directory_of "$kind" "$suite")" || status=1; done
  done
  exit "$status"
}

machine_of() { echo "test-$1-$$"; }
vm_of() { echo "vm-$1-$$"; }
# directory_of KIND LANE: each lane has servers of its own, for some tests change who is in them.
directory_of() { echo "test-$1${2:+-$2}-$$"; }

# --- in order --------------------------------------------------------------------------------------------------------

acceptance_lane() {
  directories_up
  ring "machine-$1" with_vm "$1" acceptance_tests
}

# What failed once more, for it is far up by now; the table; the names of what failed; the sum.
report() {
  local failed name
  mapfile -t failed < <(awk '$3 > 0 { print $1 }' "$LOGS/counts")
  for name in "${failed[@]}"; do
    [ ! -e "$LOGS/$name.log" ] || printf '\n=== failed in %s\n%s\n' "$name" "$("$BED/failures.sh" "$LOGS/$name.log")"
  done
  printf '\n'
  awk -v seconds="$SECONDS" -v ci="${CI-}" -v result="$LOGS/result" '
    {
      printf "%-22s %6d passed %5d failed %5d skipped %6d s\n", $1, $2, $3, $4, $5
      passed += $2; failed += $3; skipped += $4
    }
    END {
      printf "%d s in all", seconds
      if (skipped) printf ", %d skipped%s", skipped, ci == "true" ? " and counted as failed" : ""
      printf "\n"
      printf "%d passed, %d failed\n", passed, failed >result
    }' "$LOGS/counts"
  for name in "${failed[@]}"; do
    [ ! -e "$LOGS/$name.log" ] || "$BED/failures.sh" --names "$LOGS/$name.log" | sed "s/^/$name: /"
  done
  cat "$LOGS/result"
  [ ${#failed[@]} = 0 ]
}

rm -rf "$LOGS"
mkdir -p "$LOGS"
echo "0 passed, 1 failed" >"$LOGS/result" # should we not get to the first ring
check_preconditions
as_root "$BED/machine.sh" able
provide build image bed vm lint browser
provide_node
cargo fmt --version >/dev/null 2>&1 || die "cargo fmt is missing: rustup component add rustfmt, or the package rustfmt"
cargo clippy --version >/dev/null 2>&1 || die "cargo clippy is missing: rustup component add clippy, or the package rust-clippy"
[ ! -e tests/browser/package-lock.json ] || provide_node_packages
provide_cargo_deny
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ "$AMOUNT" = machine ]; then
  DIRECTORIES=(slapd)
  for suite in trixie bookworm; do ring "deb-$suite" one "$BED/package.sh" deb "$suite"; done
  for suite in trixie bookworm; do lane "$suite" acceptance_lane "$suite"; done
  lanes_over
  report
  exit
fi

ring format one cargo fmt --check
ring clippy one cargo clippy --locked --quiet --all-targets -- -D warnings
cargo fetch --locked --quiet # cargo-deny reads the manifests of all platforms, offline
ring crates one tree_of_crates
ring scripts one scripts
ring web web/check.sh
IGNORED=later ring unit unit_tests
ring host host_tests

# What needs a Debian release. What compiles comes first in one lane and last in the other.
bookworm_lane() {
  directories_up
  machines_of bookworm
  ring fuzz tests/fuzz/run.sh "$FUZZ_SECONDS"
  ring deb-bookworm one "$BED/package.sh" deb bookworm
  packages_of bookworm
}
trixie_lane() {
  ring deb-trixie-rust-1.85 one "$BED/package.sh" deb trixie # Debian 13's compiler is our MSRV
  ring rpm one "$BED/package.sh" rpm # it shares what that has compiled
  directories_up
  ring directories directory_tests
  packages_of trixie
  machines_of trixie
  ring browser with_machine trixie browser_tests
}
machines_of() {
  local suite=$1
  ring "bed-$suite" with_machine "$suite" bed_tests
  ring "faults-$suite" with_machine "$suite" fault_tests
  ring "outbound-$suite" outbound_tests "$suite"
  [ "$suite" = trixie ] || [ "$AMOUNT" = long ] || return 0
  ring "vm-$suite" with_vm "$suite" limits_tests
  ring "demo-$suite" with_machine "$suite" demo_tests
}
packages_of() {
  local suite=$1
  ring "package-$suite" with_machine "$suite" package_tests
  ring "machine-$suite" with_vm "$suite" acceptance_tests
}
lane bookworm bookworm_lane
lane trixie trixie_lane
lanes_over
ring package-lint "$BED/package_lint.sh"
[ "$AMOUNT" != long ] || ring package-bytes package_bytes

report
