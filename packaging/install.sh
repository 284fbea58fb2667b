#!/bin/sh
# install.sh: `make install`, the one list of what goes where. Packages use it, and so do the test machines.
#
# It copies; it builds nothing (make build), and makes no account. From the environment:
#   DESTDIR   put before every path; a package's root
#   PREFIX    /usr/local, or /usr for a package
#   BINARY    the program, target/release/coracle; `-` leaves it out, for whom it is there already
#   UNITDIR   the system's units, PREFIX/lib/systemd/system    DOCDIR  PREFIX/share/doc/coracle
#   ZSHDIR    completions, PREFIX/share/zsh/site-functions
set -eu
cd "$(dirname "$0")/.."

PREFIX=${PREFIX:-/usr/local}
BINARY=${BINARY:-target/release/coracle}
UNITDIR=${UNITDIR:-$PREFIX/lib/systemd/system}
DOCDIR=${DOCDIR:-$PREFIX/share/doc/coracle}
ZSHDIR=${ZSHDIR:-$PREFIX/share/zsh/site-functions}
SYSTEMD=$PREFIX/lib/systemd
SHARE=$PREFIX/share

# put MODE FILE PATH: a file to DESTDIR/PATH. Where the prefix is another one, paths inside follow.
put() {
  install -d -m 755 "$(dirname "$DESTDIR$3")"
  if [ "$PREFIX" = /usr ]; then
    install -m "$1" "$2" "$DESTDIR$3"
  else
    sed "s,/usr/\(bin\|libexec\|share\)/coracle,$PREFIX/\1/coracle,g" "$2" >"$DESTDIR$3"
    chmod "$1" "$DESTDIR$3"
  fi
}
# into DIRECTORY FILE...: files, under their own names.
into() {
  directory=$1
  shift
  for file; do put 644 "$file" "$directory/$(basename "$file")"; done
}
directory() { install -d -m 755 "$DESTDIR$1"; }

DESTDIR=${DESTDIR-}
[ "$BINARY" = - ] || [ -x "$BINARY" ] || {
  echo "install.sh: $BINARY is not there: make build" >&2
  exit 1
}

# the program
if [ "$BINARY" != - ]; then
  directory "$PREFIX/bin"
  install -m 755 "$BINARY" "$DESTDIR$PREFIX/bin/coracle"
fi
put 755 packaging/account.sh "$PREFIX/libexec/coracle/account"

# systemd
into "$UNITDIR" units/system/*.service units/system/*.socket
into "$UNITDIR/user@.service.d" units/system/user@.service.d/*.conf
into "$SYSTEMD/user" units/user/*.service units/user/*.socket units/user/*.slice
put 644 packaging/systemd/system.preset "$SYSTEMD/system-preset/90-coracle.preset"
put 644 packaging/systemd/user.preset "$SYSTEMD/user-preset/90-coracle.preset"
put 644 packaging/systemd/sysusers.conf "$PREFIX/lib/sysusers.d/coracle.conf"
put 644 packaging/systemd/tmpfiles.conf "$PREFIX/lib/tmpfiles.d/coracle.conf"
put 644 packaging/systemd/linger.conf "$PREFIX/lib/tmpfiles.d/coracle-linger.conf"
put 644 packaging/coracle.catalog "$SYSTEMD/catalog/coracle.catalog"

# configuration
put 644 config.toml /etc/coracle/config.toml
directory /etc/coracle/config.d

# what is read where it lies
into "$SHARE/coracle" packaging/systemd/storage.conf packaging/egress.conf
into "$SHARE/coracle/seccomp" packaging/seccomp/*.json

# manuals and completions
for section in 1 5 7 8; do into "$SHARE/man/man$section" packaging/man/*."$section"; done
put 644 packaging/completions/coracle.bash "$SHARE/bash-completion/completions/coracle"
put 644 packaging/completions/_coracle "$ZSHDIR/_coracle"
put 644 packaging/completions/coracle.fish "$SHARE/fish/vendor_completions.d/coracle.fish"

# licences of what is inside the program, and the list of it; `make dist` makes the last two
for file in LICENSE packaging/debian/copyright; do
  [ ! -e "$file" ] || put 644 "$file" "$SHARE/licenses/coracle/$(basename "$file")"
done
[ ! -e packaging/coracle.cdx.json ] || into "$DOCDIR" packaging/coracle.cdx.json

# documents and samples
into "$DOCDIR" README.md SECURITY.md CHANGELOG.md
into "$DOCDIR/examples/proxy" packaging/proxy/*
into "$DOCDIR/examples/fail2ban/filter.d" packaging/fail2ban/filter.d/*
into "$DOCDIR/examples/fail2ban/jail.d" packaging/fail2ban/jail.d/*
