#!/bin/bash
# The claim of Ding, Jiang, Dai and Jiang (2022) put to the test: installs what is missing, builds revitra-point, runs some hundred
# loading programs, and writes pictures, tables and a report. --help says more. Can be run again; it is quick the second time.
set -euo pipefail

usage() { echo "usage: bash examples/universality/run.sh [--output DIR] [--jobs N]"; }

help() {
  usage
  cat <<'END'

Runs a sweep of programs at a point of the glass and compares the rejuvenation of each with what EED* and other measures predict.
Writes into DIR (build/universality):
  report.html, report.md    what was run and what was found
  universality.png          rejuvenation over EED*, where that is a line and where not; the same as PDF
  predictors.png            what predicts it better; the same as PDF
  points.csv                a row a point: run, state, EED*, RD, every prediction
  sweep.csv, summary.csv    the runs and their results; histories/ has the runs in full

  --output DIR   where the results go
  --jobs N       runs at once (as many as there are cores)
  --help
END
}

refuse() {
  echo "$*" >&2
  usage >&2
  exit 2
}

output=
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --output)
      [ -n "${2:-}" ] || refuse "--output needs a directory"
      output=$(realpath -m "$2")
      shift
      ;;
    --jobs)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || refuse "--jobs needs a number"
      options+=(--jobs "$2")
      shift
      ;;
    --help)
      help
      exit 0
      ;;
    *) refuse "unknown option: $1" ;;
  esac
  shift
done
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
install_packages examples/debian-packages.txt

say "building"
build -- revitra-point

say "running the programs"
"$python" examples/universality/run.py --bin build/bin --output "${output:-build/universality}" "${options[@]}"
