#!/bin/bash
# The figures and Table 1 of Ding, Jiang, Dai and Jiang (2022): installs what is missing, builds what is needed, runs every case,
# and writes pictures, tables and a report beside what was printed. --help says more. Can be run again.
set -euo pipefail

usage() { echo "usage: bash examples/ding2022/reproduce.sh [--output DIR] [--fem]"; }

help() {
  usage
  cat <<'END'

Runs every case of the paper at a point of the glass, in parallel, and writes into DIR (build/ding2022):
  report.html, report.md    what was run, Table 1 side by side, every disagreement named
  table1.csv                Table 1, model and printed
  fig1.png ... fig4.png     the figures, and the same as PDF
  point/                    the runs

  --output DIR   where the results go
  --fem          runs Table 1 as a specimen too, on two MPI ranks; table1.csv then has the specimen's numbers,
                 table1_point.csv the point's. Takes minutes.
  --help
END
}

output=
targets=(revitra-point)
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --output)
      [ -n "${2:-}" ] || { echo "--output needs a directory" >&2; usage >&2; exit 2; }
      output=$(realpath -m "$2")
      shift
      ;;
    --fem)
      targets+=(revitra-fem)
      options+=(--fem)
      ;;
    --help)
      help
      exit 0
      ;;
    *)
      echo "unknown option: $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
install_packages examples/debian-packages.txt

say "building"
build -- "${targets[@]}"

say "running the cases of the paper"
"$python" examples/ding2022/reproduce.py --bin build/bin --output "${output:-build/ding2022}" "${options[@]}"
