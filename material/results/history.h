#pragma once

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

  /// Throws WriteError unless the row number `row`, from 1, of the history `file` is of the time `time`, in its unit: a
  /// history of another run is none to add rows to. Nothing is asked of `row` 0.
  void require_row_at(const std::string &file, std::size_t row, double time);

  /// Writes history.csv: one header line, then a row an accepted step, each on disk before append() returns, so that a
  /// run that is killed keeps its rows.
  class HistoryWriter
  {
  public:
    /// Starts `file` afresh. Throws WriteError.
    static HistoryWriter create(const std::string &file, std::vector<HistoryColumn> more, const UnitScales &scales);

    /// Goes on with `file` after the first `rows` rows, dropping any that follow (a restart repeats those). Throws
    /// WriteError if the file has other columns or fewer rows.
    static HistoryWriter resume(const std::string         &file,
                                std::vector<HistoryColumn> more,
                                const UnitScales          &scales,
                                std::size_t                rows);

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
  /// start with '#' are passed over. Throws DeckError if the file cannot be read, if there is no such column or row, or
  /// if the times are not numbers from 0 on that never decrease.
  std::vector<double> read_times(const std::string &file, const UnitScales &scales);
} // namespace revitra
