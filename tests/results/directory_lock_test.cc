#include "material/base/errors.h"
#include "material/results/directory_lock.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <vector>

using namespace revitra;

namespace
{
  constexpr std::chrono::milliseconds no_patience(0);

  /// An asker that gets the `answers` one after the other, the last for ever.
  DirectoryLock::Asker answering(const std::vector<int> &answers)
  {
    return [answers, n = std::size_t(0)](int) mutable { return answers[std::min(n++, answers.size() - 1)]; };
  }

  /// The note of a lock that is asked for with these answers, or what it throws.
  std::string said(const std::vector<int> &answers, const std::chrono::milliseconds patience = no_patience)
  {
    const ScratchDirectory scratch;
    std::ostringstream     notes;
    try
      {
        const DirectoryLock lock(scratch.path(""), patience, notes, answering(answers));
      }
    catch (const WriteError &error)
      {
        return error.what();
      }
    return notes.str();
  }

  bool has(const std::string &text, const std::string &part)
  {
    return text.find(part) != std::string::npos;
  }
} // namespace

TEST(DirectoryLock, keeps_others_out_until_it_goes)
{
  const ScratchDirectory scratch;
  {
    const DirectoryLock lock(scratch.path(""));
    EXPECT_THROW(DirectoryLock(scratch.path("")), WriteError); // a lock is of the open file, not of the process
  }
  EXPECT_NO_THROW(DirectoryLock(scratch.path("")));
}

TEST(DirectoryLock, refusal_is_told_by_the_error_number)
{
  EXPECT_EQ(refusal_of(EWOULDBLOCK), LockRefusal::taken);
  EXPECT_EQ(refusal_of(EINTR), LockRefusal::interrupted);
  for (const int error : {ENOLCK, EOPNOTSUPP, ENOTSUP, ENOSYS, EINVAL, EBADF})
    EXPECT_EQ(refusal_of(error), LockRefusal::no_locks) << error;
  for (const int error : {EIO, EACCES, EPERM, ESTALE, ENOMEM})
    EXPECT_EQ(refusal_of(error), LockRefusal::failed) << error;
}

TEST(DirectoryLock, without_locks_is_said_once_and_goes_on)
{
  const std::string note = said({ENOLCK});
  EXPECT_TRUE(has(note, "is on a file system without locks: do not start a second run in it\n")) << note;
  EXPECT_EQ(note.find("note: "), 0u);
  EXPECT_EQ(std::count(note.begin(), note.end(), '\n'), 1);
}

TEST(DirectoryLock, other_errors_end_the_run)
{
  EXPECT_TRUE(has(said({EIO}), "cannot be locked against other runs: Input/output error; allowed is")) << said({EIO});
  EXPECT_TRUE(has(said({EWOULDBLOCK}), "another run writes into this directory"));
  EXPECT_THROW(DirectoryLock("/nonexistent-directory"), WriteError);
}

TEST(DirectoryLock, asks_again_after_a_signal_and_while_it_has_patience)
{
  EXPECT_EQ(said({EINTR, EINTR, 0}), "");
  EXPECT_EQ(said({EWOULDBLOCK, 0}, std::chrono::milliseconds(100)), "");
}
