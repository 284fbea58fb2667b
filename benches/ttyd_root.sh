#!/usr/bin/env bash
# ttyd_root.sh: prints the path of a tar with ttyd and the libraries that it needs, after making it if need be.
#
# Of all Debian's releases only sid has ttyd, whose C library is newer than a test machine's: hence a root of its own,
# unpacked and not installed. An old snapshot of sid will do.
# shellcheck source=tests/bed/ground.sh
. "$(dirname "$(readlink -f "$0")")/../tests/bed/ground.sh"

make_ttyd() {
  mmdebstrap --quiet --variant=extract --format=tar --aptopt='Acquire::Check-Valid-Until "false"' --include=ttyd sid "$1"
}

become_root "$@"
need mmdebstrap mmdebstrap
keep ttyd "$(key_of "$0")" .tar make_ttyd
