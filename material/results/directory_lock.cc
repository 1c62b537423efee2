#include "material/results/directory_lock.h"

#include "material/base/errors.h"

#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace revitra
{
  namespace
  {
    WriteError not_locked(const std::string &directory, const int error_number)
    {
      return WriteError(directory + ": cannot be locked against other runs: " + std::strerror(error_number) +
                        "; allowed is a directory that you may read and write, so mend that, or take another --output");
    }

    /// An open directory. Throws WriteError.
    int opened(const std::string &directory)
    {
      const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (descriptor < 0)
        throw not_locked(directory, errno);
      return descriptor;
    }

    /// Asks until the answer is no longer that another run has the lock, or `patience` is over. Returns the last
    /// answer.
    int answer_within(const std::chrono::milliseconds patience, const std::function<int()> &ask)
    {
      constexpr std::chrono::milliseconds between(100);
      std::chrono::milliseconds           waited(0);
      for (;;)
        {
          const int answer = ask();
          if (answer == 0)
            return answer;
          const LockRefusal refusal = refusal_of(answer);
          if (refusal == LockRefusal::interrupted)
            continue;
          if (refusal != LockRefusal::taken || waited >= patience)
            return answer;
          std::this_thread::sleep_for(between);
          waited += between;
        }
    }

    /// Throws WriteError, or writes to `notes`, if the last answer was no lock.
    void judge(const int answer, const std::string &directory, std::ostream &notes)
    {
      if (answer == 0)
        return;
      const LockRefusal refusal = refusal_of(answer);
      if (refusal == LockRefusal::taken)
        throw WriteError(directory +
                         ": another run writes into this directory; wait for its end, or take another --output");
      if (refusal != LockRefusal::no_locks)
        throw not_locked(directory, answer);
      notes << "note: " + directory + " is on a file system without locks: do not start a second run in it"
            << std::endl;
    }
  } // namespace

  LockRefusal refusal_of(const int error_number)
  {
    if (error_number == EWOULDBLOCK)
      return LockRefusal::taken;
    if (error_number == EINTR)
      return LockRefusal::interrupted;
    // EBADF: a file system that locks for writers only (NFS does), and a directory is never open for writing.
    for (const int without_locks : {ENOLCK, EOPNOTSUPP, ENOTSUP, ENOSYS, EINVAL, EBADF})
      if (error_number == without_locks)
        return LockRefusal::no_locks;
    return LockRefusal::failed;
  }

  int DirectoryLock::ask_system(const int descriptor)
  {
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  }

  DirectoryLock::DirectoryLock(const std::string              &directory,
                               const std::chrono::milliseconds patience,
                               std::ostream                   &notes,
                               const Asker                    &ask)
    : descriptor(opened(directory))
  {
    try
      {
        judge(answer_within(patience, [&]() { return ask(descriptor); }), directory, notes);
      }
    catch (...)
      {
        close(descriptor);
        throw;
      }
  }

  DirectoryLock::~DirectoryLock()
  {
    close(descriptor);
  }
} // namespace revitra
