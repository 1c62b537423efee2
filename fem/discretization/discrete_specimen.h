#pragma once

#include "fem/analysis/volume_averages.h"
#include "fem/checkpoint/cell_records.h"
#include "fem/discretization/history_transfer.h"
#include "fem/initial_fields/initial_fields.h"
#include "fem/mechanics/stage_problem.h"
#include "fem/mesh/specimen_mesh.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/base/timer.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe_system.h>

#include <array>
#include <optional>

namespace revitra
{
  /// A specimen as it is computed: mesh, displacement, what the quadrature points are made of and remember, and their
  /// equilibrium in a stage. The mesh may follow where the flow localizes.
  template <int dim>
  class DiscreteSpecimen
  {
  public:
    using Unknown = typename StageProblem<dim>::Unknown;

    /// The specimen of `deck`, which is kept by reference, at rest, its mesh refined where the initial free volume asks
    /// for it. Equilibrium is measured in units of `stress_scale`. Throws DeckError, the same on all ranks, if mesh or
    /// initial fields do not do. Collective, as all that follows.
    ///
    /// With `stored`, of a checkpoint, it is on the mesh of that, and ready for restore().
    DiscreteSpecimen(const Deck             &deck,
                     const MPI_Comm         &communicator,
                     double                  stress_scale,
                     dealii::TimerOutput    &timer,
                     const CellRecords<dim> *stored = nullptr);

    /// Throws DeckError, the same on all ranks, if the free volume is a field and not positive at all points, which its
    /// projection onto the finite elements can make it. To be called before it changes. Collective.
    void check_initial_free_volume() const;

    /// Take state, thresholds and fields from `stored`, which this was constructed with, to the points and to `x`.
    void restore(const CellRecords<dim> &stored, Unknown &x);

    /// Write what restore() takes, with the fields `x`.
    void store(CheckedFile &file, const Unknown &x) const;

    DiscreteSpecimen(const DiscreteSpecimen &) = delete; // parts refer to each other

    /// Refine and coarsen the mesh as the deck's Adaptivity asks for at the present state, if it does, and take the
    /// state and the displacement `x` to the new mesh, as they are: RungeKuttaStep::resume() makes them a state in
    /// equilibrium again. Returns whether the mesh has changed. Throws NumericsError if the initial fields are not
    /// defined at a point of the new mesh; mesh, state and equilibrium do not go together then.
    bool adapt(Unknown &x);

    /// `displacement` with the values that the rank's cells need.
    typename Equilibrium<dim>::Vector ghosted(const typename Equilibrium<dim>::Vector &displacement) const;

    /// Averages over the specimen at the last accepted time.
    VolumeAverages averages() const;

    const LoadingDirection direction;

    dealii::parallel::distributed::Triangulation<dim> triangulation;
    const SpecimenShape                               shape;
    const dealii::FESystem<dim>                       fe;
    const dealii::QGauss<dim>                         quadrature;
    dealii::DoFHandler<dim>                           dof_handler;
    dealii::AffineConstraints<double>                 constraints;

    MaterialMap                         materials;
    QuadratureHistory                   history;
    std::optional<Equilibrium<dim>>     equilibrium;
    std::optional<FreeVolumeField<dim>> free_volume; ///< where it diffuses
    std::optional<StageProblem<dim>>    problem;

  private:
    using StoredField = typename CellRecords<dim>::Field;

    std::array<double, 1 + dim> least_free_volume() const;

    void         start();
    void         distribute_dofs();
    bool         mark();
    unsigned int cell_weight(const typename dealii::Triangulation<dim>::cell_iterator &cell,
                             const typename dealii::Triangulation<dim>::CellStatus     status) const;

    const Deck              &deck;
    const MPI_Comm           communicator;
    const InitialFields<dim> fields;
    double                   mean_iterations = 0.; ///< of the law, per point: what cells are weighed by
  };
} // namespace revitra
