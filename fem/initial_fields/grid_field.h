#pragma once

#include <deal.II/base/bounding_box.h>
#include <deal.II/base/function.h>
#include <deal.II/base/function_lib.h>
#include <deal.II/base/point.h>

#include <mpi.h>
#include <string>

namespace revitra
{
  template <int dim>
  struct GridData;

  /// Field given at the points of a regular grid in a file, and multilinear between them.
  ///
  /// Coordinates are in the specimen's unit of length, values in the unit of the quantity they stand for. The content
  /// of the file decides which of two formats it has.
  ///
  /// CSV: a line naming the columns, x,y,value or x,y,z,value in any order, and one line for each point of the grid,
  /// also in any order. The grid is derived from the coordinates, which may deviate from it by 1 % of the spacing if
  /// they were written with few digits. Blank lines and lines starting with '#' are skipped.
  ///
  ///     import numpy as np
  ///     x, y = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 2, 21), indexing="ij")
  ///     np.savetxt("grid.csv", np.column_stack([x.ravel(), y.ravel(), value(x, y).ravel()]),
  ///                delimiter=",", header="x,y,value", comments="")
  ///
  /// HDF5: a dataset `values` in the root of the file, with as many dimensions as the specimen, of integers or
  /// floating-point numbers, with two attributes `origin` and `spacing` of as many numbers. `values[i, j]` is at the
  /// point (origin[0] + i spacing[0], origin[1] + j spacing[1]): the first index belongs to x, and the last one runs
  /// fastest in the file, as in C and numpy (Fortran and MATLAB, which reverse the indices, write `values(j, i)`). In
  /// 3-D likewise, `values[i, j, k]` with k along z.
  ///
  ///     import h5py
  ///     with h5py.File("grid.h5", "w") as file:
  ///         values = file.create_dataset("values", data=value(x, y))   # x and y as above
  ///         values.attrs["origin"] = [0.0, 0.0]
  ///         values.attrs["spacing"] = [0.1, 0.1]
  ///
  /// A grid has at least two points in each direction and covers the specimen: for a periodic specimen, it repeats its
  /// first layer of points at the end.
  template <int dim>
  class GridField : public dealii::Function<dim>
  {
  public:
    /// Reads `file` on the first rank and distributes it; every rank keeps all of it. Collective.
    ///
    /// Throws DeckError, the same on all ranks, with all defects of the file: unreadable file, wrong columns or
    /// datasets, cells that are not finite numbers, missing or duplicated points, irregular spacing, and a grid that
    /// does not cover `box`. Each line names the place and what is allowed; of each kind of defect, ten are listed and
    /// the others counted. Rows cannot be checked if columns are wrong, nor missing points if the spacing is.
    GridField(const std::string &file, const dealii::BoundingBox<dim> &box, const MPI_Comm &communicator);

    /// Value at `point`; outside of the grid, the value at the nearest point of the grid. `component` is 0.
    double value(const dealii::Point<dim> &point, unsigned int component = 0) const override;

  private:
    explicit GridField(const GridData<dim> &grid);

    dealii::Functions::InterpolatedUniformGridData<dim> interpolation;
  };
} // namespace revitra
