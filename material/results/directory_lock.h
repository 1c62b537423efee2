#pragma once

#include <chrono>
#include <functional>
#include <iostream>
#include <string>

namespace revitra
{
  /// The consequence of a lock that the system did not give.
  enum class LockRefusal
  {
    taken,       ///< by another run: wait for its end
    interrupted, ///< by a signal: ask again
    no_locks,    ///< the file system has none: go on, and say so
    failed       ///< for a reason of its own: stop
  };

  /// The consequence of the error number that flock() has left for a directory that is open.
  LockRefusal refusal_of(int error_number);

  /// Keeps other runs, of any of the executables, out of an output directory for as long as this lives, or the process
  /// does. On a file system without locks it only says that it cannot.
  class DirectoryLock
  {
  public:
    /// Asks once for a lock of the open file `descriptor`; returns 0, or the error number.
    using Asker = std::function<int(int descriptor)>;

    /// Throws WriteError if another run writes into `directory` and does not end within `patience`, or if the directory
    /// cannot be locked though its file system has locks. `notes` gets a line if it has none.
    explicit DirectoryLock(const std::string        &directory,
                           std::chrono::milliseconds patience = {},
                           std::ostream             &notes    = std::cerr,
                           const Asker              &ask      = ask_system);
    ~DirectoryLock();

    DirectoryLock(const DirectoryLock &)            = delete;
    DirectoryLock &operator=(const DirectoryLock &) = delete;

  private:
    static int ask_system(int descriptor);

    int descriptor; ///< of the directory: a lock that leaves no file
  };
} // namespace revitra
