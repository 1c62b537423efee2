#!/bin/bash
# Everything there is to check, from a bare Debian 12: installs what is missing, builds with warnings as errors, runs all tests.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../examples/setup.sh"

say "building"
build -D REVITRA_WARNINGS_AS_ERRORS=ON -D REVITRA_TESTS=ON

say "testing"
ctest --test-dir build --parallel "$cores" --output-on-failure --no-tests=error "$@"
