#!/usr/bin/env bash
# dist.sh [OUT]: `make dist`, the source package: what git tracks as it lies here, the crates of Cargo.lock in vendor/, their
# licences and a bill of materials. Everything that follows from it is built without a network.
#
# The same files give the same bytes: sorted, nobody's, and as old as the last commit (or SOURCE_DATE_EPOCH). xz's bytes depend
# on whether it has threads, not on how many.
# Prints the path of the tarball; OUT is target/packages. One that is there already, of the same files, stays, unless FRESH=1.
#
# dist.sh --key: 16 hexadecimal digits that are the same only for the same tarball, at once. They are beside it, too: .key.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
cd "$(dirname "$(readlink -f "$0")")/.."

PLAIN=(--sort=name --owner=0 --group=0 --numeric-owner "--mode=u=rwX,go=rX" --format=gnu)

# What git tracks. What was deleted and not committed yet is tracked, and not there.
tracked() {
  git ls-files -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from=- "${PLAIN[@]}"
}
key() { sha256sum | cut -c1-16; }
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
PLAIN+=("--mtime=@$SOURCE_DATE_EPOCH")
if [ "${1-}" = --key ]; then
  tracked | key
  exit
fi

out=$(mkdir -p "${1:-target/packages}" && cd "${1:-target/packages}" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=coracle-$version
if [ "${FRESH-}" != 1 ] && [ "$(cat "$out/$name.tar.xz.key" 2>/dev/null)" = "$(tracked | key)" ]; then
  echo "$out/$name.tar.xz"
  exit
fi
stage=$(mktemp -d "$out/.dist.XXXXXX")
trap 'rm -rf "$stage"' EXIT

mkdir "$stage/$name"
tracked >"$stage/tracked"
key <"$stage/tracked" >"$stage/key"
tar --extract --file="$stage/tracked" --directory="$stage/$name"

cd "$stage/$name"
cargo vendor --quiet --locked vendor >/dev/null
for target in x86_64 aarch64; do
  cargo metadata --quiet --locked --format-version=1 --filter-platform="$target-unknown-linux-gnu" >"$stage/$target.json"
done
packaging/vendored.py strip vendor "$stage/x86_64.json" "$stage/aarch64.json"
mkdir .cargo
cat >.cargo/config.toml <<'END'
[source.crates-io]
replace-with = "vendored-sources"

[source.vendored-sources]
directory = "vendor"
END
packaging/vendored.py copyright packaging/debian/copyright.head vendor >packaging/debian/copyright
packaging/vendored.py sbom "$stage/x86_64.json" Cargo.lock web/vendor/VERSION "$SOURCE_DATE_EPOCH" >packaging/coracle.cdx.json
# So that whoever unpacks it knows when the source is from.
echo "$SOURCE_DATE_EPOCH" >packaging/epoch

cd "$stage"
tar --create "${PLAIN[@]}" "$name" | xz --threads=2 -2 >"$name.tar.xz"
rm -f "$out/$name.tar.xz.key"
mv "$name.tar.xz" "$out/"
mv key "$out/$name.tar.xz.key"
echo "$out/$name.tar.xz"
