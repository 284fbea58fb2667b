#!/bin/sh
# account: gives the account coracle what sysusers.d and tmpfiles.d cannot: subordinate ids, and its user manager with
# Podman's socket. Packages run it at their installation, and whoever used `make install`; a second run changes nothing.
set -eu

ACCOUNT=coracle
# One slot for each session of the default sessions.max, and one for the image store's own files.
COUNT=$((33 * 65536))
# Above what useradd gives (SUB_UID_MAX is 600100000), so that neither has to know of the other; a multiple of 65536.
FIRST=1000013824
# Ids are 32 bits wide, and the last is no id.
LAST=4294967294

say() { echo "coracle: $*" >&2; }

# free_range FILE...: prints the first free range's start: one that overlaps no line NAME:START:COUNT of these files.
free_range() {
  first=$FIRST
  while
    behind=$(awk -F: -v first="$first" -v count="$COUNT" '
      $2 < first + count && $2 + $3 > first && $2 + $3 > end { end = $2 + $3 }
      END { printf "%.0f", end }' "$@")
    [ "$behind" -gt 0 ]
  do first=$(((behind + 65535) / 65536 * 65536)); done
  [ $((first + COUNT - 1)) -le "$LAST" ] || return 1
  echo "$first"
}

subordinate_ids() {
  touch /etc/subuid /etc/subgid
  if grep -q "^$ACCOUNT:" /etc/subuid && grep -q "^$ACCOUNT:" /etc/subgid; then return 0; fi
  if grep -Eq '^subid:.*\b(sss|ldap)\b' /etc/nsswitch.conf 2>/dev/null; then
    say "subordinate ids come from the directory (subid in /etc/nsswitch.conf): give $ACCOUNT $COUNT of them there"
    return 0
  fi
  if ! first=$(free_range /etc/subuid /etc/subgid); then
    say "no $COUNT subordinate ids are free; make room in /etc/subuid and /etc/subgid, then run $0"
    return 0
  fi
  range=$first-$((first + COUNT - 1))
  for side in uid gid; do
    grep -q "^$ACCOUNT:" "/etc/sub$side" || usermod "--add-sub${side}s" "$range" "$ACCOUNT"
  done
}

# The manager that tmpfiles.d lets linger starts with the next boot; now it must be told.
user_manager() {
  [ -d /run/systemd/system ] || return 0
  [ -e "/var/lib/systemd/linger/$ACCOUNT" ] || return 0 # masked: the administrator starts it otherwise
  if systemctl start "user@$(id -u "$ACCOUNT").service" && systemctl --user -M "$ACCOUNT@" start podman.socket; then return 0; fi
  say "the account's Podman does not listen yet; after the next boot it should, and 'coracle doctor' says what is missing"
}

subordinate_ids
user_manager
