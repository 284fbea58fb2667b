# What each ring of `make test` does; sourced by rings.sh, which says when.
# shellcheck shell=bash

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
# The unit tests that need a kernel with controllers.
LIMITS_TESTS=podman::bed::limits
# Those that need a network with neighbours.
OUTBOUND_TESTS=podman::bed::outbound
# Those that need the directory servers, and no machine.
DIRECTORY_TESTS=auth::ldap::bed

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
