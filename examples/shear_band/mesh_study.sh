#!/bin/bash
# A shear band on three meshes, with and without diffusion of free volume: installs what is missing, builds revitra-fem, runs the
# meshes, and writes a picture and a table. --help says more. Can be run again; it takes seconds once built.
set -euo pipefail

usage() { echo "usage: bash examples/shear_band/mesh_study.sh [--output DIR] [--deck FILE] [--jobs N]"; }

help() {
  usage
  cat <<'END'

Runs a deck as it is and measures its shear band, then on meshes that resolve the band by 4, 8 and 16 cells, with the diffusion
of the deck and without. Writes into DIR (build/shear_band):
  mesh_study.png        stress-strain curves, profiles through the band, and its width over the size of the cells
  mesh_study.csv        stresses, width and more of each mesh, their changes from mesh to mesh, and the observed orders
  pilot, regularized_N, local_N    the runs, on N cells over the height

  --output DIR   where the results go
  --deck FILE    another deck than examples/shear_band/imperfection.prm: a box, the band across it
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
    --deck)
      [ -n "${2:-}" ] || refuse "--deck needs a file"
      options+=(--deck "$(realpath -m "$2")")
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
build -- revitra-fem

say "running the meshes"
"$python" examples/shear_band/mesh_study.py --bin build/bin --output "${output:-build/shear_band}" "${options[@]}"
