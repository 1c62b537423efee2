#pragma once

#include "material/base/errors.h"
#include "material/results/units.h"

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

namespace revitra
{
  /// The run at the end of an accepted step; volume averages where there is a volume. Dimensionless.
  struct HistoryRow
  {
    double time             = 0.;
    double strain           = 0.; ///< engineering shear strain ε
    double stress           = 0.; ///< shear stress (mean traction) σ
    double plastic_strain   = 0.; ///< ε_pl
    double temperature      = 0.;
    double free_volume      = 0.; ///< ξ
    double st_sum           = 0.; ///< Λ
    double st_bias          = 0.; ///< Δ
    double sigma_c          = 0.; ///< the threshold of the effective energy now
    double eed              = 0.; ///< ∫ (σ − σ_c)₊ dε, Eq. (5)
    double eed_star         = 0.; ///< EED/σ_c
    double rejuvenation     = 0.; ///< RD = ξ/ξ₀
    double work             = 0.; ///< ∫ σ dε = elastic_energy + dissipation
    double elastic_energy   = 0.; ///< σ²/2μ
    double dissipation      = 0.; ///< plastic work W = free_volume_work + heat
    double free_volume_work = 0.; ///< the part D_ia W of it, which created free volume
    double heat             = 0.; ///< the rest of it

    std::vector<double> more; ///< the tool's own columns, in the order it gave them to HistoryWriter

    /// Writes or reads a row, with an archive of Boost.Serialization.
    template <typename Archive>
    void serialize(Archive &archive, unsigned int /* version */)
    {
      archive &time &strain &stress &plastic_strain &temperature &free_volume &st_sum &st_bias &sigma_c &eed &eed_star
        &rejuvenation &work &elastic_energy &dissipation &free_volume_work &heat &more;
    }
  };

  /// A column of the tool's own.
  struct HistoryColumn
  {
    std::string name; ///< plain: letters, digits and underscores
    Quantity    quantity = Quantity::number;
  };

  /// A column that every history has.
  struct CommonColumn
  {
    std::string name;
    std::string symbol;
    Quantity    quantity;
    double HistoryRow::*member;
  };

  /// The columns that every history starts with, in this order: the one place that header and units come from.
  const std::vector<CommonColumn> &common_columns();

  /// The rows that a checkpoint counts on: those at the beginning of a history.
  struct CountedRows
  {
    std::size_t number = 0;
    double      time   = 0.; ///< of the last of them, dimensionless
  };

  /// A history lacks rows that a checkpoint counts on, or is of another run: the message names the file, and what is
  /// missing or other.
  class HistoryMismatch : public WriteError
  {
  public:
    HistoryMismatch(const std::string &file, const std::string &reason, std::size_t rows);

    const std::size_t rows; ///< there are as many, from the first on, that an earlier checkpoint may count on
  };

  /// Writes history.csv: one header line, then a row an accepted step, each on disk before append() returns, so that a
  /// run that is killed keeps its rows.
  class HistoryWriter
  {
  public:
    /// Starts `file` afresh. Throws WriteError.
    static HistoryWriter create(const std::string &file, std::vector<HistoryColumn> more, const UnitScales &scales);

    /// Goes on with `file` after the rows `counted`, dropping any that follow (a restart repeats those). If another
    /// program has saved the file, they become as they were written. Throws HistoryMismatch if they are not all there,
    /// or the last of them has another time, or the file other columns, and WriteError if it cannot be read or written;
    /// then it stays as it is.
    static HistoryWriter resume(const std::string         &file,
                                std::vector<HistoryColumn> more,
                                const UnitScales          &scales,
                                const CountedRows         &counted);

    /// Writes `row`, with as many values in `more` as there are such columns. Throws WriteError.
    void append(const HistoryRow &row);

    /// How many rows the file has.
    std::size_t rows() const { return n_rows; }

  private:
    HistoryWriter(std::string file, std::vector<HistoryColumn> more, const UnitScales &scales);
    std::string header() const;
    void        write_line(const std::string &line);

    std::string                file;
    std::vector<HistoryColumn> more;
    UnitScales                 scales;
    std::ofstream              stream;
    std::size_t                n_rows = 0;
  };

  /// The times (dimensionless) of the history in `file`, which was written with `scales`: its column `time`. Lines that
  /// start with '#' are skipped. Throws DeckError if the file cannot be read, if there is no such column or row, or
  /// if the times are not numbers from 0 on that never decrease.
  std::vector<double> read_times(const std::string &file, const UnitScales &scales);
} // namespace revitra
