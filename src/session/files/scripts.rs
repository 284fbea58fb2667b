//! What runs inside the container: shell scripts for any POSIX shell, with the programs of coreutils or busybox. What people
//! named comes as arguments and is never part of a script.

/// Brings a file in. Arguments: directory, `./` and name, bytes, conflict, `./` and temporary name, `./` and stem, ending.
///
/// It says `go` and reads the file, or says why not; at the end `done` and where it is. The file is written beside its
/// place and moved there, so nobody sees half of one; `set -C` never writes into what is there. A name is taken by an
/// empty file before the move, so that two who want it do not both get it. Its input ends early when we are gone: then the
/// bytes do not add up, and it removes what there is. Having refused, it reads on: Podman drops what was said last when it
/// cannot get rid of input.
pub(super) const UPLOAD: &str = r#"
set -C
say() { printf '%s\n' "$@"; }
refuse() { say "$@"; exit 1; }
for tool in cat mv rm stat; do command -v "$tool" >/dev/null 2>&1 || refuse tool "$tool"; done
directory=$1 name=$2 size=$3 conflict=$4 temporary=$5 stem=$6 ending=$7
there() { [ -e "$1" ] || [ -L "$1" ]; }
[ -d "$directory" ] || refuse no-directory
cd -- "$directory" 2>/dev/null || refuse denied
[ ! -d "$name" ] || refuse directory
[ "$conflict" != refuse ] || ! there "$name" || refuse exists
[ -w . ] || refuse denied
say go
give_up() { rm -f -- "$temporary"; say "$@"; cat >/dev/null; exit 1; }
cat >"$temporary" || give_up failed
[ "$(stat -c %s -- "$temporary")" = "$size" ] || give_up short
place=$name
if [ "$conflict" != replace ]; then
  tries=0
  until ! there "$place" && ( : >"$place" ); do
    there "$place" || give_up failed
    [ "$conflict" = rename ] && [ "$tries" -lt 999 ] || give_up exists
    tries=$((tries + 1)) place="$stem ($tries)$ending"
  done
fi
[ ! -d "$place" ] || give_up directory
mv -f -- "$temporary" "$place" || give_up failed
printf 'done\n%s' "$place"
"#;

/// Sends a file. Argument: its path.
///
/// It says `size` and how many bytes, then sends so many and ends. Nothing that has no end is begun with: only an ordinary
/// file, and only as long as it was at the beginning.
pub(super) const DOWNLOAD: &str = r#"
refuse() { printf '%s\n' "$@"; exit 1; }
for tool in head stat; do command -v "$tool" >/dev/null 2>&1 || refuse tool "$tool"; done
[ ! -d "$1" ] || refuse directory
[ -e "$1" ] || refuse missing
[ -f "$1" ] || refuse special
[ -r "$1" ] || refuse denied
size=$(stat -L -c %s -- "$1") || refuse failed
printf 'size\n%s\n' "$size"
exec head -c "$size" -- "$1"
"#;
