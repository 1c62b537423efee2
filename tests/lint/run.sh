#!/bin/bash
# Lints the sources: format of C++, Python, shell scripts, spelling (American). Seconds; with --tidy, clang-tidy on the sources of the
# product, which takes many times as long as compiling them.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../examples/setup.sh"
install_packages tests/debian-packages.txt

# The format is that of clang-format 14, of Debian 12, and checked where that is: version 19, of Debian 13, would change 24 of 322 files,
# mostly the operators of `archive &a &b`.
format_version=14

failed=()

# check NAME COMMAND...: runs all checks, whatever comes of the first
check() {
  say "$1"
  "${@:2}" || failed+=("$1")
}

# files PATTERN...: the files of the sources with these names
files() {
  local names=() pattern
  for pattern in "$@"; do
    names+=(-o -name "$pattern")
  done
  find material fem tests examples doc meshes .github .ci ./*.md ./*.txt ./*.json ./*.cff -type f \( "${names[@]:1}" \) -print0 | sort -z
}

format() {
  local clang_format version
  clang_format=$(command -v clang-format-$format_version || command -v clang-format) || return 1
  version=$($clang_format --version | sed 's/.*version \([0-9]*\).*/\1/')
  if [ "$version" != "$format_version" ]; then
    echo "not checked: this is clang-format $version, and the format is that of $format_version"
    return
  fi
  files '*.cc' '*.h' | xargs -0 "$clang_format" --dry-run -Werror
}

python_code() {
  files '*.py' revitra-plot.in | xargs -0 pyflakes3
}

# In `A && B || fail`, fail() leaves the script (SC2015); patterns for grep stand in single quotes for good reason (SC2016).
shell_scripts() {
  files '*.sh' | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR --exclude=SC2015,SC2016 .ci/run
}

spelling() {
  files '*.cc' '*.h' '*.in' '*.py' '*.sh' '*.md' '*.prm' '*.geo' '*.cmake' '*.txt' '*.yml' '*.cff' |
    xargs -0 codespell --builtin clear,rare,en-GB_to_en-US --ignore-words tests/lint/words.txt
}

# In a directory of its own, configured without the headers that g++ precompiles, which clang cannot read. Nothing is compiled.
tidy() {
  cmake -S . -B build/tidy -G Ninja -D REVITRA_TESTS=OFF -D REVITRA_PRECOMPILE=OFF -D REVITRA_UNITY=OFF >/dev/null || return
  cmake --build build/tidy --target revitra_version_header || return
  files '*.cc' | grep -zE '^(material|fem)/' |
    xargs -0 -n 1 -P "$(parallel_jobs)" clang-tidy --quiet --warnings-as-errors='*' -p build/tidy
}

if [ "${1:-}" = --tidy ]; then
  check "clang-tidy" tidy
else
  check "format of C++" format
  check "Python" python_code
  check "shell scripts" shell_scripts
  check "spelling" spelling
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "lint found something: ${failed[*]}" >&2
  exit 1
fi
