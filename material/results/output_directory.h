#pragma once

#include <string>

namespace revitra
{
  /// Creates `directory` with all its parents unless it exists, and makes sure that files can be written there. To be
  /// called once the input is known to be valid. Throws WriteError naming directory and reason.
  void prepare_output_directory(const std::string &directory);
} // namespace revitra
