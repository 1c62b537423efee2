#include "fem/solvers/block_matrix.h"

namespace revitra
{
  namespace
  {
    class FieldByField : public CoupledPreconditioner
    {
    public:
      explicit FieldByField(std::vector<std::unique_ptr<Preconditioner>> preconditioners)
        : preconditioners(std::move(preconditioners))
      {}

      void set_up(const BlockMatrix &new_matrix) override
      {
        matrix = &new_matrix;
        for (unsigned int i = 0; i < preconditioners.size(); ++i)
          preconditioners[i]->set_up(matrix->block(i, i));
      }

      void vmult(BlockMatrix::Vector &dst, const BlockMatrix::Vector &src) const override
      {
        preconditioners[0]->vmult(dst.block(0), src.block(0));
        for (unsigned int i = 1; i < preconditioners.size(); ++i)
          {
            auto rest = src.block(i), known = src.block(i);
            for (unsigned int j = 0; j < i; ++j)
              {
                matrix->block(i, j).vmult(known, dst.block(j));
                rest -= known;
              }
            preconditioners[i]->vmult(dst.block(i), rest);
          }
      }

    private:
      const std::vector<std::unique_ptr<Preconditioner>> preconditioners;
      const BlockMatrix                                 *matrix = nullptr;
    };
  } // namespace

  void BlockMatrix::vmult(Vector &dst, const Vector &src) const
  {
    for (unsigned int i = 0; i < size(); ++i)
      {
        block(i, 0).vmult(dst.block(i), src.block(0));
        for (unsigned int j = 1; j < size(); ++j)
          block(i, j).vmult_add(dst.block(i), src.block(j));
      }
  }

  double BlockMatrix::residual(Vector &dst, const Vector &x, const Vector &rhs) const
  {
    if (x.all_zero()) // as the guess of a Newton step is
      dst = rhs;
    else
      {
        vmult(dst, x);
        dst.sadd(-1., 1., rhs);
      }
    return dst.l2_norm();
  }

  std::unique_ptr<CoupledPreconditioner> make_field_by_field(
    std::vector<std::unique_ptr<Preconditioner>> preconditioners)
  {
    return std::make_unique<FieldByField>(std::move(preconditioners));
  }
} // namespace revitra
