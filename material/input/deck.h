#pragma once

#include "material/base/errors.h"
#include "material/input/loading_direction.h"
#include "material/input/loading_program.h"
#include "material/law/effective_energy.h"
#include "material/law/parameters.h"

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace revitra
{
  /// Names of the sides of a specimen; those of a plane one are the first four.
  inline const std::vector<std::string> side_names = {"bottom", "top", "left", "right", "back", "front"};

  /// All that defines a run, for both executables; each ignores what only the other needs.
  ///
  /// A default-constructed object is the paper's baseline and what an empty deck gives: the member initializers are the
  /// defaults that --print-parameters and the reference show. Everything is dimensionless (see Parameters) whatever
  /// Output::units says.
  struct Deck
  {
    /// What each point starts with: numbers, or expressions of the place (see expression.h).
    struct InitialFields
    {
      std::string free_volume        = "0.05"; ///< ξ₀
      std::string st_sum             = "0.6";  ///< Λ₀
      std::string st_bias            = "0.01"; ///< Δ₀, along the loading
      std::string temperature_offset = "0";    ///< added to the temperature of the loading program, in T_g
    };

    /// What holds on the lateral sides of the specimen, those that are not platens.
    enum class LateralBoundary
    {
      periodic,
      free
    };

    /// How platens hold the specimen.
    enum class Platens
    {
      gripped,     ///< they carry all components of the displacement
      frictionless ///< they carry the normal component; the glass slides along them
    };

    /// Units of history.csv and summary.json.
    enum class Units
    {
      dimensionless,
      physical ///< MPa, s, K: see UnitScales
    };

    /// Effective energy density, Eqs. (5) and (6).
    struct EED
    {
      ThresholdKind threshold        = ThresholdKind::flow;
      double        threshold_stress = 7.78; ///< in σ₀, > 0; used with ThresholdKind::value only
    };

    /// The specimen of revitra-fem: a box, y from platen to platen, and x along the shear.
    struct Specimen
    {
      unsigned int              dimension    = 2;        ///< 2 (plane strain) or 3
      std::vector<double>       size         = {1., 1.}; ///< edge lengths, > 0; one for each direction
      std::vector<unsigned int> subdivisions = {8, 8};   ///< cells along each edge, >= 1; one for each direction
      unsigned int              degree       = 2;        ///< of the displacement, 1 to 4
      std::string               mesh_file;               ///< gmsh, its full path if it is there; empty: a box
      LateralBoundary           lateral_boundary = LateralBoundary::periodic;
      unsigned int              refinements      = 0; ///< global refinements of the mesh, 0 to 8

      std::map<std::string, double> boundary_free_volume; ///< ξ > 0 by side, for a free volume that diffuses
    };

    /// The mesh follows where the flow localizes, see refinement_indicator.h.
    struct Adaptivity
    {
      unsigned int levels        = 0;       ///< how often a cell of the initial mesh may be split, 0 to 10; 0: never
      unsigned int interval      = 1;       ///< accepted steps from one look at the mesh to the next, >= 1
      double       refine_above  = 0.1;     ///< indicator from which on a cell is split, > 0
      double       coarsen_below = 0.01;    ///< indicator below which cells may be joined again, >= 0
      unsigned int maximum_cells = 1000000; ///< a refinement that would lead to more is left out
    };

    /// Error control of either executable.
    struct TimeStepping
    {
      double tolerance = 5e-5; ///< local error of a step, in units of σ_f, and of 1 for Λ, Δ and ln of the rates
      double initial_strain_step = 1e-3;  ///< in ε₀; a driver takes no more than maximum_strain_step
      double maximum_strain_step = 0.005; ///< in ε₀, between two accepted steps
    };

    struct Output
    {
      std::string directory               = "output";
      double      fields_interval         = 0.1; ///< in strain; 0: not by strain
      double      fields_interval_in_time = 0.;  ///< 0: not by time; with both 0 there are no fields
      Units       units                   = Units::dimensionless;
    };

    /// A part of the specimen, a physical group of its mesh, with a glass of its own.
    struct Region
    {
      std::string   name;
      std::string   text;      ///< what it sets, as the user wrote it
      Parameters    material;  ///< that of the deck with its own values over it
      InitialFields initially; ///< the same
    };

    /// The random field that expressions call `random`: Gaussian, of mean 0 and variance 1.
    struct RandomFieldSettings
    {
      unsigned int seed               = 1;
      double       correlation_length = 0.1; ///< ℓ > 0, in the unit of length of the specimen
      double       cut_off            = 3.;  ///< > 0; values beyond ± this are set to it
    };

    /// The field that expressions call `grid`: values on a regular grid, interpolated.
    struct GridFieldSettings
    {
      std::string file; ///< CSV or HDF5, its full path if it is there; empty: there is none
    };

    struct Checkpoint
    {
      unsigned int interval = 50; ///< accepted steps; 0: none
      unsigned int keep     = 2;  ///< >= 1
    };

    std::string preset = "Zr55Cu30Ni5Al10";

    /// The preset with the deck's own values over it. Initial values are the deck's where those are uniform, else the
    /// preset's, which then mean nothing.
    Parameters material;

    InitialFields       initially;
    std::vector<Region> regions; ///< those that differ from `material` and `initially`
    RandomFieldSettings random_field;
    GridFieldSettings   grid_field;

    LoadingMode    loading_mode = LoadingMode::shear;
    Platens        platens      = Platens::gripped;
    LoadingProgram program      = parse_program("rate 1e-4 until strain 1");
    EED            eed;
    Specimen       specimen;
    Adaptivity     adaptivity;
    TimeStepping   time_stepping;
    Output         output;
    Checkpoint     checkpoint;

    std::string                        file;    ///< what read_deck() read; empty if nothing was read
    std::map<std::string, std::string> origins; ///< "Section/Parameter" to where it was set: a file, or --set
  };

  /// Reads the deck in `file`, deal.II's .prm or (by extension or first character) JSON, and sets what `overrides`,
  /// each "Section/Parameter=value", say over it. Values of Material that neither gives come from the preset.
  ///
  /// Throws DeckError with every problem of file and overrides at once.
  Deck read_deck(const std::string &file, const std::vector<std::string> &overrides = {});

  /// Settings, each "Section/Parameter=value", and where they stand.
  struct SettingsLayer
  {
    std::string              origin; ///< as messages name it, e.g. --set
    std::vector<std::string> settings;
  };

  /// The same with several layers of settings, of which a later one goes over an earlier.
  Deck read_layered_deck(const std::string &file, const std::vector<SettingsLayer> &layers);

  /// The parameters, "Section/Parameter", whose values differ.
  std::vector<std::string> differing_parameters(const Deck &one, const Deck &other);

  /// What is wrong with the name "Section/Parameter": empty if there is such a parameter, else a hint.
  std::string why_unknown(const std::string &parameter);

  /// The deck of a run at one point: `deck` with its temperature offset in the temperatures of material and program.
  /// Throws DeckError if an initial value depends on the place.
  Deck deck_of_point(const Deck &deck);

  /// The value of `parameter` ("Section/Parameter") as a deck would give it. Throws std::out_of_range if there is none.
  std::string parameter_text(const Deck &deck, const std::string &parameter);

  /// A line for DeckError: "<where it was set>: <Section/Parameter> = <value>: `what`", where `what` says what is
  /// allowed or what to do.
  std::string problem_line(const Deck &deck, const std::string &parameter, const std::string &what);

  /// Writes the deck as understood, every default filled in, to `file`; read_deck(file) gives the same Deck. Throws
  /// WriteError.
  void write_parameters(const Deck &deck, const std::string &file);

  /// The same to `out`.
  void write_parameters(const Deck &deck, std::ostream &out);

  /// Every parameter with its default and, as comments, meaning, unit and what is allowed: itself a valid deck.
  void print_parameters(std::ostream &out);

  /// The same as Markdown, a table a section, for the reference.
  void write_manual_parameters(std::ostream &out);
} // namespace revitra
