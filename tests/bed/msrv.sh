#!/usr/bin/env bash
# msrv.sh: builds coracle with Debian 13's own rustc and cargo (1.85), offline, as a package build would.
#
# rustup's 1.85 would not do: Debian's cargo is another version, and packagers have only vendored sources. The root and
# the compiled dependencies are kept, so a second run compiles only what changed.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

BUILD_LIMIT=1500 # s; measured 2 to 3 min cold on two cores
BUILD_WAIT=1500  # s that one run waits for another's build

make_root() {
  mmdebstrap --quiet --variant=minbase --include=rustc,cargo,gcc,libc6-dev,ca-certificates trixie "$1"
}

# Everything is mounted in a namespace that ends with the build. The sources are read-only and there is no network.
build() {
  local root=$1 target=$2 stage=/run/coracle-msrv
  mkdir -p "$stage"
  mount -t tmpfs -o size=64m,mode=755 tmpfs "$stage"
  mkdir "$stage"/{upper,work,root}
  mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" overlay "$stage/root"
  mkdir "$stage/root"/{src,vendor,target}
  mount --bind -o ro "$SOURCE" "$stage/root/src"
  mount -o remount,bind,ro "$stage/root/src"
  mount --bind "$SOURCE/target/vendor" "$stage/root/vendor"
  mount --bind "$target" "$stage/root/target"
  mount -t proc proc "$stage/root/proc"
  mount --bind /dev "$stage/root/dev"
  chroot "$stage/root" env -i PATH=/usr/bin:/bin HOME=/root CARGO_HOME=/root/.cargo CARGO_TARGET_DIR=/target LANG=C.UTF-8 \
    timeout "$BUILD_LIMIT" sh -euc '
      rustc --version
      cd /src
      cargo build --frozen --quiet --config "source.crates-io.replace-with=\"vendored\"" \
        --config "source.vendored.directory=\"/vendor\""
      /target/debug/coracle --version'
}

if [ "${1-}" = --build ]; then
  build "$2" "$3"
  exit 0
fi
if [ "${1-}" != --vendored ]; then
  # As the caller, not as root: it is the caller's cargo and target/.
  (cd "$SOURCE" && cargo vendor --quiet --locked target/vendor >/dev/null)
fi
become_root --vendored
need mmdebstrap mmdebstrap
root=$(keep root-msrv "$(key_of "$0")" "" make_root)
target=$CACHE/msrv-target
mkdir -p "$target"
exec {lock}>"$CACHE/msrv-target.lock"
flock -w "$BUILD_WAIT" "$lock" || die "waited $BUILD_WAIT s for another build on $target"
unshare -mnpf --propagation private -- "$0" --build "$root" "$target"
rmdir /run/coracle-msrv 2>/dev/null || true
