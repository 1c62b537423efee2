#include "material/base/errors.h"
#include "material/results/output_directory.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

using namespace revitra;

namespace
{
  std::string failure(const std::string &directory)
  {
    try
      {
        prepare_output_directory(directory);
      }
    catch (const WriteError &error)
      {
        return error.what();
      }
    return "";
  }
} // namespace

TEST(OutputDirectory, is_made_with_its_parents_and_left_empty)
{
  const ScratchDirectory scratch;
  prepare_output_directory(scratch.path("a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(scratch.path("a/b/c")));
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path("a/b/c")));
}

TEST(OutputDirectory, that_exists_keeps_what_is_in_it)
{
  const ScratchDirectory scratch;
  scratch.write("old", "text");
  prepare_output_directory(scratch.path(""));
  EXPECT_EQ(scratch.read("old"), "text");
}

TEST(OutputDirectory, in_place_of_a_file_is_refused)
{
  const ScratchDirectory scratch;
  const std::string      file = scratch.write("file", "text");
  EXPECT_NE(failure(file).find(file + ": "), std::string::npos);
  EXPECT_NE(failure(file + "/below").find(file + "/below: "), std::string::npos);
  EXPECT_EQ(scratch.read("file"), "text");
}

TEST(OutputDirectory, that_takes_no_files_is_refused)
{
  // Not even root can write there.
  EXPECT_NE(failure("/proc/self").find("/proc/self: "), std::string::npos);
}
