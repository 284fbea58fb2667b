#!/bin/sh
# Rebuilds the served terminal emulator from the TypeScript of its npm tarballs (src/), readable, one module each.
#
#   web/vendor/build.sh [OUT]
#
# OUT: where the .mjs and .css files go; by default beside this script. ESBUILD: the program to use, by default the one
# that tests/browser/package.json pins; another version may give other bytes, which web/check.sh would then report.
set -eu

vendor=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
esbuild=${ESBUILD:-$vendor/../../target/npm/node_modules/.bin/esbuild}
case $esbuild in */*) esbuild=$(CDPATH='' cd -- "$(dirname -- "$esbuild")" && pwd)/$(basename -- "$esbuild") ;; esac
out=${1:-$vendor}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)

# The comments that esbuild writes before each source file are relative to the working directory: always this one.
cd "$vendor/src"

# module NAME VERSION ENTRY
module() {
  "$esbuild" "$3" --bundle --format=esm --target=es2021 --charset=utf8 --legal-comments=inline \
    --tsconfig=tsconfig.json --log-level=warning --outfile="$out/$1.mjs" \
    --banner:js="// $1 $2, rebuilt by build.sh from src/; licences in COPYRIGHT. Do not edit."
}

module xterm 6.0.0 xterm/src/browser/public/Terminal.ts
module addon-fit 0.11.0 addon-fit/src/FitAddon.ts
module addon-search 0.16.0 addon-search/src/SearchAddon.ts
module addon-unicode-graphemes 0.4.0 addon-unicode-graphemes/src/UnicodeGraphemesAddon.ts
module addon-web-links 0.12.0 addon-web-links/src/WebLinksAddon.ts
module addon-webgl 0.19.0 addon-webgl/src/WebglAddon.ts
cp xterm/css/xterm.css "$out/xterm.css"
