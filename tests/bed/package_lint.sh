#!/usr/bin/env bash
# package_lint.sh: what the tools of Debian and of rpm say about the packages in target/packages, and mandoc about the manuals.
# Prints one line for each tool and `N passed, N failed`.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

TOOLS=(lintian rpm rpmlint mandoc man-db python3-minimal)
PASSED=0 FAILED=0

make_root() {
  local IFS=,
  # No manuals are left out of this root: man is tried in it.
  mmdebstrap --quiet --variant=minbase --include="${TOOLS[*]}" trixie "$1"
}

become_root "$@"
need mmdebstrap mmdebstrap
root=$(keep root-lint "$(key_of "$0")" "" make_root)
stage=$(mktemp -d "$CACHE/lint.XXXXXX")
trap 'rm -rf --one-file-system "$stage"' EXIT

# Everything is mounted in a namespace that ends with the tool.
inside() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare -mnpf --propagation private -- bash -euc '
    root=$1 stage=$2 source=$3
    shift 3
    rm -rf "$stage"/*
    mkdir "$stage"/{upper,work,root}
    mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" overlay "$stage/root"
    mkdir "$stage/root/packages" "$stage/root/packaging"
    mount --bind "$source/target/packages" "$stage/root/packages"
    mount --bind "$source/packaging" "$stage/root/packaging"
    mount -t proc proc "$stage/root/proc"
    mount --bind /dev "$stage/root/dev"
    chroot "$stage/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -eu -c "$@"' _ \
    "$root" "$stage" "$SOURCE" "$@"
}

# check WHAT LINE: a line of shell that succeeds and, but for lines that begin with "N:", prints nothing.
check() {
  local said status=0
  said=$(inside "$2" 2>&1) || status=$?
  if [ "$status" = 0 ] && [ -z "$said" ]; then
    echo "ok    $1"
    PASSED=$((PASSED + 1))
  else
    printf 'FAIL  %s (exit %s)\n%s\n' "$1" "$status" "$said"
    FAILED=$((FAILED + 1))
  fi
}

# shellcheck disable=SC2016  # the lines are expanded inside
checks() {
  # Warnings count: those that stay are in debian/*lintian-overrides, each with its reason. The source is the same for both.
  check "lintian, trixie" 'lintian --allow-root --fail-on error,warning /packages/trixie/*.changes'
  check "lintian, bookworm" 'lintian --allow-root --fail-on error,warning /packages/bookworm/*.deb'
  check rpmlint "rpmlint --strict --config /packaging/rpmlint.toml /packages/rpm/*.rpm >/tmp/said || { cat /tmp/said; exit 1; }"
  check "the rpm, installed in a root of its own" '
    mkdir /tmp/root
    rpm --root /tmp/root --initdb 2>/dev/null
    rpm --root /tmp/root --install --nodeps --noscripts /packages/rpm/coracle-[0-9]*.x86_64.rpm 2>/dev/null
    rpm --root /tmp/root --verify --nodeps --noscripts coracle 2>/dev/null
    dpkg-deb --extract /packages/trixie/coracle_*.deb /tmp/deb
    cd /tmp/root && find . ! -type d ! -path "./usr/share/doc/*" ! -path "./usr/share/licenses/*" ! -path "./etc/*" ! -path "./var/lib/rpm/*" ! -path "./usr/lib/sysimage/*" | sed "s/site-functions/vendor-completions/; s/\.gz$//" | sort >/tmp/of-rpm
    cd /tmp/deb && find . ! -type d ! -path "./usr/share/doc/*" ! -path "./etc/*" ! -path "./usr/share/lintian/*" | sed "s/\.gz$//" | sort >/tmp/of-deb
    diff /tmp/of-rpm /tmp/of-deb
    test -f /tmp/root/etc/coracle/config.toml
    [ "$(rpm --query --package --configfiles /packages/rpm/coracle-[0-9]*.x86_64.rpm)" = /etc/coracle/config.toml ]
    for script in postin preun postun; do
      rpm --query --package --queryformat "%{$script}" /packages/rpm/coracle-[0-9]*.x86_64.rpm >/tmp/script
      test -s /tmp/script
      sh -n /tmp/script
    done'
  check "mandoc" 'cd /packaging/man && mandoc -T lint -W warning ./*.[1-8]'
  check "man" 'for page in /packaging/man/*.[1-8]; do MANROFFSEQ= MANWIDTH=80 man --warnings --local-file "$page" 2>&1 >/dev/null; done | sed "/cannot break line/d"'
}

checks
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
