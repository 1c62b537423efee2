#pragma once

#include "fem/checkpoint/checkpoint_store.h"
#include "fem/simulation/stop_request.h"
#include "material/input/deck.h"
#include "material/run/progress.h"

#include <deal.II/base/timer.h>

namespace revitra
{
  /// What all parts of a run have in common. All is kept by reference.
  struct RunContext
  {
    const Deck          &deck;
    const MPI_Comm       communicator;
    Progress            &progress;
    dealii::TimerOutput &timer;
    CheckpointStore     &checkpoints;
    StopRequest         &stop;
  };
} // namespace revitra
