#!/bin/bash
# revitra-point as a user runs it: files, exit statuses and messages.
#   point.sh BIN_DIR SOURCE_DIR        (in an empty directory)
set -uo pipefail
point=$1/revitra-point
reference=$2/tests/reference

failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# run STATUS ARGUMENT...: runs revitra-point, which must end with STATUS
run() {
  local expected=$1
  shift
  "$point" "$@" >out 2>err
  local status=$?
  [ $status -eq "$expected" ] || fail "status $status instead of $expected: revitra-point $*: $(cat err)"
}
says() { grep -q -- "$1" err || fail "no '$1' in: $(cat err)"; }
absent() { [ ! -e "$1" ] || fail "$1 was written"; }

: >empty.prm

# The baseline: files, summary, report
run 0 empty.prm --output baseline
grep -q 'peak stress    16.887475 at strain 0.0882110' out || fail "report: $(cat out)"
for file in history.csv summary.json parameters.prm; do
  [ -s baseline/$file ] || fail "no baseline/$file"
done
head -1 baseline/history.csv | grep -q '^time,strain,stress,plastic_strain,temperature,free_volume,st_sum,st_bias,sigma_c,eed,eed_star,rejuvenation,work,elastic_energy,dissipation,' ||
  fail "header: $(head -1 baseline/history.csv)"
for key in status version sigma_c strain_c sigma_flow peak_stress peak_strain eed eed_star free_volume_initial \
  free_volume_final rejuvenation steps rejected_steps wall_seconds; do
  grep -q "\"$key\"" baseline/summary.json || fail "no $key in summary.json"
done
grep -q '"peak_stress": 16.8874754' baseline/summary.json || fail "peak in summary.json"
grep -q '"eed": 1.87277' baseline/summary.json || fail "eed in summary.json"

# The deck as understood gives the same again
run 0 baseline/parameters.prm --output again --quiet
[ ! -s out ] && [ ! -s err ] || fail "--quiet printed: $(cat out err)"
cmp -s baseline/history.csv again/history.csv || fail "parameters.prm gives another history"

# Rows at the times of another history
run 0 empty.prm --output timed --quiet --times "$reference/monotone.csv"
[ "$(grep -vc '^#' "$reference/monotone.csv")" -eq "$(wc -l <timed/history.csv)" ] || fail "--times: rows"
[ "$(tail -1 timed/history.csv | cut -d, -f1,2)" = 10000,1 ] || fail "--times: $(tail -1 timed/history.csv)"
run 0 empty.prm --output physical --set 'Output/Units=physical'
grep -q '"peak_stress": 2651.33' physical/summary.json || fail "MPa: $(grep peak_stress physical/summary.json)"
run 0 empty.prm --output physical2 --quiet --set 'Output/Units=physical' --times physical/history.csv
paste -d, <(cut -d, -f1 physical/history.csv) <(cut -d, -f1 physical2/history.csv) |
  awk -F, 'NR > 1 && ($1 - $2)^2 > (1e-12 * $1)^2 { exit 1 }' || fail "--times in physical units"

# Columns of the tool's own are behind the common ones; a rate of growth is per unit of time
head -1 baseline/history.csv | grep -q ',segment,flow_stress,balance_stress,instability$' ||
  fail "last columns: $(head -1 baseline/history.csv)"
run 0 empty.prm --output slow --quiet --set 'Output/Units=physical' --set 'Material/Time scale=2'
paste -d, <(rev baseline/history.csv | cut -d, -f1 | rev) <(rev slow/history.csv | cut -d, -f1 | rev) |
  awk -F, 'NR > 1 { if (($1 - 2 * $2)^2 > (1e-12 * $1)^2) exit 1; if ($1 > most) most = $1 } END { exit most < 60e-4 }' ||
  fail "instability in physical units"

# Times of steps below the rounding of time have a row each; those after the end have none, which is said
printf 'time\n0\n5000\n5000\n10000\n2e4\n3e4\n' >steps.csv
run 0 empty.prm --output steps --times steps.csv
[ "$(tail -n +2 steps/history.csv | cut -d, -f1 | tr '\n' ' ')" = '0 5000 5000 10000 ' ] || fail "rows at equal times"
says 'steps.csv: 2 of its times have no row'
run 0 empty.prm --output steps --times steps.csv --quiet
says 'steps.csv: 2 of its times have no row'
[ ! -s out ] || fail "--quiet printed: $(cat out)"
printf 'time\n0\n1e9\n' >late.csv
run 0 empty.prm --output late --times late.csv --quiet
says 'late.csv: 1 of its times has no row'
run 0 empty.prm --output baseline --times timed/history.csv --quiet
[ ! -s err ] || fail "--quiet printed: $(cat err)"

# Decks and tables as any system and spreadsheet writes them
printf '# cold\rsubsection Material\r  set Temperature = 0.95\rend\r' >cr.prm
run 0 cr.prm --output cr --quiet
grep -q '^  set Temperature *= 0.95' cr/parameters.prm || fail "a lone CR swallows what follows"
printf '\xef\xbb\xbf"time","note"\r\n"0","a, b"\r\n"5000",""\r\n' >excel.csv
run 0 empty.prm --output excel --quiet --times excel.csv
[ "$(tail -n +2 excel/history.csv | cut -d, -f1 | tr '\n' ' ')" = '0 5000 ' ] || fail "times of a spreadsheet"
cmp -s <(grep -v wall_seconds baseline/summary.json) <(grep -v wall_seconds excel/summary.json) ||
  fail "--times gives another summary"
printf '\xef\xbb\xbf"Material/Temperature","name"\r\n"0.9","a, ""b"""\r\n"0.95","c"\r\n' >excel.csv
run 0 empty.prm --output swept --quiet --sweep excel.csv
[ "$(grep -c ',done,' swept/summary.csv)" -eq 2 ] || fail "sweep of a spreadsheet: $(cat swept/summary.csv)"
run 0 empty.prm --output swept --quiet --sweep excel.csv
printf 'set a = 1\n\0' >nul.prm
run 2 nul.prm --output bad
says 'nul.prm: the deck cannot be read: byte 11 is NUL.*allowed is UTF-8'
[ "$(wc -l <err)" -eq 1 ] || fail "more than one line: $(cat err)"
printf 'time;strain\n0,5;1\n' >german.csv
run 2 empty.prm --output bad --times german.csv
says 'german.csv: line 1 .*semicolons.*save it again'
absent bad

# Any name that the file system allows
odd=$' run  A #1 "x" $y$\nz\\'
cp empty.prm "$odd.prm"
run 0 "$odd.prm" --output "$odd" --quiet
run 0 empty.prm --output 'run A' --quiet
run 0 "$odd/parameters.prm" --quiet
[ -s "$odd/history.csv" ] && [ -s 'run A/history.csv' ] || fail "odd names: $(ls -b)"
cmp -s baseline/parameters.prm 'run A/parameters.prm' && fail "one name for two directories"

# 2: bad input, and nothing written
run 2 empty.prm --output bad --set 'Loading/Program=rate 1e-4 until dawn'
says 'Loading/Program'
run 2 empty.prm --output bad --set 'Material/Initial free volume=0.05+0.001*y'
says 'Initial free volume'
says 'one point'
run 2 missing.prm --output bad
says 'missing.prm'
run 2 empty.prm --output bad --times missing.csv
says 'missing.csv: the times cannot be read: No such file'
run 2 empty.prm --output bad --times missing.csv --set 'Material/Initial free volume=0.05+0.001*y'
says 'missing.csv'
says 'Initial free volume'
run 2 empty.prm --output bad --set 'Material/Temperatur=0.9' --set 'Material/Dilatancy factor=-1'
says 'Temperatur'
says 'Dilatancy factor'
absent bad

# 3: the numerics gave up; what there is stays
run 3 empty.prm --output gave-up --set 'Loading/Program=rate 1e-4 until stress 20'
says "segment 1 'rate 1e-4 until stress 20'"
says 'flows steadily'
says 'gave-up/history.csv'
[ "$(wc -l <err)" -eq 1 ] || fail "not one line: $(cat err)"
grep -q '"status": "failed"' gave-up/summary.json || fail "summary of a failed run"
[ "$(wc -l <gave-up/history.csv)" -gt 100 ] || fail "rows of a failed run"
run 3 empty.prm --output gave-up --set 'Loading/Program=rate 1e-2 until stress 3; stress 3 until strain 0.4'
says 'all but stopped'
accepted=$(grep -o 'last accepted: time [^,]*' err | cut -d' ' -f4)
tail -n 1 gave-up/history.csv | awk -F, -v t="$accepted" '{ exit ($1 - t)^2 > (1e-7 * t)^2 }' ||
  fail "last accepted at $accepted, last row: $(tail -n 1 gave-up/history.csv)"

# --replay: what is no replay is bad input, all of it named (what a replay says: fem.sh, which makes one)
run 2 --replay missing.json
says 'missing.json: the replay cannot be read: No such file'
run 2 empty.prm --replay missing.json --jobs 2
says 'no deck goes with it'
says 'goes with --sweep'
says 'missing.json: the replay cannot be read'
printf '{"format": "revitra stage replay 2", "stage": {"length": true}}' >bad.json
run 2 --replay bad.json
says 'bad.json: stage/length = true: allowed is a number'
says 'bad.json: base state/ST sum is missing'

# 4: nowhere to write
: >file
run 4 empty.prm --output file/sub
says 'file/sub'
if [ -w /dev/full ]; then
  mkdir full
  ln -s /dev/full full/history.csv
  run 4 empty.prm --output full
  says 'history.csv'
fi

run 0 --version
run 0 --help
run 0 --print-parameters

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures > 0))
