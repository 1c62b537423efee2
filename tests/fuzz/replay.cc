#include "material/results/stage_replay.h"
#include "tests/fuzz/reader.h"

using namespace revitra;

/// Updates of the law to be replayed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file;
  StageReplay                   replay, again;
  if (!fuzz::reads([&] { replay = read_stage_replay(file.with(data, size)); }))
    return 0;
  const std::string text  = stage_replay_text(replay);
  const auto *const bytes = reinterpret_cast<const std::uint8_t *>(text.data());
  if (!fuzz::reads([&] { again = read_stage_replay(file.with(bytes, text.size())); }) ||
      stage_replay_text(again) != text)
    fuzz::fault("a replay cannot be read as it is written: " + text);
  return 0;
}
