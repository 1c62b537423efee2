# shellcheck shell=bash
# Sourced by quickstart.sh and the scripts of the tests. Goes to the root of the sources, sets what Open MPI needs, and defines
# `install_packages LIST...` and `build [CMAKE OPTION]... [-- TARGET...]`.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

say() { printf '\n== %s\n' "$*"; }

# missing_packages LIST...: those of the lists that are not installed
missing_packages() {
  cat "$@" | sed 's/#.*//' | while read -r package; do
    [ -z "$package" ] || dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^.i' || echo "$package"
  done
}

# install_packages LIST...: installs what is missing of the packages in these files
install_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: what has to be there is said in" "$@"
    return
  fi
  local missing=() as_root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "these packages are missing, and installing them takes root or sudo: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  say "installing" "${missing[@]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# nproc counts no further than OMP_NUM_THREADS, which has nothing to do with how many processes may run.
cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)

# As many compilers at once as there are cores, but no more than there are 2 GB of memory: a source with deal.II takes up to that.
parallel_jobs() {
  local memory=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 2000000))
  echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

build() {
  local options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  # Anew, without the tests unless they are asked for: what they need may not be there.
  [ -f build/CMakeCache.txt ] || options=(-G Ninja -D REVITRA_TESTS=OFF -D REVITRA_UNITY=ON "${options[@]}")
  cmake -S . -B build "${options[@]}"
  cmake --build build --parallel "$(parallel_jobs)" ${1:+--target "$@"}
}

# The Python that has numpy and matplotlib is Debian's, whatever else stands earlier in the PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

# Open MPI refuses to run as root, and more ranks than cores, unless told, and ranks that wait keep others from the cores; a BLAS with
# threads would fight the ranks for them.
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl=^tcp # all is on one machine, which may have no network
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMP_NUM_THREADS=1
