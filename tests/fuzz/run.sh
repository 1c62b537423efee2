#!/bin/bash
# Feeds all that reads files what no one would write: builds the fuzzers with sanitizers in build/fuzz, and runs each.
#   run.sh [--seconds N] [--runs N] [READER...]      10 seconds each, or so long, or N inputs; all readers, or those named
# Inputs that find a fault are left in build/fuzz/found; build/fuzz/tests/revitra_fuzz_READER FILE repeats one, and tells more. What a
# reader has learned is in build/fuzz/corpus, and a later run starts from there. document.py puts what the last runs did into the
# document.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../examples/setup.sh"
install_packages {examples,tests}/debian-packages.txt

limits=() readers=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) limits+=("-max_total_time=$2") && shift ;;
    --runs) limits+=("-runs=$2") && shift ;;
    *) readers+=("$1") ;;
  esac
  shift
done
[ ${#limits[@]} -gt 0 ] || limits=(-max_total_time=10)
[ ${#readers[@]} -gt 0 ] || readers=(deck deck_source deck_value expression program sweep replay grid_csv grid_hdf5 gmsh)

say "building the fuzzers"
[ -f build/fuzz/CMakeCache.txt ] || cmake --preset fuzz
cmake --build build/fuzz --parallel "$(parallel_jobs)" --target "${readers[@]/#/revitra_fuzz_}"

# What users begin with: the decks of the examples, and their programs.
mkdir -p build/fuzz/found build/fuzz/seeds/{deck,program}
for deck in examples/*/*.prm; do
  name=${deck//\//-}
  cp "$deck" "build/fuzz/seeds/deck/$name"
  sed -n 's/^ *set Program *= *//p' "$deck" >"build/fuzz/seeds/program/$name"
done

# What a reader learns goes into the first of its folders.
fuzz() {
  local reader=$1 corpus=build/fuzz/corpus/$1 log=build/fuzz/$1.log kind=${1%_source} words=() length=1536
  local seeds=("tests/fuzz/seeds/$kind")
  mkdir -p "$corpus"
  [ ! -d "build/fuzz/seeds/$kind" ] || seeds+=("build/fuzz/seeds/$kind")
  [ ! -f "tests/fuzz/words/$kind" ] || words=("-dict=tests/fuzz/words/$kind")
  case $reader in # short inputs are quick
    deck_value | expression | program) length=256 ;; # what is said in a line
    grid_csv) length=512 ;;                          # some twenty points
  esac
  build/fuzz/tests/revitra_fuzz_"$reader" "${limits[@]}" "${words[@]}" -max_len=$length -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/found/$reader-" "$corpus" "${seeds[@]}" >"$log" 2>&1 || {
    tail -n 60 "$log"
    echo "FAILED: $reader; see $log and build/fuzz/found"
    return 1
  }
  echo "$reader: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no fault"
}

say "fuzzing"
# deal.II's vectors, made where no sanitizer is, do not say how full they are. Forgetting soon what was allocated where makes it twice as
# fast, and an input is forgotten before the next one anyway.
export ASAN_OPTIONS=detect_container_overflow=0:malloc_context_size=0:quarantine_size_mb=1 UBSAN_OPTIONS=print_stacktrace=1
failed=0 running=0
for reader in "${readers[@]}"; do
  fuzz "$reader" &
  running=$((running + 1))
  if [ $running -ge "$cores" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
done
while [ $running -gt 0 ]; do
  wait -n || failed=1
  running=$((running - 1))
done
exit $failed
