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

  /// A field that is given at the points of a regular grid in a file, and multilinear between them.
  ///
  /// Coordinates are in the unit of length of the specimen, values in whatever they are values of. A file is read as
  /// one of two kinds, by its content.
  ///
  /// CSV: a line that names the columns, x,y,value or x,y,z,value in any order, and a line for each point of the grid,
  /// also in any order. The grid is found out from the coordinates; they may be off it by 1 % of the spacing, having
  /// been written in few digits. Lines that start with '#', and blank ones, are passed over.
  ///
  ///     import numpy as np
  ///     x, y = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 2, 21), indexing="ij")
  ///     np.savetxt("grid.csv", np.column_stack([x.ravel(), y.ravel(), value(x, y).ravel()]),
  ///                delimiter=",", header="x,y,value", comments="")
  ///
  /// HDF5: a dataset `values` of the file's root, of as many directions as the specimen, integers or floating-point
  /// numbers, with two attributes `origin` and `spacing`, each of as many numbers. `values[i, j]` is at the point
  /// (origin[0] + i spacing[0], origin[1] + j spacing[1]): the first index goes with x, the last one runs fastest in
  /// the file, as in C and numpy (Fortran and MATLAB, which reverse the indices, write `values(j, i)`). In 3-D
  /// likewise, `values[i, j, k]` with k along z.
  ///
  ///     import h5py
  ///     with h5py.File("grid.h5", "w") as file:
  ///         values = file.create_dataset("values", data=value(x, y))   # x and y as above
  ///         values.attrs["origin"] = [0.0, 0.0]
  ///         values.attrs["spacing"] = [0.1, 0.1]
  ///
  /// A grid has at least two points in each direction, and covers the specimen: a field for a periodic specimen has
  /// its first layer of points again at the end.
  template <int dim>
  class GridField : public dealii::Function<dim>
  {
  public:
    /// Reads `file` on the first rank and hands it to the others; every rank keeps all of it. Collective.
    ///
    /// Throws DeckError, the same on all ranks, with everything that is wrong with the file: that it cannot be read,
    /// its columns or datasets, cells that are no finite numbers, points that are missing or there twice, irregular
    /// distances, and a grid that does not cover `box`. Each line says where and what is allowed; of one kind, ten are
    /// listed and the others counted. Rows cannot be told if columns are wrong, nor missing points if distances are.
    GridField(const std::string &file, const dealii::BoundingBox<dim> &box, const MPI_Comm &communicator);

    /// The value at `point`; outside of the grid that at the nearest point of it. `component` is 0.
    double value(const dealii::Point<dim> &point, unsigned int component = 0) const override;

  private:
    explicit GridField(const GridData<dim> &grid);

    dealii::Functions::InterpolatedUniformGridData<dim> interpolation;
  };
} // namespace revitra
