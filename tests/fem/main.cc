// Runs the suite on every rank of an MPI job. All ranks run the same tests in the same order; rank 0 reports as usual,
// the others only what fails on them. The job fails when any rank does.
#include <deal.II/base/mpi.h>

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>

namespace
{
  class FailuresOfARank : public testing::EmptyTestEventListener
  {
  public:
    explicit FailuresOfARank(const unsigned int rank)
      : rank(rank)
    {}

  private:
    void OnTestStart(const testing::TestInfo &test) override
    {
      running = std::string(test.test_suite_name()) + '.' + test.name();
    }

    // Called with GoogleTest's lock held: asking it here which test is running would wait for ever.
    void OnTestPartResult(const testing::TestPartResult &result) override
    {
      if (!result.failed())
        return;
      std::ostringstream message;
      message << "rank " << rank << ", " << running << ": " << (result.file_name() ? result.file_name() : "?") << ':'
              << result.line_number() << ": " << result.message() << '\n';
      std::cerr << message.str() << std::flush;
    }

    std::string        running = "outside a test";
    const unsigned int rank;
  };
} // namespace

int main(int argc, char **argv)
{
  int name_only = 1; // else PETSc, which this starts too, warns of our options
  const dealii::Utilities::MPI::MPI_InitFinalize mpi(name_only, argv, 1);
  testing::InitGoogleTest(&argc, argv);

  const unsigned int rank = dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD);
  if (rank != 0)
    {
      testing::TestEventListeners &listeners = testing::UnitTest::GetInstance()->listeners();
      delete listeners.Release(listeners.default_result_printer());
      listeners.Append(new FailuresOfARank(rank)); // which GoogleTest deletes
    }

  const int result = RUN_ALL_TESTS();

  const auto failed_on = dealii::Utilities::MPI::gather(MPI_COMM_WORLD, result != 0);
  for (unsigned int r = 0; r < failed_on.size(); ++r)
    if (failed_on[r])
      std::cerr << "tests failed on rank " << r << " of " << failed_on.size() << '\n';
  return dealii::Utilities::MPI::max(result, MPI_COMM_WORLD);
}
