#include "fem/checkpoint/directory_lock.h"

#include "fem/output/collective.h"

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace revitra
{
  DirectoryLock::DirectoryLock(const std::string &directory, const MPI_Comm &communicator)
  {
    constexpr unsigned int              tries = 50; // what a run that was killed has left may still be ending
    constexpr std::chrono::milliseconds between(100);
    write_on_root(communicator, [&]() {
      descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      for (unsigned int i = 0; flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i)
        {
          if (i == tries)
            {
              close(descriptor);
              throw WriteError(directory +
                               ": another run writes into this directory; wait for its end, or take another --output");
            }
          std::this_thread::sleep_for(between);
        }
    });
  }

  DirectoryLock::~DirectoryLock()
  {
    if (descriptor >= 0)
      close(descriptor);
  }
} // namespace revitra
