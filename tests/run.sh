#!/bin/bash
# Everything there is to check, from a bare Debian 12 or 13: installs what is missing, lints, builds with warnings as errors, runs all
# tests, then those that can be under sanitizers, and for a short time the fuzzers. With arguments, which go to ctest, only the tests.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../examples/setup.sh"
install_packages {examples,tests}/debian-packages.txt

if [ $# -eq 0 ]; then
  bash tests/lint/run.sh
fi

say "building"
build -D REVITRA_WARNINGS_AS_ERRORS=ON -D REVITRA_TESTS=ON

say "testing"
ctest --test-dir build --parallel "$cores" --output-on-failure --no-tests=error "$@"

if [ $# -eq 0 ]; then
  bash tests/sanitize/run.sh
  bash tests/fuzz/run.sh --seconds 10
fi
