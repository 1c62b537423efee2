#pragma once

#include <deal.II/base/utilities.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>
#include <zlib.h>

namespace revitra::test
{
  inline std::string read_text(const std::string &file)
  {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  /// The numbers of the array of the .vtu file `file` whose opening tag holds the end of the text `marker` (Float32,
  /// compressed in one block, as deal.II writes it).
  inline std::vector<float> read_vtu_after(const std::string &file, const std::string &marker)
  {
    const std::string text  = read_text(file);
    const auto        entry = text.find(marker);
    if (entry == std::string::npos)
      throw std::runtime_error("no " + marker + " in " + file);
    const auto        start = text.find_first_not_of(" \n", text.find('>', entry + marker.size()) + 1);
    const std::string code  = text.substr(start, text.find_first_of(" \n<", start) - start);

    // Sixteen bytes of header take 24 characters: blocks, bytes of a block, of the last block, and compressed.
    std::uint32_t header[4];
    const auto    header_bytes = dealii::Utilities::decode_base64(code.substr(0, 24));
    std::memcpy(header, header_bytes.data(), sizeof(header));
    const auto compressed = dealii::Utilities::decode_base64(code.substr(24));

    uLongf             size = header[1];
    std::vector<float> numbers(size / sizeof(float));
    if (header[0] != 1 ||
        uncompress(reinterpret_cast<Bytef *>(numbers.data()), &size, compressed.data(), header[3]) != Z_OK)
      throw std::runtime_error(marker + " in " + file + " cannot be read");
    return numbers;
  }

  /// Three coordinates a point.
  inline std::vector<float> read_vtu_points(const std::string &file)
  {
    return read_vtu_after(file, "<Points>\n    <DataArray");
  }

  /// The values of the array `name`, those of vectors with three components a point.
  inline std::vector<float> read_vtu_array(const std::string &file, const std::string &name)
  {
    return read_vtu_after(file, "Name=\"" + name + "\"");
  }
} // namespace revitra::test
