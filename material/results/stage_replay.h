#pragma once

#include "material/law/implicit_stage.h"

#include <string>
#include <vector>

namespace revitra
{
  /// An update of a point that failed in a run: all that an ImplicitStage gets, and where it comes from.
  struct StageReplay
  {
    Parameters      glass;
    double          temperature          = 0.;    ///< at the point, in T_g
    bool            free_volume_is_given = false; ///< by a field, see with_given_free_volume()
    double          length               = 0.;    ///< k of the stage
    Deviator        strain               = Deviator::Zero();
    State           base;
    ThresholdStress threshold;
    StageUnknowns   guess;

    Deviator accepted_strain = Deviator::Zero(); ///< of the point at the last accepted time, where the step began
    State    accepted_state;                     ///< at that time

    std::vector<double> location;
    double              time            = 0.; ///< last accepted
    double              specimen_strain = 0.; ///< at that time
    std::string         program;
    std::string         failure; ///< describe() of what the run got
    std::string         version; ///< of the program that ran
  };

  /// The stage at `part` (0 to 1) of the step in which that of `replay` is: shorter by this factor, the strain and what
  /// the earlier stages contribute to the base state as much smaller. Without a guess.
  StageReplay shortened(const StageReplay &replay, double part);

  /// The version of this program as StageReplay::version has it.
  std::string program_version();

  /// `replay` as JSON, from which read_stage_replay() gets every number to the last bit: what JSON has no number for is
  /// the text "nan", "inf" or "-inf".
  std::string stage_replay_text(const StageReplay &replay);

  /// Writes that text. Throws WriteError.
  void write_stage_replay(const std::string &text, const std::string &file);

  /// Reads it. Throws DeckError with everything that is wrong with the file.
  StageReplay read_stage_replay(const std::string &file);
} // namespace revitra
