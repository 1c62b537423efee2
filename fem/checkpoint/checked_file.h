#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace revitra
{
  /// What a file has to be like, to be found undamaged.
  struct FileChecksum
  {
    std::uint64_t size = 0;
    std::uint32_t crc  = 0; ///< CRC-32 of its contents

    bool operator==(const FileChecksum &other) const { return size == other.size && crc == other.crc; }
  };

  /// A file that is written once, from its start to its end, and sealed.
  class CheckedFile
  {
  public:
    /// Starts `file` afresh. This and all members throw WriteError.
    explicit CheckedFile(const std::string &file);

    void write(const void *data, std::size_t size);

    /// Brings everything to the disk and closes the file.
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

  /// The seal of `file` as it is; of size 0 if it cannot be read.
  FileChecksum seal_of(const std::string &file);

  /// CRC-32 of `text`.
  std::uint32_t crc_of(const std::string &text);

  /// Brings a file to the disk, or the entries of a folder: what was made, renamed or removed there. Throws WriteError.
  void bring_to_disk(const std::string &path);
} // namespace revitra
