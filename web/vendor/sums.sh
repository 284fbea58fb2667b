#!/bin/sh
# Prints the SHA-256 of every file of this directory but SHA256SUMS itself, in a fixed order: `./sums.sh > SHA256SUMS`
# after a deliberate update, and web/check.sh compares.
set -eu
cd -- "$(dirname -- "$0")"
find . -type f ! -name SHA256SUMS | LC_ALL=C sort | while IFS= read -r file; do sha256sum -- "$file"; done
