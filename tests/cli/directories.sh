#!/bin/bash
# What revitra-point does with an output directory that others use, too, or that has results or input files in it, and with a program
# that comes to no end.
#   directories.sh BIN_DIR SOURCE_DIR        (in an empty directory)
set -uo pipefail
point=$1/revitra-point

failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# run STATUS ARGUMENT...: runs revitra-point, which must end with STATUS
run() {
  local expected=$1
  shift
  timeout 60 "$point" "$@" >out 2>err
  local status=$?
  [ $status -eq "$expected" ] || fail "status $status instead of $expected: revitra-point $*: $(cat err)"
}
says() { grep -q -- "$1" err || fail "no '$1' in: $(cat err)"; }
same() { cmp -s "$1" "$2" || fail "$1 is not $2"; }

: >empty.prm

# Runs side by side: one of them writes, and the others say so at once
for i in 1 2 3; do
  (
    "$point" empty.prm --output side --quiet --set 'Loading/Program=rate 1e-4 until strain 50' \
      --set 'Time stepping/Maximum strain step=1e-3' 2>"err$i"
    echo $? >"status$i"
  ) &
done
wait
[ "$(cat status1 status2 status3 | sort | tr '\n' ' ')" = '0 4 4 ' ] || fail "three at once: $(cat status1 status2 status3)"
[ "$(cat err1 err2 err3 | grep -c 'side: another run writes into this directory')" -eq 2 ] || fail "said: $(cat err1 err2 err3)"
awk -F, 'NR > 1 && $1 < time { exit 1 } NR > 1 { time = $1 }' side/history.csv || fail "rows of several runs in one history"

# Another run into the same directory: the results of the last one are kept, all together, and so are those before
run 0 empty.prm --output again
cp -r again first
run 0 empty.prm --output again --set Material/Temperature=0.8
grep -q 'again are now in again/previous' out || fail "not said: $(cat out)"
[ ! -s err ] || fail "on stderr: $(cat err)"
for file in history.csv summary.json parameters.prm; do
  same again/previous/$file first/$file
done
run 0 empty.prm --output again --quiet
[ ! -s out ] || fail "--quiet printed: $(cat out)"
same again/history.csv first/history.csv
same again/previous/history.csv first/history.csv
grep -q 'set Temperature *= 0.8' again/previous_2/parameters.prm || fail "again/previous_2 is not of the run before"

# A sweep reads its deck for each row, and knows by parameters.prm what its rows are of
printf 'Material/Temperature\n0.8\n' >one_row.csv
run 2 /dev/stdin --sweep one_row.csv --output piped < <(cat empty.prm)
says 'allowed is a file, no pipe'
mkdir own_sweep && cp empty.prm own_sweep/parameters.prm
run 2 own_sweep/parameters.prm --sweep one_row.csv --output own_sweep
says 'by which a sweep is known again'

# Results of a sweep are not replaced by those of a run, nor the other way round
printf 'Material/Temperature\n0.8\n0.9\n' >table.csv
run 2 empty.prm --sweep table.csv --output again
says 'Output/Directory = again: it holds the results of a run of revitra-point, and this is a sweep'
run 0 empty.prm --sweep table.csv --output sweep --quiet
run 2 empty.prm --output sweep
says 'Output/Directory = sweep: it holds the results of a sweep of revitra-point, and this is a run'

# Input files are not written over: a deck that is the directory's own parameters.prm stays as it is ...
mkdir mine
cat >mine.prm <<'END'
# sample 7, annealed 2 h
subsection Loading
  set Program = rate 1e-4 until strain 0.1
end
END
cp mine.prm mine/parameters.prm
for i in 1 2; do
  run 0 mine/parameters.prm --output mine --quiet
  same mine/parameters.prm mine.prm
done
# ... or the run is refused, also where links hide it
run 2 mine/parameters.prm --output mine --set Material/Temperature=0.8
says 'Output/Directory = mine: the deck is parameters.prm in there'
says 'with Material/Temperature set over it'
same mine/parameters.prm mine.prm
for link in -s ''; do
  rm -rf linked linked.prm
  mkdir linked
  cp mine.prm linked.prm
  ln $link "$PWD/linked.prm" linked/parameters.prm
  run 0 linked.prm --output linked --quiet
  same linked.prm mine.prm
  run 2 linked.prm --output linked --set Material/Temperature=0.8
  same linked.prm mine.prm
done
run 2 empty.prm --times again/history.csv --output again
says 'the run reads again/history.csv'
mkdir taken
cp table.csv taken/summary.csv
run 2 empty.prm --sweep taken/summary.csv --output taken
says 'the run reads taken/summary.csv'
same taken/summary.csv table.csv
cp mine.prm taken/history.csv
run 2 taken/history.csv --output taken
says 'the deck taken/history.csv is history.csv in there'
same taken/history.csv mine.prm
# parameters.prm of an earlier run is a deck like any other
run 0 again/parameters.prm --output again --quiet
same again/history.csv first/history.csv

# A program without end is refused, with the bound
run 2 empty.prm --output endless --set 'Loading/Program=rate 1e-4 for 1e300'
says 'Loading/Program = rate 1e-4 for 1e300: it goes through a strain of 1e+296'
says 'allowed are 1000000 rows, a strain of 5000'
run 2 empty.prm --output endless --set 'Loading/Program=rate 1e-2 until stress 12; stress 12 until strain 1e9'
says 'a strain of 1e+09'
run 2 empty.prm --output endless --set 'Time stepping/Maximum strain step=1e-300'
says 'a row at least every 1e-300'
run 2 empty.prm --output endless --set 'Material/Temperature offset=-2'
says 'Material/Temperature offset = -2: makes the temperature -1.1; allowed is 0.1 <= value <= 2'
[ ! -e endless ] || fail "endless was written"

# A stress that the rate leads away from: said before anything is computed where the program tells, else where the segment begins
run 2 empty.prm --output away --set 'Loading/Program=rate 1e-4 until stress 5; rate 1e-4 until stress -3'
says 'a rate of 0.0001 leads away from -3; change the sign of the rate'
run 3 empty.prm --output away --quiet --set 'Loading/Program=rate 1e-4 until strain 0.3; rate 1e-4 until stress 0'
says 'leads away from 0; last accepted: time 3000, .*; change the sign of the rate'
run 3 empty.prm --output away --quiet --set 'Loading/Program=rate 1e-4 until strain 0.05; rate 1e-4 until stress 5'
says 'leads away from 5, and then to flow at 7.74682; last accepted: time 500, '
run 0 empty.prm --output away --quiet --set 'Loading/Program=rate 1e-4 until strain 0.07; rate 1e-4 until stress 10' # behind the peak

# On a terminal a longer run tells how far it is
if [ -x /usr/bin/script ]; then
  script -qec "'$point' empty.prm --output seen --set 'Loading/Program=rate 1e-4 until strain 100' \
    --set 'Time stepping/Maximum strain step=2e-4'" /dev/null >out </dev/null
  grep -q '% *strain .*step .* left' out || fail "no progress: $(head -c 300 out)"
fi

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures > 0))
