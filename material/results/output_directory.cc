#include "material/results/output_directory.h"

#include "material/base/errors.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace revitra
{
  void prepare_output_directory(const std::string &directory)
  {
    const auto fail = [&directory](const std::string &reason) -> void {
      throw WriteError(directory + ": cannot write results into this directory: " + reason);
    };
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
      fail(error.message());
    if (!std::filesystem::is_directory(directory, error))
      fail("it is not a directory");

    // Permissions do not tell all (a read-only or full disk, quotas): try it.
    std::string probe      = (std::filesystem::path(directory) / ".write-probe-XXXXXX").string();
    const int   descriptor = mkstemp(probe.data());
    if (descriptor == -1)
      fail(std::strerror(errno));
    close(descriptor);
    std::filesystem::remove(probe, error);
  }
} // namespace revitra
