#include "material/results/directory_lock.h"

#include "material/base/errors.h"

#include <sys/file.h>

#include <cerrno>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace revitra
{
  DirectoryLock::DirectoryLock(const std::string &directory, const std::chrono::milliseconds patience)
    : descriptor(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  {
    constexpr std::chrono::milliseconds between(100);
    std::chrono::milliseconds           waited(0);
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      {
        if (waited >= patience)
          {
            close(descriptor);
            throw WriteError(directory +
                             ": another run writes into this directory; wait for its end, or take another --output");
          }
        std::this_thread::sleep_for(between);
        waited += between;
      }
  }

  DirectoryLock::~DirectoryLock()
  {
    if (descriptor >= 0)
      close(descriptor);
  }
} // namespace revitra
