#!/bin/sh
# large_recording.sh DIRECTORY ID OWNER USER BYTES: makes a recording of that size, with checkpoints, as if its daemon had been
# killed: nothing seals it. To be run as the account that owns the directory.
set -eu
umask 077
export LC_ALL=C # lengths are bytes
mkdir -p "$1"
cd "$1"
printf '{"version":1,"session":"%s","owner":"%s","user":"%s","profile":"shell","started":1795000000,"boot":1}\n' \
  "$2" "$3" "$4" >"$2.chain"
awk -v id="$2" -v bytes="$5" '
  BEGIN {
    cast = id ".cast"; seek = id ".seek"
    head = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1795000000}\n"
    printf "%s", head >cast
    at = length(head)
    for (n = 0; n < 20; n++) text = text sprintf("\\u001b[3%dm%060d\\u001b[m\\r\\n", n % 8, n)
    for (n = 1; at < bytes; n++) {
      line = sprintf("[0.050, \"o\", \"event %d\\r\\n%s\"]\n", n, text)
      printf "%s", line >cast
      at += length(line)
      if (at - kept > 1048576) {
        printf "{\"time\":%d,\"cast\":%d,\"cols\":80,\"rows\":24,\"screen\":\"G2MbW0g=\"}\n", n * 50, at >seek
        kept = at
      }
    }
    printf "[1.000, \"o\", \"the end\\r\\n\"]\n" >cast
  }'
