#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace revitra
{
  /// Size and checksum of an undamaged file.
  struct FileChecksum
  {
    std::uint64_t size = 0;
    std::uint32_t crc  = 0; ///< CRC-32 of its contents

    bool operator==(const FileChecksum &other) const { return size == other.size && crc == other.crc; }
  };

  /// File that is written once, from start to end, and whose checksum is known then.
  class CheckedFile
  {
  public:
    /// Creates `file`, replacing an earlier one. This and all members throw WriteError.
    explicit CheckedFile(const std::string &file);

    void write(const void *data, std::size_t size);

    /// Flushes everything to the disk and closes the file.
    FileChecksum finish();

  private:
    struct Close
    {
      void operator()(std::FILE *stream) const { std::fclose(stream); }
    };

    [[noreturn]] void fail() const;

    std::string                       file;
    std::unique_ptr<std::FILE, Close> stream;
    FileChecksum                      seal;
  };

  using FileChecksums = std::map<std::string, FileChecksum>; ///< by what the files are

  /// Checksum of `file` as it is now; of size 0 if it cannot be read.
  FileChecksum seal_of(const std::string &file);

  /// CRC-32 of `text`.
  std::uint32_t crc_of(const std::string &text);

  /// Flushes a file to the disk, or the entries of a folder after files in it were created, renamed or removed. Throws
  /// WriteError.
  void bring_to_disk(const std::string &path);
} // namespace revitra
