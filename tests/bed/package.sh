#!/usr/bin/env bash
# package.sh deb SUITE | rpm: `make deb` and `make rpm`, what a distribution's build machine does: the source package, unpacked in
# a root with the build dependencies and nothing else, and built by the suite's own compiler without a network.
# package.sh root SUITE: prints the path of that root.
#
# Debian 13 has rustc 1.85; so has Debian 12, under the name rustc-web. The rpm is made on Debian 13. What was made goes to
# target/packages/{bookworm,trixie,rpm}. The cache keeps it under the hash of its sources, so that one tree is built once, and
# for each suite what was compiled: the crates of others, and our own until a source changes.
# FRESH=1 keeps and takes nothing, and builds in another place, under another umask and time zone; the bytes are the same.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

BUILD_LIMIT=7200 # s; six minutes of a processor cold, and a busy host has little of one to give
BUILD_WAIT=7200  # s that one run waits for another's build
CACHE_WAIT=$BUILD_WAIT

TOOLS=(build-essential debhelper dh-sequence-installsysusers pkgconf)
packages_of() {
  case $1 in
  bookworm) echo "${TOOLS[@]}" rustc-web cargo-web systemd ;;
  trixie) echo "${TOOLS[@]}" rustc cargo systemd-dev rpm ;;
  esac
}
make_root() {
  local IFS=' '
  mmdebstrap --quiet --variant=minbase --include="$(packages_of "$suite" | tr ' ' ,)" "$suite" "$1"
}

build_root() {
  need mmdebstrap mmdebstrap
  keep "root-package-$suite" "$({
    uname -m
    packages_of "$suite"
  } | sha256sum | cut -c1-16)" "" make_root
}

# Everything is mounted in a namespace that ends with the build, and has no network.
in_namespace() {
  local kind=$1 suite=$2 root=$3 stage=$4 tarball=$5 target=$6
  mkdir "$stage"/{upper,work,root}
  mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" overlay "$stage/root"
  mkdir "$stage/root"/{out,target}
  mount --bind "$stage/out" "$stage/root/out"
  mount --bind "$target" "$stage/root/target"
  mount -t proc proc "$stage/root/proc"
  mount --bind /dev "$stage/root/dev"
  cp "$tarball" "$stage/root/out/"
  cp "$BED/package_$kind.sh" "$stage/root/out/build"
  local place=/build zone=UTC
  if [ "${FRESH-}" = 1 ]; then
    place=/var/tmp/else/where zone=Asia/Tokyo
    umask 077
  fi
  chroot "$stage/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TZ="$zone" FRESH="${FRESH-}" \
    timeout "$BUILD_LIMIT" sh -eu /out/build "$suite" "$place" "/out/$(basename "$tarball")"
  rm "$stage/out/build"
}

# cargo compares times to know what has changed in our own crate, and ours are all those of one commit: it is compiled anew for
# any other source package. Of what is left, everything counts as new: a crate's version never changes, and its files
# have that commit's time, too.
freshen() {
  local target=$1 source
  source=$(sha256sum <"$2")
  mkdir -p "$target"
  if [ "$(cat "$target/source" 2>/dev/null)" != "$source" ]; then
    rm -rf "$target"/release/.fingerprint/coracle-*
    echo "$source" >"$target/source"
  fi
  find "$target" -exec touch --no-dereference --date="@$(date +%s)" {} +
}

# make_package OUT: of $kind for $suite from $tarball.
make_package() {
  local root stage target lock
  root=$(build_root)
  exec {lock}>"$CACHE/package.lock"
  flock -w "$BUILD_WAIT" "$lock" || die "waited $BUILD_WAIT s for another build of packages"
  stage=$(mktemp -d "$CACHE/package.XXXXXX")
  # shellcheck disable=SC2064  # this stage
  trap "rm -rf --one-file-system '$stage'" EXIT
  mkdir "$stage/out"
  # The rpm is built where the .deb for Debian 13 is, and shares what that has compiled.
  target=$CACHE/package-target-$suite
  [ "${FRESH-}" != 1 ] || target=$stage/target
  freshen "$target" "$tarball"
  unshare -mnpf --kill-child --propagation private -- "$0" --in-namespace "$kind" "$suite" "$root" "$stage" "$tarball" "$target" >&2
  mv "$stage/out" "$1"
  chmod 755 "$1"
  chmod 644 "$1"/*
}

as_root_build() {
  local kind=$1 suite=$2 key=$3 tarball=$4 out=$5 made
  rm -rf "$out"
  if [ "${FRESH-}" = 1 ]; then
    (make_package "$out")
  else
    made=$(keep "package-$kind-$suite" "$key" "" make_package)
    cp -R "$made" "$out"
  fi
  chown -R --reference="$(dirname "$out")" "$out"
}

case ${1-} in
--in-namespace)
  shift
  in_namespace "$@"
  ;;
--as-root)
  shift
  as_root_build "$@"
  ;;
deb | rpm)
  kind=$1 suite=${2-trixie}
  [[ $suite =~ ^(bookworm|trixie)$ ]] || die "usage: package.sh deb bookworm|trixie, or package.sh rpm"
  out=$SOURCE/target/packages/$suite
  [ "$kind" = deb ] || out=$SOURCE/target/packages/rpm
  [ "${FRESH-}" != 1 ] || out=$SOURCE/target/packages/fresh-$kind
  key=$("$SOURCE/packaging/dist.sh" --key) tarball=''
  if [ "${FRESH-}" = 1 ] || [ ! -e "$CACHE/package-$kind-$suite-$key" ]; then
    tarball=$("$SOURCE/packaging/dist.sh")
    key=$(cat "$tarball.key")
  fi
  mkdir -p "$SOURCE/target/packages"
  as_root env FRESH="${FRESH-}" CORACLE_CACHE="$CACHE" "$0" --as-root "$kind" "$suite" "$key" "$tarball" "$out"
  ls "$out"/*."$kind"
  ;;
root)
  suite=$2
  become_root "$@"
  build_root
  ;;
*)
  die "usage: package.sh deb bookworm|trixie | package.sh rpm | package.sh root bookworm|trixie"
  ;;
esac
