#pragma once

#include <cstddef>
#include <vector>

namespace revitra
{
  /// A stretch of the run over which the state is smooth: an accepted step, or its part up to an event.
  struct Stretch
  {
    /// The state at one end of it.
    struct End
    {
      double time;           ///< since the start of the run
      double strain;         ///< ε
      double plastic_strain; ///< ε_pl
    };

    End                 start;
    End                 end;
    double              length;           ///< in time; may be below the rounding of end.time
    double              segment_start;    ///< the time at which its segment started
    double              segment_duration; ///< of the segment if that is given, else infinite
    bool                strain_held;      ///< whether the strain stands still
    std::vector<double> landmarks;        ///< times since its start that ought to have a row
  };

  /// Decides when rows of the history are written.
  class RowRule
  {
  public:
    virtual ~RowRule() = default;

    /// The times, since the start of `stretch` and never decreasing, of the rows to be written in it; called once for
    /// every stretch in the order of the run. The state at time 0 of the run is a stretch of no length.
    virtual std::vector<double> rows_in(const Stretch &stretch) = 0;

    /// How long to go on after the program has ended at `time`, so that rows are written that are due by then.
    virtual double overtime(double time) const = 0;

    /// How many rows were asked for that the run, now over, has not come to.
    virtual std::size_t rows_left() const = 0;
  };

  /// One row an accepted step, and landmarks; but rows are no farther apart than a given strain, and steps that are
  /// much shorter have no rows. While the strain is held, rows follow the logarithm of time and the plastic strain.
  class SpacedRows : public RowRule
  {
  public:
    /// `maximum_strain_step` in ε₀.
    explicit SpacedRows(double maximum_strain_step);

    std::vector<double> rows_in(const Stretch &stretch) override;
    double              overtime(double) const override { return 0.; }
    std::size_t         rows_left() const override { return 0; }

  private:
    /// The distance between two states in units of the largest that is allowed.
    double distance(const Stretch::End &from, const Stretch::End &to, const Stretch &stretch) const;
    bool   is_due(const Stretch &stretch) const;

    const double maximum_strain_step;
    Stretch::End last = {-1., 0., 0.}; ///< where the last row is
  };

  /// Rows at given times.
  class RowsAtTimes : public RowRule
  {
  public:
    /// `times` since the start of the run, never decreasing.
    explicit RowsAtTimes(std::vector<double> times);

    std::vector<double> rows_in(const Stretch &stretch) override;

    /// Up to the last of the times, unless that is so much later that another program must have been meant: runs that
    /// end where a strain or stress is reached do so at times that depend on their accuracy.
    double overtime(double time) const override;

    std::size_t rows_left() const override { return times.size() - next; }

  private:
    const std::vector<double> times;
    std::size_t               next = 0;
  };
} // namespace revitra
