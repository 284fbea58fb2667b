#!/usr/bin/env bash
# https_page.sh MACHINE: the way of a newcomer (tests/browser/check.mjs) in a real Chromium over Coracle's own TLS. For a
# machine in which install.sh has put Coracle; LOGIN and PASSWORD are what that printed.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

FIRST_PORT=8443
LAST_PORT=8542

machine=$1
tester() { "$BED/machine.sh" user "$machine" "$@"; }

# put NAME: standard input becomes this file beside config.toml, for nobody else to read.
# shellcheck disable=SC2016  # expanded inside
put() { tester sh -euc 'umask 077; cat >"$HOME/.config/coracle/$1"' _ "$1"; }

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
  -keyout "$made/key.pem" -out "$made/cert.pem" 2>/dev/null
# What Chromium trusts although nobody vouches for it: this key, and no other.
spki=$(openssl x509 -in "$made/cert.pem" -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64)
port=$(free_port "$FIRST_PORT" "$LAST_PORT")
put cert.pem <"$made/cert.pem"
put key.pem <"$made/key.pem"
# shellcheck disable=SC2016
tester sh -euc '
  mkdir -p "$HOME/.config/coracle/config.d" "$HOME/.config/systemd/user/coracle-https.socket.d"
  printf "[server.tls]\ncert_file = \"cert.pem\"\nkey_file = \"key.pem\"\n[sessions]\nstarts_per_minute = 60\n" >"$HOME/.config/coracle/config.d/tls.toml"
  printf "[Socket]\nListenStream=\nListenStream=127.0.0.1:%s\n" "$1" >"$HOME/.config/systemd/user/coracle-https.socket.d/port.conf"
  coracle check-config >&2
  systemctl --user daemon-reload
  systemctl --user stop coracle.service
  systemctl --user start coracle-https.socket' _ "$port"
CORACLE_URL=https://localhost:$port CORACLE_USER=$LOGIN CORACLE_PASSWORD=$PASSWORD CORACLE_TRUSTED_KEY=$spki \
  node "$SOURCE/tests/browser/check.mjs"
