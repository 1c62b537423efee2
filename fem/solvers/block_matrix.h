#pragma once

#include "fem/solvers/linear_algebra.h"
#include "fem/solvers/preconditioner.h"

#include <deal.II/lac/trilinos_block_sparse_matrix.h>

#include <vector>

namespace revitra
{
  /// A matrix of blocks that are kept elsewhere: a row and a column for each field of the specimen.
  class BlockMatrix
  {
  public:
    using Block  = linear_algebra::SparseMatrix;
    using Vector = linear_algebra::BlockVector;

    /// `blocks[i][j]` is the derivative of equation i by field j; all must live as long as this.
    explicit BlockMatrix(std::vector<std::vector<const Block *>> blocks)
      : blocks(std::move(blocks))
    {}

    /// Number of fields.
    unsigned int size() const { return blocks.size(); }

    const Block &block(const unsigned int row, const unsigned int column) const { return *blocks[row][column]; }

    void vmult(Vector &dst, const Vector &src) const;

    /// dst = rhs − matrix x; returns its norm.
    double residual(Vector &dst, const Vector &x, const Vector &rhs) const;

  private:
    std::vector<std::vector<const Block *>> blocks;
  };

  using CoupledPreconditioner = BasicPreconditioner<BlockMatrix, BlockMatrix::Vector>;

  /// Solves for one field after the other, each with its own of `preconditioners`, what is known of the earlier ones
  /// taken into account (block Gauss-Seidel).
  std::unique_ptr<CoupledPreconditioner> make_field_by_field(
    std::vector<std::unique_ptr<Preconditioner>> preconditioners);
} // namespace revitra
