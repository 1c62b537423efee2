#!/bin/bash
# From a bare Debian 12 or 13 to the first result: installs what is missing, builds, shears a specimen of Zr55Cu30Ni5Al10 on two ranks
# and a single point of it by the same deck, and compares the two. Can be run again; it is quick the second time.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages examples/debian-packages.txt

say "building"
build -- revitra-fem revitra-point

deck=examples/quickstart/shear.prm
results=build/quickstart
rm -rf "$results"

say "the specimen: mpirun -np 2 build/bin/revitra-fem $deck --output $results/specimen"
mpirun -np 2 build/bin/revitra-fem "$deck" --output "$results/specimen"

say "the point: build/bin/revitra-point $deck --output $results/point"
build/bin/revitra-point "$deck" --times "$results/specimen/history.csv" --output "$results/point" --quiet

say "the two side by side"
"$python" examples/quickstart/compare.py "$results/specimen" "$results/point" "$results/quickstart.png"

say "what you have now"
cat <<END
  $results/quickstart.png           stress, free volume and effective energy density of both
  $results/specimen/history.csv     a row a step, for a spreadsheet ($results/point/history.csv: the same for the point)
  $results/specimen/summary.json    peak, flow stress, effective energy density, cost
  $results/specimen/parameters.prm  the deck with every parameter: change it, or $deck, and run again
END
if [ -f "$results/specimen/fields.pvd" ]; then
  echo "  $results/specimen/fields.pvd      the fields in the specimen, for ParaView"
fi
