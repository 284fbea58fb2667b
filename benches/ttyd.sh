#!/bin/sh
# ttyd from the root of its own that run.sh unpacked, with the loader and the libraries of that root. What ttyd starts is not
# told of them, and is the machine's own.
root=/opt/ttyd/usr
for libraries in "$root"/lib/*-linux-gnu; do break; done
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$root/bin/ttyd" "$@"
