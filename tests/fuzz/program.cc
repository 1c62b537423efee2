#include "material/input/loading_program.h"
#include "tests/fuzz/reader.h"

using namespace revitra;

/// Loading programs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  const std::string text(reinterpret_cast<const char *>(data), size);
  LoadingProgram    program;
  if (fuzz::reads([&] { program = parse_program(text); }) && program.segments.empty())
    fuzz::fault("a program of no segments");
  return 0;
}
