#include "fem/checkpoint/checkpoint_store.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace revitra
{
  namespace fs = std::filesystem;

  namespace
  {
    /// The sentence about a checkpoint to which `damage` was done; on the first rank, else none.
    std::string sentence_after(const std::function<void(const std::string &checkpoint)> &damage)
    {
      const ScratchDirectory scratch;
      const std::string      directory = dealii::Utilities::MPI::broadcast(MPI_COMM_WORLD, scratch.path("output"));
      CheckpointStore        store(directory, 1, {}, MPI_COMM_WORLD);
      const auto             cells = [](CheckedFile &file) { file.write("cells", 5); };
      store.write({7, 1., 0.1}, Deck(), cells, cells);
      if (dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0)
        damage(directory + "/checkpoint/step_00000007");
      EXPECT_FALSE(store.latest());
      const std::string sentence = store.skipped().empty() ? "none" : store.skipped().front();
      EXPECT_EQ(sentence.find("exception"), std::string::npos) << sentence;
      MPI_Barrier(MPI_COMM_WORLD);
      return sentence;
    }

    std::string sentence_with_manifest(const std::string &text)
    {
      return sentence_after(
        [&](const std::string &checkpoint) { std::ofstream(checkpoint + "/manifest.json") << text; });
    }

    void expect_end(const std::string &sentence, const std::string &end)
    {
      const std::string whole = "step_00000007 is skipped: " + end;
      EXPECT_TRUE(sentence.size() >= whole.size() &&
                  sentence.compare(sentence.size() - whole.size(), whole.size(), whole) == 0)
        << sentence;
    }
  } // namespace

  TEST(DamagedCheckpoint, ManifestIsDescribedInPlainWords)
  {
    expect_end(sentence_with_manifest(""), "manifest.json is damaged: it ends too early, after 0 bytes");
    expect_end(sentence_with_manifest("{\"crc32\": 1, "),
               "manifest.json is damaged: it ends too early, after 13 bytes");
    expect_end(sentence_with_manifest("{\"crc32\": 1, x}"), "manifest.json is damaged at byte 14");
    expect_end(sentence_with_manifest("[1, 2]"),
               "manifest.json is damaged: entries are missing, or are something else");
    expect_end(sentence_with_manifest("{\"files\": 3}"),
               "manifest.json is damaged: entries are missing, or are something else");
    expect_end(sentence_with_manifest("{\"crc32\": 1}"), "manifest.json is damaged: its checksum is another");
  }

  TEST(DamagedCheckpoint, FileIsNamedWithWhatIsWrongWithIt)
  {
    const auto file = [](const std::string &checkpoint) { return checkpoint + "/run.bin"; };
    expect_end(sentence_after([](const std::string &checkpoint) { fs::remove(checkpoint + "/manifest.json"); }),
               "it has no manifest.json");
    expect_end(sentence_after([&](const std::string &checkpoint) { fs::remove(file(checkpoint)); }),
               "run.bin is missing");
    expect_end(sentence_after([&](const std::string &checkpoint) { fs::resize_file(file(checkpoint), 3); }),
               "run.bin is damaged: it has 3 bytes in place of 5");
    expect_end(sentence_after([&](const std::string &checkpoint) { std::ofstream(file(checkpoint)) << "cellz"; }),
               "run.bin is damaged: its checksum is another");
  }
} // namespace revitra
