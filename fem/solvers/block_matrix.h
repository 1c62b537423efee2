#pragma once

#include "fem/solvers/linear_algebra.h"
#include "fem/solvers/preconditioner.h"

#include <deal.II/lac/trilinos_block_sparse_matrix.h>

#include <vector>

namespace revitra
{
  /// Matrix of blocks that are stored elsewhere: a row and a column for each field of the specimen.
  class BlockMatrix
  {
  public:
    using Block  = linear_algebra::SparseMatrix;
    using Vector = linear_algebra::BlockVector;

    /// Refers to `blocks`, of which `blocks[i][j]` is the derivative of equation i by field j; all must outlive this
    /// object.
    explicit BlockMatrix(std::vector<std::vector<const Block *>> blocks)
      : blocks(std::move(blocks))
    {}

    /// Number of fields.
    unsigned int size() const { return blocks.size(); }

    const Block &block(const unsigned int row, const unsigned int column) const { return *blocks[row][column]; }

    void vmult(Vector &dst, const Vector &src) const;

    /// Sets dst = rhs − matrix x and returns its norm.
    double residual(Vector &dst, const Vector &x, const Vector &rhs) const;

  private:
    std::vector<std::vector<const Block *>> blocks;
  };

  using CoupledPreconditioner = BasicPreconditioner<BlockMatrix, BlockMatrix::Vector>;

  /// Block Gauss-Seidel preconditioner: solves for one field after the other, each with its own of `preconditioners`,
  /// using the solutions for the earlier ones.
  std::unique_ptr<CoupledPreconditioner> make_field_by_field(
    std::vector<std::unique_ptr<Preconditioner>> preconditioners);
} // namespace revitra
