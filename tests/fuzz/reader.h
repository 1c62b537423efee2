#pragma once

#include "material/base/errors.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>

namespace revitra::fuzz
{
  /// A fault of a reader that no sanitizer sees.
  [[noreturn]] inline void fault(const std::string &what)
  {
    std::cerr << "fault: " << what << std::endl;
    std::abort();
  }

  /// A file in memory, with new contents for each input.
  class MemoryFile
  {
  public:
    MemoryFile()
      : descriptor(memfd_create("fuzz", 0))
    {
      if (descriptor < 0)
        fault("no file in memory");
    }

    ~MemoryFile() { close(descriptor); }

    MemoryFile(const MemoryFile &) = delete;

    /// The name of the file with the contents `data`.
    std::string with(const std::uint8_t *data, const std::size_t size) const
    {
      if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, data, size, 0) != static_cast<ssize_t>(size))
        fault("the file in memory cannot be written");
      return name();
    }

    std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor); }

  private:
    const int descriptor;
  };

  /// Every line that a reader reports is a line, and there is one.
  inline void check_problems(const std::vector<std::string> &problems)
  {
    if (problems.empty())
      fault("refused without a reason");
    for (const std::string &problem : problems)
      if (problem.empty() || problem.find('\n') != std::string::npos)
        fault("a problem is not one line: " + problem);
  }

  /// Does `read`, which is to return or to throw DeckError; anything else ends the fuzzer. Returns whether it returned.
  template <typename Read>
  bool reads(const Read &read)
  {
    try
      {
        read();
        return true;
      }
    catch (const DeckError &error)
      {
        check_problems(error.problems());
        return false;
      }
  }
} // namespace revitra::fuzz
