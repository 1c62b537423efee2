#include "fem/checkpoint/checked_file.h"

#include "material/base/errors.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

namespace revitra
{
  namespace
  {
    std::uint32_t extended(const std::uint32_t crc, const void *data, const std::size_t size)
    {
      if (size == 0) // zlib would take no data for a wish to start anew
        return crc;
      return crc32_z(crc, static_cast<const Bytef *>(data), size);
    }
  } // namespace

  CheckedFile::CheckedFile(const std::string &file)
    : file(file)
    , stream(std::fopen(file.c_str(), "wb"))
  {
    if (!stream)
      fail();
  }

  void CheckedFile::fail() const
  {
    throw WriteError(file + ": cannot be written: " + std::strerror(errno));
  }

  void CheckedFile::write(const void *data, const std::size_t size)
  {
    if (std::fwrite(data, 1, size, stream.get()) != size)
      fail();
    seal.crc = extended(seal.crc, data, size);
    seal.size += size;
  }

  FileChecksum CheckedFile::finish()
  {
    if (std::fflush(stream.get()) != 0 || fsync(fileno(stream.get())) != 0)
      fail();
    if (std::fclose(stream.release()) != 0)
      fail();
    return seal;
  }

  FileChecksum seal_of(const std::string &file)
  {
    FileChecksum               seal;
    std::array<char, 1u << 16> block;
    std::FILE *const           stream = std::fopen(file.c_str(), "rb");
    if (!stream)
      return seal;
    while (const std::size_t size = std::fread(block.data(), 1, block.size(), stream))
      {
        seal.crc = extended(seal.crc, block.data(), size);
        seal.size += size;
      }
    std::fclose(stream);
    return seal;
  }

  std::uint32_t crc_of(const std::string &text)
  {
    return extended(0, text.data(), text.size());
  }

  void bring_to_disk(const std::string &path)
  {
    const int  descriptor = open(path.c_str(), O_RDONLY);
    const bool is_synced  = descriptor >= 0 && fsync(descriptor) == 0;
    const int  error      = errno;
    if (descriptor >= 0)
      close(descriptor);
    if (!is_synced)
      throw WriteError(path + ": cannot be written: " + std::strerror(error));
  }
} // namespace revitra
