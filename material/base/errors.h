#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace revitra
{
  /// The input cannot be used (exit status 2): all that is wrong with it, one line a problem.
  class DeckError : public std::runtime_error
  {
  public:
    /// Each of `problems` becomes one line, whatever is in the names and values that it quotes.
    explicit DeckError(const std::vector<std::string> &problems);

    /// One line a problem, each naming where it stands, the parameter, its value and what is allowed. Never empty.
    const std::vector<std::string> &problems() const { return lines; }

  private:
    std::vector<std::string> lines;
  };

  /// Throws DeckError if there are `problems`.
  void throw_if_any(const std::vector<std::string> &problems);

  /// The numerics gave up (exit status 3). The message says where, why, the last accepted time, and how to replay or
  /// restart.
  class NumericsError : public std::runtime_error
  {
  public:
    using std::runtime_error::runtime_error;
  };

  /// A result could not be written (exit status 4). The message names the file or directory and the reason.
  class WriteError : public std::runtime_error
  {
  public:
    using std::runtime_error::runtime_error;
  };

  /// "`file`: `what` could not be written: ", and why the system says so (errno).
  WriteError not_written(const std::string &file, const std::string &what);
} // namespace revitra
