#!/usr/bin/env bash
# elsewhere.sh MACHINE: gives a machine that was started with NETWORK=own a network with somebody in it, all of it inside the
# machine: a unit in a network namespace of its own answers on port 80, whichever of these addresses is called:
#
#   198.51.100.10     on the internet (a documentation range, as the machine's own 203.0.113.2); it has a repository for apt
#   192.168.77.10     in the company's network
#   169.254.169.254   where clouds answer questions about the machine
#
# The machine itself answers on port 80 of its own addresses: 203.0.113.2, 10.77.0.2 and 127.0.0.1.
#
#   elsewhere.sh MACHINE rules      the shipped rules for the account's slice come into force
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/ground.sh"

machine=${1:?a machine}
inside() { "$BED/machine.sh" run "$machine" "$@"; }

meet() {
  "$BED/machine.sh" put "$machine" "$(command -v busybox)" /usr/local/bin/busybox 755
  # shellcheck disable=SC2016  # expanded inside
  inside sh -euc '
    make_repository() {
      tree=$(mktemp -d) site=/srv/elsewhere
      mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$site"
      printf "Package: oar\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: a program to install\n" >"$tree/DEBIAN/control"
      printf "#!/bin/sh\necho the oar is installed\n" >"$tree/usr/bin/oar"
      chmod 755 "$tree/usr/bin/oar"
      dpkg-deb --root-owner-group --build "$tree" "$site/oar.deb" >/dev/null
      {
        cat "$tree/DEBIAN/control"
        printf "Filename: ./oar.deb\nSize: %s\nSHA256: %s\n" "$(stat -c %s "$site/oar.deb")" "$(sha256sum "$site/oar.deb" | cut -d" " -f1)"
      } >"$site/Packages"
      echo elsewhere >"$site/index.html"
    }
    make_repository
    mkdir -p /srv/here && echo here >/srv/here/index.html
    systemd-run --quiet --unit=elsewhere --property=PrivateNetwork=yes --property=Type=exec busybox httpd -f -p 80 -h /srv/elsewhere
    there=$(systemctl show -P MainPID elsewhere)
    ip link add out type veth peer name in netns "$there"
    ip address add 203.0.113.2/24 dev out
    ip link set out up
    ip link add lan type veth peer name lan-end
    ip address add 10.77.0.2/24 dev lan
    ip link set lan up
    ip link set lan-end up
    for address in 203.0.113.1/24 198.51.100.10/32 192.168.77.10/32 169.254.169.254/32; do
      nsenter -t "$there" -n ip address add "$address" dev in
    done
    nsenter -t "$there" -n ip link set in up
    ip route add default via 203.0.113.1
    systemd-run --quiet --unit=here --property=Type=exec busybox httpd -f -p 80 -h /srv/here
  '
}

rules() {
  "$BED/machine.sh" put "$machine" "$SOURCE/packaging/egress.conf" /etc/systemd/system/user-1000.slice.d/coracle-egress.conf 644
  inside systemctl daemon-reload
}

case ${2-} in
'') meet ;;
rules) rules ;;
*) die "usage: elsewhere.sh MACHINE [rules]" ;;
esac
