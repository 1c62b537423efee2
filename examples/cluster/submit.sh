#!/bin/bash
# A run of revitra-fem as a job of Slurm that goes on by itself: it leaves before its time is up, is put into the queue again, and
# resumes from its last checkpoint, until the loading program is done.
#   sbatch examples/cluster/submit.sh DECK DIR [OPTION]...
#SBATCH --job-name=revitra
#SBATCH --nodes=1
#SBATCH --ntasks=32
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
set -uo pipefail

deck=$1
results=$2
shift 2
fem=${REVITRA_FEM:-build/bin/revitra-fem}  # the folder of the sources is where the job is submitted
seconds=${REVITRA_SECONDS:-14000}          # 400 less than --time: for the start of the processes, and for what writes the results
read -r -a launcher <<<"${REVITRA_LAUNCHER:-srun}"  # or "mpirun", or "mpirun -np 4" without Slurm

export OMP_NUM_THREADS=1  # or threads of the BLAS fight the processes for the cores
"${launcher[@]}" "$fem" "$deck" --output "$results" --resume --time-limit "$seconds" "$@"
status=$?

# 0 is a run that is done, which has a summary, or one that left with a checkpoint; anything else needs a look.
if [ $status -eq 0 ] && [ ! -e "$results/summary.json" ]; then
  echo "not done yet: once more"
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    scontrol requeue "$SLURM_JOB_ID"
  fi
fi
exit $status
