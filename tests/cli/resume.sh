#!/bin/bash
# revitra-fem in an output directory that has something in it: --resume, the batch script of examples/cluster, another run, results of
# another tool, its own deck; and what is on the disk after a hold.
#   resume.sh BIN_DIR SOURCE_DIR        (in an empty directory)
set -uo pipefail
point=$1/revitra-point
fem=$1/revitra-fem
submit=$2/examples/cluster/submit.sh

failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# run STATUS ARGUMENT...: runs revitra-fem, which must end with STATUS
run() {
  local expected=$1
  shift
  timeout 120 "$fem" "$@" >out 2>err
  local status=$?
  [ $status -eq "$expected" ] || fail "status $status instead of $expected: revitra-fem $*: $(cat err)"
}
says() { grep -q -- "$1" err || fail "no '$1' in: $(cat err)"; }
tells() { grep -q -- "$1" out || fail "no '$1' in: $(cat out)"; }
# The same rows, every common column within 1e-6 of its largest value: a run that left at another step meets its linear equations with
# another preconditioner (doc/reliability.md)
near() {
  [ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ] || fail "$1 has not as many rows as $2"
  paste -d, <(cut -d, -f1-15 "$1") <(cut -d, -f1-15 "$2") | awk -F, '
    NR > 1 { for (i = 1; i <= 15; i++) {
        difference = $i - $(i + 15); if (difference < 0) difference = -difference
        size = $(i + 15) < 0 ? -$(i + 15) : $(i + 15)
        if (difference > worst[i]) worst[i] = difference
        if (size > peak[i]) peak[i] = size } }
    END { for (i = 1; i <= 15; i++) if (worst[i] > 1e-6 * peak[i]) exit 1 }' || fail "$1 is not near $2"
}
same() { cmp -s "$1" "$2" || fail "$1 is not $2"; }

cat >small.prm <<'END'
subsection Loading
  set Program = rate 1e-4 until strain 0.1
end
subsection Specimen
  set Subdivisions = 2
  set Degree = 1
end
subsection Checkpoint
  set Interval = 5
end
END

# --resume where nothing is: from the start; where a checkpoint is: from that, to the same end
run 0 small.prm --output whole --quiet
run 0 small.prm --output resumed --resume --time-limit 1e-3
tells 'there is no undamaged checkpoint in resumed/checkpoint: the run begins at its start'
tells 'to go on, run the same command again'
[ ! -e resumed/summary.json ] || fail "it was over within no time"
run 0 small.prm --output resumed --resume
tells 'goes on from resumed/checkpoint/step_'
[ ! -e resumed/previous ] || fail "results moved, though they were resumed"
near resumed/history.csv whole/history.csv
cp resumed/history.csv once.csv
run 0 small.prm --output resumed --resume --quiet # once it is done, it is the same once more
same resumed/history.csv once.csv
# ... where that is damaged or of another problem: from the start, which is said, and what was there is kept
for file in resumed/checkpoint/step_*/run.bin; do
  echo >>"$file"
done
run 2 small.prm --output resumed --restart
says 'there is no undamaged checkpoint in resumed/checkpoint'
run 0 small.prm --output resumed --resume
says 'run.bin is damaged'
tells 'the run begins at its start'
tells 'the results of an earlier run in resumed are now in resumed/previous'
same resumed/history.csv whole/history.csv
same resumed/previous/history.csv once.csv
run 2 small.prm --output resumed --restart --set Material/Temperature=0.8
run 0 small.prm --output resumed --resume --quiet --set Material/Temperature=0.8
says 'note: resumed/checkpoint/step_.* is of another problem: the run begins at its start'
says 'note: .*Material/Temperature = 0.8'
# ... and what was there is a directory like any other
run 0 small.prm --output resumed/previous_2 --restart --quiet
same resumed/previous_2/history.csv whole/history.csv
# ... but with the history of another run in it
cp whole/history.csv kept.csv
awk -F, -v OFS=, 'NR > 1 { $1 = 2 * $1 } 1' kept.csv >whole/history.csv
run 4 small.prm --output whole --restart --quiet
says 'it is of another run. Put back the history of that run from a copy, or begin anew'
# ... or with rows of it missing, or all of it: what is missing, and each way to go on goes on
rm -rf short
cp -r whole short
run 0 small.prm --output short --quiet --set Checkpoint/Keep=2 --set Checkpoint/Interval=5
cp short/history.csv all.csv
newest=$(printf '%s\n' short/checkpoint/step_* | tail -n 1)
earlier=$(printf '%s\n' short/checkpoint/step_* | tail -n 2 | head -n 1)
rows=$(($(wc -l <all.csv) - 1))
head -n $((rows - 1)) all.csv >short/history.csv # two of the rows are gone
for option in --resume --restart; do
  run 4 small.prm --output short $option
  says "short/history.csv: .* it has $((rows - 2)) rows, and the checkpoint counts on $rows: the last 2 of them are missing"
  says "or move $newest away, and an earlier checkpoint is taken"
  says 'run without --restart and --resume (what is in short moves to short/previous), or in another directory (--output)'
  says "go on from $newest by the same command with $option"
done
mv "$newest" away
run 0 small.prm --output short --resume
tells "goes on from $earlier"
near short/history.csv all.csv
rm short/history.csv
for option in --resume --restart; do
  run 4 small.prm --output short $option
  says "short/history.csv: .* there is no such file, and the checkpoint counts on its $rows rows"
done
cp all.csv short/history.csv
run 0 small.prm --output short --resume --quiet
near short/history.csv all.csv
# ... or a program that ends before the checkpoint
for option in --resume --restart; do
  run 2 small.prm --output short $option --set 'Loading/Program=rate 1e-4 until strain 0.05'
  says "which is beyond its end; allowed is an end further on, or a run from the start, without --restart and --resume"
done
cp kept.csv whole/history.csv
run 2 small.prm --output resumed --restart --resume
says '--resume'

# The batch script, as it runs without Slurm: the same command until it is done
for launcher in 'mpirun -np 2' env; do
  rm -rf batch
  starts=0
  until [ -e batch/summary.json ] || [ $starts -eq 40 ]; do
    REVITRA_FEM=$fem REVITRA_LAUNCHER=$launcher REVITRA_SECONDS=1e-3 bash "$submit" small.prm batch --quiet >out 2>err ||
      fail "status $? of $launcher: $(cat err)"
    starts=$((starts + 1))
  done
  [ $starts -gt 2 ] || fail "the limit stopped nothing"
  grep -q '"status": "done"' batch/summary.json || fail "not done with $launcher after $starts starts"
  near batch/history.csv whole/history.csv
done
REVITRA_FEM=$fem REVITRA_LAUNCHER=env bash "$submit" missing.prm batch >out 2>err
[ $? -eq 2 ] || fail "the script hides that a run fails"
if command -v shellcheck >/dev/null; then
  shellcheck "$submit" || fail "shellcheck"
fi

# Another run into the same directory: all results of the earlier one are kept, together
cp -r whole before
run 0 small.prm --output whole --set Material/Temperature=0.8
tells 'the results of an earlier run in whole are now in whole/previous'
diff -r before whole/previous >differences || fail "not all was kept: $(cat differences)"

# The point does not replace the results of a specimen, nor the other way round
"$point" small.prm --output whole >out 2>err
[ $? -eq 2 ] || fail "the point took the place of a specimen"
says 'Output/Directory = whole: it holds the results of a run of revitra-fem, and this is a run of revitra-point'
run 0 small.prm --output whole --set Material/Temperature=0.8 --restart --quiet
"$point" small.prm --output point --quiet
run 2 small.prm --output point
says 'Output/Directory = point: it holds the results of a run of revitra-point, and this is a run of revitra-fem'
run 2 small.prm --output point --resume

# The deck in its own output directory stays as it is, in a new run and in a restart
mkdir mine
{ echo '# sample 7'; cat small.prm; } >mine.prm
cp mine.prm mine/parameters.prm
for option in --quiet --restart --resume; do
  run 0 mine/parameters.prm --output mine $option
  same mine/parameters.prm mine.prm
done
run 2 mine/parameters.prm --output mine --set Material/Temperature=0.8
says 'the deck is parameters.prm in there'

# Fields: the last state of a hold is there, intervals in time count, and no two records have one time
run 0 small.prm --output hold --quiet --set 'Loading/Program=rate 1e-4 until strain 0.02; hold for 1e5'
last_time() { tail -n 1 "$1/history.csv" | cut -d, -f1; }
record_times() { sed -n 's/.*timestep="\([^"]*\)".*/\1/p' "$1/fields.pvd"; }
[ "$(record_times hold | tail -n 1)" = "$(last_time hold)" ] || fail "fields end at $(record_times hold | tail -n 1), the run at $(last_time hold)"
run 0 small.prm --output timed --quiet --set 'Loading/Program=rate 1e-4 until strain 0.02; hold for 1e5' \
  --set 'Output/Fields interval=0' --set 'Output/Fields interval in time=2e4'
record_times timed | awk '{ if (NR > 1 && $1 - before < 2e4 && $1 != 100200) exit 1; before = $1 } END { exit NR < 4 || $1 != 100200 }' ||
  fail "records at $(record_times timed)"
cut -d, -f1 timed/history.csv | grep -Fxq "$(record_times timed | sed -n 2p)" || fail "a record between two rows"
run 0 small.prm --output late --quiet --set 'Loading/Program=hold for 1e8; rate 1e2 until strain 0.1' \
  --set 'Output/Fields interval=0.01'
[ "$(record_times late | sort | uniq -d)" = '' ] || fail "records of one time: $(record_times late)"
run 0 small.prm --output none --quiet --set 'Output/Fields interval=0'
[ ! -e none/fields.pvd ] || fail "fields that nobody asked for"

# A stress that the rate leads away from is found out where the segment begins
run 3 small.prm --output away --quiet --set 'Loading/Program=rate 1e-4 until strain 0.05; rate 1e-4 until stress 5'
says "segment 2 'rate 1e-4 until stress 5': the stress is 10.4"
says 'leads away from 5, and then to flow at 7.74682; change the sign of the rate'
says 'strain 0.05, '
run 2 small.prm --output endless --set 'Loading/Program=rate 1e-4 for 1e300'
says 'allowed are 1000000 rows'

# What the results depend on is said with --quiet, too
cat >band.prm <<'END'
subsection Material
  set Initial free volume = abs(y-0.5)<0.13 ? 0.055 : 0.05
end
subsection Loading
  set Program = rate 1e-4 until strain 0.1
end
subsection Specimen
  set Subdivisions = 1, 8
  set Degree = 1
end
END
run 0 band.prm --output band --quiet
grep -q '"note"' band/summary.json && says 'note: '
[ ! -s out ] || fail "--quiet printed: $(cat out)"

[ $failures -eq 0 ] && echo "all as expected"
exit $((failures > 0))
