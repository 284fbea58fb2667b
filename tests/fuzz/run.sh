#!/usr/bin/env bash
# run.sh SECONDS [TARGET...]: builds the fuzz targets and feeds each for so long, beginning with its seeds in corpus/ and
# what earlier runs found, which stays in target/fuzz/. Prints `1 passed, 0 failed` for each; an input that fails is kept
# in target/fuzz/found/ and named: run.sh's last line for it is how to see it again.
#
# libFuzzer on the stable compiler: the flags are those that cargo-fuzz gives. They go with --target, or build scripts
# would get them too.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

seconds=${1?"usage: run.sh SECONDS [TARGET...]"}
shift
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "usage: run.sh SECONDS [TARGET...]" >&2; exit 64; }
targets=("$@")
[ $# -gt 0 ] || for file in targets/*.rs; do
  file=${file#targets/}
  targets+=("${file%.rs}")
done
out=$PWD/../../target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')

flags="--cfg fuzzing -Cpasses=sancov-module"
for argument in level=4 inline-8bit-counters pc-table trace-compares; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$argument"
done
# Lines for a backtrace are enough; whole debug information doubles the build.
RUSTFLAGS=$flags CARGO_PROFILE_DEV_DEBUG=line-tables-only cargo build --locked --quiet --target "$host" --target-dir "$out" --bins

# One that wants /dev/shm: some targets write a file for every input.
scratch=$(mktemp -d -p /dev/shm coracle-fuzz.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out/found"
failed=0
for target in "${targets[@]}"; do
  mkdir -p "$out/corpus/$target"
  program=$out/$host/debug/$target
  began=$SECONDS
  if TMPDIR=$scratch "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$out/found/$target-" "$out/corpus/$target" "corpus/$target" >"$scratch/log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")
    echo "$target: $runs inputs in $((SECONDS - began)) s"
    echo "1 passed, 0 failed"
  else
    failed=1
    tail -n 40 "$scratch/log"
    sed -n "s,^artifact_prefix=.*Test unit written to ,$target: see it again by $program ,p" "$scratch/log"
    echo "0 passed, 1 failed"
  fi
done
exit "$failed"
