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

# Bounds for what hangs, in seconds; a tenth of each is enough where nobody else is at work.
BED_TESTS_LIMIT=2400 # the integration tests of one suite
VM_TESTS_LIMIT=1800  # where processors are emulated, too
BROWSER_LIMIT=1800
DEMO_LIMIT=600
LARGE_RECORDING=largelargela # any id
SESSION_IMAGE=localhost/coracle-bed:session
BUSYBOX_IMAGE=localhost/coracle-bed:busybox
TOOLS_IMAGE=localhost/coracle-bed:tools
SMALL_IMAGE=localhost/coracle-bed:small
DIRECTORIES=(slapd samba 389ds)
# The unit tests that need a kernel with controllers.
LIMITS_TESTS=podman::bed::limits
# Those that need a network with neighbours.
OUTBOUND_TESTS=podman::bed::outbound
# Those that need the directory servers, and no machine.
DIRECTORY_TESTS=auth::ldap::bed

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

# --- the rings -------------------------------------------------------------------------------------------------------

scripts() { find .ci/run benches packaging tests web -type f \( -name '*.sh' -o -path .ci/run -o -path tests/images/debian \) -print0 | xargs -0 shellcheck -x; }

tree_of_crates() { PATH=$TOOLS/bin:$PATH cargo deny --offline --config packaging/deny.toml check bans licenses sources; }

# The tests of the modules. Those that need a machine are `#[ignore]`d here, and run in one below.
unit_tests() { cargo test --locked --no-fail-fast --lib --bins -- --show-output; }

# tests_as_root [VARIABLE=VALUE...] CARGO...: these tests look into a machine's /proc, or run the daemon as an account of
# their own: as root, even where cargo must not be.
tests_as_root() {
  local runner=()
  if [ "$(id -u)" != 0 ]; then
    runner=("CARGO_TARGET_$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')_RUNNER=sudo --preserve-env --")
  fi
  env "${runner[@]}" "$@"
}

# The files of tests/ but acceptance.rs, bed.rs, package.rs and vm.rs: the daemon as a process on this host.
host_tests() {
  local name chosen=()
  for name in $(host_test_names); do chosen+=(--test "$name"); done
  tests_as_root cargo test --locked --no-fail-fast "${chosen[@]}" -- --show-output
}
# tests/NAME.rs and tests/NAME/main.rs, but for those that run against a machine.
host_test_names() {
  local name
  for name in tests/*.rs tests/*/main.rs; do
    name=${name#tests/} name=${name%/main.rs} name=${name%.rs}
    case $name in '*' | bed | vm | package | acceptance) ;; *) echo "$name" ;; esac
  done
}

# with_machine SUITE COMMAND...: calls it as `COMMAND... MACHINE` with a fresh machine that has the session image.
with_machine() {
  local suite=$1 machine status
  shift
  machine=$(machine_of "$suite")
  OWNER=$$ "$BED/machine.sh" up "$machine" "$suite" >/dev/null
  set +e
  (
    set -e
    "$BED/machine.sh" image "$machine" "$("$BED/image.sh" session)" "$SESSION_IMAGE" >/dev/null
    "$@" "$machine"
  )
  status=$?
  set -e
  [ "$status" = 0 ] || "$BED/machine.sh" journal "$machine"
  "$BED/machine.sh" down "$machine" || status=1
  return "$status"
}

# shellcheck disable=SC2153  # SUITE is one of the facts
bed_tests() {
  local machine=$1 status=0 chosen=()
  # shellcheck source=/dev/null
  . "$MACHINES/$machine/facts"
  # On one of them what does not depend on the release; the image with tools is large, too.
  if [ "$SUITE" = trixie ]; then
    "$BED/machine.sh" image "$machine" "$("$BED/image.sh" tools)" "$TOOLS_IMAGE" >/dev/null
  else
    chosen=(--skip tools:: --skip baddays::an_end --skip baddays::without_room --skip baddays::out_of --skip baddays::what_hostile
      --skip proxy::an_idle --skip directory::hostile --skip directory::states --skip directory::login::odd)
  fi
  "$BED/machine.sh" image "$machine" "$("$BED/image.sh" busybox)" "$BUSYBOX_IMAGE" >/dev/null
  # Tests that need a machine and the inside of a module: as tester, where Podman is.
  unit_tests_for "$machine" >/dev/null
  timeout "$BED_TESTS_LIMIT" "$BED/machine.sh" user "$machine" env CORACLE_IN_BED=1 CORACLE_BED_SUITE="$SUITE" \
    CORACLE_BED_IMAGE="$SESSION_IMAGE" CORACLE_BED_BUSYBOX="$BUSYBOX_IMAGE" RUST_BACKTRACE=1 \
    /usr/lib/coracle/unit-tests --ignored --skip "$LIMITS_TESTS" --skip "$OUTBOUND_TESTS" --skip "$DIRECTORY_TESTS" --test-threads=1 \
    --show-output || status=1
  product_tests "$machine" --skip faults:: "${chosen[@]}" || status=1
  return "$status"
}

# Faults of every kind, in user mode and in system mode.
fault_tests() {
  "$BED/machine.sh" image "$1" "$("$BED/image.sh" busybox)" "$BUSYBOX_IMAGE" >/dev/null
  export CORACLE_BED_KILLS=$KILLS
  product_tests "$1" faults::
}

# product_tests MACHINE CHOICE...: tests that speak to the whole product as browsers and administrators do.
# shellcheck disable=SC2153  # SUITE is one of the facts
product_tests() {
  local machine=$1 binary
  shift
  # shellcheck source=/dev/null
  . "$MACHINES/$machine/facts"
  binary=$(binary_for "$machine" dev)
  tests_as_root CORACLE_BED_SUITE="$SUITE" CORACLE_BED_NAME="$machine" CORACLE_BED_PID="$L" CORACLE_BED_HOME="$HOMES" \
    CORACLE_BED_IMAGE="$SESSION_IMAGE" CORACLE_BED_BUSYBOX="$BUSYBOX_IMAGE" CORACLE_BED_TOOLS="$TOOLS_IMAGE" CORACLE_BIN="$binary" \
    timeout "$BED_TESTS_LIMIT" cargo test --locked --test bed -- --test-threads=1 --show-output "$@"
}

# outbound_tests SUITE: sessions with a network, in a machine whose whole network is its own.
outbound_tests() {
  local suite=$1 machine status=0
  machine=net-$suite-$$
  OWNER=$$ NETWORK=own "$BED/machine.sh" up "$machine" "$suite" >/dev/null
  set +e
  (
    set -e
    "$BED/machine.sh" image "$machine" "$("$BED/image.sh" session)" "$SESSION_IMAGE" >/dev/null
    "$BED/elsewhere.sh" "$machine"
    unit_tests_for "$machine" >/dev/null
    outbound_test_of "$machine" free
    "$BED/elsewhere.sh" "$machine" rules
    outbound_test_of "$machine" ruled
  )
  status=$?
  set -e
  "$BED/machine.sh" down "$machine" || status=1
  return "$status"
}
outbound_test_of() {
  timeout "$BED_TESTS_LIMIT" "$BED/machine.sh" user "$1" env CORACLE_IN_BED=1 CORACLE_BED_IMAGE="$SESSION_IMAGE" \
    CORACLE_BED_BUSYBOX="$SESSION_IMAGE" RUST_BACKTRACE=1 /usr/lib/coracle/unit-tests --ignored --test-threads=1 \
    --show-output "$OUTBOUND_TESTS::$2"
}

# The directory servers. Without one, the tests that ask it say so.
directories_up() {
  local kind name
  for kind in "${DIRECTORIES[@]}"; do
    name=$(directory_of "$kind" "$LANE")
    OWNER=$$ patiently "$BED/servers.sh" up "$name" "$kind" >/dev/null || continue
    export "CORACLE_BED_${kind^^}=$MACHINES/$name/facts"
  done
}

# The directory as the login gate asks it.
directory_tests() {
  timeout "$BED_TESTS_LIMIT" cargo test --locked --lib "$DIRECTORY_TESTS" -- --ignored --test-threads=2 --show-output
}

# with_vm SUITE COMMAND...: calls it as `COMMAND... MACHINE` with a fresh machine that has a kernel of its own.
with_vm() {
  local suite=$1 machine status
  shift
  machine=$(vm_of "$suite")
  export OPERATE=$BED/vm.sh
  OWNER=$$ "$OPERATE" up "$machine" "$suite" >/dev/null
  set +e
  (
    set -e
    "$@" "$machine"
  )
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    "$OPERATE" console "$machine"
    "$OPERATE" journal "$machine"
  fi
  "$OPERATE" down "$machine" || status=1
  return "$status"
}

# What needs the cpu, memory and pids controllers.
limits_tests() {
  local machine=$1 status=0 facts
  "$OPERATE" image "$machine" "$("$BED/image.sh" busybox)" "$BUSYBOX_IMAGE" >/dev/null
  "$OPERATE" image "$machine" "$("$BED/image.sh" small)" "$SMALL_IMAGE" >/dev/null
  unit_tests_for "$machine" >/dev/null
  timeout "$VM_TESTS_LIMIT" "$OPERATE" user "$machine" env CORACLE_IN_BED=1 CORACLE_BED_BUSYBOX="$BUSYBOX_IMAGE" \
    RUST_BACKTRACE=1 /usr/lib/coracle/unit-tests --ignored --test-threads=1 --show-output "$LIMITS_TESTS" || status=1
  binary_for "$machine" dev >/dev/null
  facts=$("$BED/install.sh" "$machine" "$SMALL_IMAGE")
  eval "$facts"
  CORACLE_MACHINE_NAME=$machine CORACLE_MACHINE_PORT=${URL##*:} CORACLE_VM_USER=$LOGIN CORACLE_VM_PASSWORD=$PASSWORD \
    timeout "$VM_TESTS_LIMIT" cargo test --locked --test vm -- --test-threads=1 --show-output || status=1
  return "$status"
}

# fact FILE NAME: one fact of a machine or server.
fact() (
  # shellcheck source=/dev/null
  . "$1"
  printf '%s' "${!2}"
)

# The package from its installation to its purge, with the host's Chromium and slapd. Minutes pass until the port leads into the
# machine, so each suite has its own to choose from.
acceptance_tests() {
  local machine=$1 directory=${CORACLE_BED_SLAPD:?the directory server did not start} suite first=8280
  suite=$(fact "$MACHINES/$machine/facts" SUITE)
  [ "$suite" = trixie ] || first=8330
  CORACLE_MACHINE_NAME=$machine CORACLE_MACHINE_PORT=$(free_port "$first" $((first + 49))) \
    CORACLE_MACHINE_DEB=$(echo "$SOURCE/target/packages/$suite"/coracle_*.deb) CORACLE_MACHINE_IMAGE=$("$BED/image.sh" small) \
    CORACLE_MACHINE_LDAP=$(fact "$directory" PORT) CORACLE_MACHINE_CA=$(fact "$directory" CA) \
    timeout "$VM_TESTS_LIMIT" cargo test --locked --test acceptance
}

acceptance_lane() {
  directories_up
  ring "machine-$1" with_vm "$1" acceptance_tests
}

# `make demo` as the user of a host that systemd has booted.
demo_tests() {
  binary_for "$1" dev >/dev/null
  timeout "$DEMO_LIMIT" "$BED/demo_test.sh" "$1" "$SESSION_IMAGE"
}

# Whether a clean build elsewhere gives the same bytes.
same_bytes() {
  FRESH=1 "$BED/package.sh" "$1" trixie >/dev/null
  if [ "$1" = deb ]; then cmp target/packages/{trixie,fresh-deb}/coracle_*.deb; else cmp target/packages/{rpm,fresh-rpm}/coracle-[0-9]*.x86_64.rpm; fi
}
package_bytes() {
  one same_bytes deb
  one same_bytes rpm
}

# rpm_for MACHINE: rpm, out of the root where ours is built. The machine has none, and maybe no network that brings it.
rpm_for() {
  local root files
  root=$("$BED/package.sh" root trixie)
  mapfile -t files < <(as_root chroot "$root" ldd /usr/bin/rpm | grep -o '/[^ ]*')
  tar --create --dereference --directory="$root" usr/bin/rpm usr/bin/rpmdb usr/lib/rpm "${files[@]#/}" |
    "$BED/machine.sh" run "$1" tar --extract --skip-old-files --directory=/
}

# Installation, upgrade, removal and purge of the package of this release; on Debian 13 of the rpm, too.
# shellcheck disable=SC2153  # SUITE is one of the facts
package_tests() {
  local machine=$1 chosen=()
  # shellcheck source=/dev/null
  . "$MACHINES/$machine/facts"
  if [ "$SUITE" = trixie ]; then rpm_for "$machine"; else chosen=(--skip rpm::); fi
  # Podman's overlay cannot sit on the machine's own root, which is one.
  "$BED/machine.sh" run "$machine" sh -euc 'cp -a /var/lib /home/.var-lib && mount --bind /home/.var-lib /var/lib'
  tests_as_root CORACLE_PACKAGE_PID="$L" CORACLE_PACKAGE_IMAGE="$SESSION_IMAGE" CORACLE_PACKAGE_PORT="$(free_port 8180 8279)" \
    CORACLE_PACKAGE_DEB="$(echo "$SOURCE/target/packages/$SUITE"/coracle_*.deb)" \
    CORACLE_PACKAGE_RPM="$(echo "$SOURCE/target/packages/rpm"/coracle-[0-9]*.x86_64.rpm)" \
    timeout "$BED_TESTS_LIMIT" cargo test --locked --test package -- --test-threads=1 --show-output "${chosen[@]}"
}

browser_tests() {
  local machine=$1 facts status=0
  binary_for "$machine" dev >/dev/null
  facts=$("$BED/install.sh" "$machine" "$SESSION_IMAGE")
  eval "$facts"
  "$BED/machine.sh" user "$machine" coracle passwd warden --groups admin <<<"$PASSWORD" # the administrator, as browser.mjs knows
  many_starts "$machine"
  CORACLE_URL=$URL CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD timeout "$BROWSER_LIMIT" node tests/browser/run.mjs || status=1
  # The demo's check once more, over TLS.
  one env LOGIN="$LOGIN" PASSWORD="$PASSWORD" timeout "$BROWSER_LIMIT" "$BED/https_page.sh" "$machine"
  record_sessions "$machine"
  CORACLE_URL=$URL CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD CORACLE_LARGE=$LARGE_RECORDING \
    timeout "$BROWSER_LIMIT" node tests/browser/recordings.mjs || status=1
  below_a_path "$machine"
  CORACLE_URL=$URL/shell CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD timeout "$BROWSER_LIMIT" node tests/browser/base.mjs || status=1
  return "$status"
}

# A ring starts more sessions in a minute than a person may.
many_starts() {
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" user "$1" sh -euc '
    mkdir -p "$HOME/.config/coracle/config.d"
    printf "[sessions]\nstarts_per_minute = 60\n" >"$HOME/.config/coracle/config.d/starts.toml"
    systemctl --user restart coracle.service'
}

# Records sessions from now on; a recording of 200 MB is there already.
record_sessions() {
  local owner
  "$BED/machine.sh" put "$1" "$BED/large_recording.sh" /usr/lib/coracle/large-recording
  # shellcheck disable=SC2016  # expanded inside
  owner=$("$BED/machine.sh" user "$1" sh -euc 'sed -n "s/^$1:[^:]*:[^:]*:\([0-9a-f]*\):.*/\1/p" "$HOME/.config/coracle/users"' _ "$LOGIN")
  # shellcheck disable=SC2016
  "$BED/machine.sh" user "$1" sh -euc '
    mkdir -p "$HOME/.config/coracle/config.d"
    printf "[recording]\npolicy = \"best-effort\"\n" >"$HOME/.config/coracle/config.d/recorded.toml"
    for state in "$HOME/.local/state/coracle/state" "$HOME/.config/coracle/state"; do
      [ ! -d "$state" ] || sh /usr/lib/coracle/large-recording "$state/recordings" "$1" "local:$2" "$3" 200000000
    done
    systemctl --user restart coracle.service' _ "$LARGE_RECORDING" "$owner" "$LOGIN"
}

# Moves what install.sh made to a base path; nothing runs there yet.
below_a_path() {
  "$BED/machine.sh" user "$1" coracle end --all --reason shutdown >/dev/null
  # shellcheck disable=SC2016  # expanded inside
  "$BED/machine.sh" user "$1" sh -euc '
    mkdir -p "$HOME/.config/coracle/config.d"
    printf "[server]\npublic_url = \"%s/shell\"\n" "$1" >"$HOME/.config/coracle/config.d/path.toml"
    systemctl --user restart coracle.service' _ "$URL"
}

# --- in order --------------------------------------------------------------------------------------------------------

report() {
  printf '\n'
  awk -v seconds="$SECONDS" -v ci="${CI-}" -v result="$LOGS/result" '
    {
      printf "%-22s %6d passed %5d failed %5d skipped %6d s\n", $1, $2, $3, $4, $5
      passed += $2; failed += $3; skipped += $4
    }
    END {
      printf "%d s in all", seconds
      if (skipped) printf ", %d skipped%s", skipped, ci == "true" ? " and counted as failed" : ""
      printf "\n%d passed, %d failed\n", passed, failed
      printf "%d passed, %d failed\n", passed, failed >result
      exit failed > 0
    }' "$LOGS/counts"
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
