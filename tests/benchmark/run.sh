#!/bin/bash
# Figures of cost, each beside a reference measured in the same run: `bash tests/benchmark/run.sh [--quick]` builds what it needs
# and writes build/benchmark.json. doc/performance.md says what the figures are. --quick takes smaller specimens.
set -euo pipefail
size=full
case "${1:-}" in
  "") ;;
  --quick) size=quick ;;
  *)
    echo "usage: bash tests/benchmark/run.sh [--quick]" >&2
    exit 2
    ;;
esac
source "$(dirname "${BASH_SOURCE[0]}")/../../examples/setup.sh"
install_packages {examples,tests}/debian-packages.txt

say "building"
build -D CMAKE_BUILD_TYPE=Release -D REVITRA_TESTS=ON -D REVITRA_FEM=ON -- revitra_benchmark_law revitra_benchmark_fem

say "measuring ($size)"
"$python" tests/benchmark/figures.py build/tests/benchmark build/benchmark.json "$size"
say "build/benchmark.json"
