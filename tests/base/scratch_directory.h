#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace revitra
{
  /// A directory for the files of one test; it goes with the object.
  class ScratchDirectory
  {
  public:
    ScratchDirectory()
    {
      std::string pattern = (std::filesystem::temp_directory_path() / "revitra-test-XXXXXX").string();
      if (!mkdtemp(pattern.data()))
        throw std::runtime_error("no scratch directory " + pattern);
      directory = pattern;
    }

    ScratchDirectory(const ScratchDirectory &) = delete;

    ~ScratchDirectory()
    {
      std::error_code ignored;
      std::filesystem::remove_all(directory, ignored);
    }

    /// The path of the file or directory `name` in it.
    std::string path(const std::string &name) const { return (directory / name).string(); }

    /// Writes a file and returns its path.
    std::string write(const std::string &name, const std::string &text) const
    {
      std::ofstream(path(name), std::ios::binary) << text;
      return path(name);
    }

    /// The contents of a file.
    std::string read(const std::string &name) const
    {
      std::ifstream stream(path(name), std::ios::binary);
      return {std::istreambuf_iterator<char>(stream), {}};
    }

  private:
    std::filesystem::path directory;
  };
} // namespace revitra
