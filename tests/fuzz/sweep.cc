#include "material/input/deck_source.h"
#include "material/point/sweep_table.h"
#include "tests/fuzz/reader.h"

using namespace revitra;

/// Tables of sweeps, and their rows as settings.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  static const fuzz::MemoryFile file;
  SweepTable                    table;
  if (fuzz::reads([&] { table = read_sweep_table(file.with(data, size)); }))
    for (const SweepTable::Row &row : table.rows)
      {
        const SettingsLayer layer = table.settings(row);
        if (!read_settings(layer.settings, layer.origin).problems.empty())
          fuzz::fault(table.place(row) + " is no settings");
      }
  return 0;
}
