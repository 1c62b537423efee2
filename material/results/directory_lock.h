#pragma once

#include <chrono>
#include <string>

namespace revitra
{
  /// Keeps other runs, of any of the executables, out of an output directory for as long as this lives, or the process
  /// does. On a file system that knows no locks it does nothing.
  class DirectoryLock
  {
  public:
    /// Throws WriteError if another run writes into `directory` and does not end within `patience`.
    explicit DirectoryLock(const std::string &directory, std::chrono::milliseconds patience = {});
    ~DirectoryLock();

    DirectoryLock(const DirectoryLock &)            = delete;
    DirectoryLock &operator=(const DirectoryLock &) = delete;

  private:
    int descriptor; ///< of the directory: a lock that leaves no file
  };
} // namespace revitra
