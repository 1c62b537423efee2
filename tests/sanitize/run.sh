#!/bin/bash
# Builds tests once more under sanitizers, and runs them: of material/ and the readers of meshes and grids for what they do with
# memory and for undefined behavior, of the law for races between threads. (The rest of the specimen solver takes too long to compile.)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../examples/setup.sh"
install_packages {examples,tests}/debian-packages.txt

# sanitized PRESET TARGET...
sanitized() {
  local preset=$1
  shift
  [ -f "build/$preset/CMakeCache.txt" ] || cmake --preset "$preset"
  cmake --build "build/$preset" --parallel "$(parallel_jobs)" --target "$@"
}

say "address and undefined-behavior sanitizers"
sanitized fuzz revitra_test_{law,base,input,results,run,point} revitra_test_readers revitra-point
export UBSAN_OPTIONS=print_stacktrace=1
# deal.II's vectors, made where no sanitizer is, do not say how full they are.
export ASAN_OPTIONS=detect_container_overflow=0
running=()
for tests in law base input results run point; do
  build/fuzz/tests/revitra_test_$tests --gtest_brief=1 &
  running+=($!)
done
for process in "${running[@]}"; do
  wait "$process"
done
# What Open MPI does not give back would hide leaks of ours; the fuzzers of the same readers look for those, without MPI.
ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 build/fuzz/tests/revitra_test_readers --gtest_brief=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(root=$PWD && cd "$scratch" && bash "$root/tests/cli/point.sh" "$root/build/fuzz/bin" "$root")

say "thread sanitizer"
sanitized sanitize-threads revitra_test_threads
build/sanitize-threads/tests/revitra_test_threads --gtest_brief=1
