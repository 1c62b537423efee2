#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace revitra
{
  /// Unusable input (exit status 2), with all its problems, one line each.
  class DeckError : public std::runtime_error
  {
  public:
    /// Creates the error from `problems`, each made a single line whatever the names and values that it quotes contain.
    explicit DeckError(const std::vector<std::string> &problems);

    /// Problems, one line each, naming the place, the parameter, its value and what is allowed. Never empty.
    const std::vector<std::string> &problems() const { return lines; }

  private:
    std::vector<std::string> lines;
  };

  /// Throws DeckError if there are `problems`.
  void throw_if_any(const std::vector<std::string> &problems);

  /// Numerical failure (exit status 3). The message gives place, reason and last accepted time, and how to replay the
  /// failure or restart.
  class NumericsError : public std::runtime_error
  {
  public:
    using std::runtime_error::runtime_error;
  };

  /// Failure to write a result (exit status 4). The message names the file or directory and the reason.
  class WriteError : public std::runtime_error
  {
  public:
    using std::runtime_error::runtime_error;
  };

  /// Text "`file`: `what` could not be written: ", followed by the reason of the system (errno).
  WriteError not_written(const std::string &file, const std::string &what);
} // namespace revitra
