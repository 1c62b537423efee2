#include "material/results/earlier_results.h"
#include "tests/base/problems_of.h"
#include "tests/base/scratch_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <unistd.h>

using namespace revitra;
namespace fs = std::filesystem;

namespace
{
  const std::vector<std::string> beside_history = {"summary.json",
                                                   "parameters.prm",
                                                   "fields.pvd",
                                                   "rejuvenation.csv",
                                                   "curve.png",
                                                   "fields/fields_0001.pvtu",
                                                   "replay/point.json",
                                                   "checkpoint/step_1/run.bin"};

  /// A deck and its output directory `out`, with results in it.
  class EarlierResults : public testing::Test
  {
  protected:
    EarlierResults()
    {
      fs::create_directories(scratch.path("out"));
      deck = read_deck(scratch.write("deck.prm", "# mine\n"), {"Output/Directory=" + scratch.path("out")});
    }

    void leave_results_of_specimen(const std::string &words) const
    {
      for (const char *folder : {"fields", "replay", "checkpoint/step_1"})
        fs::create_directories(scratch.path(std::string("out/") + folder));
      scratch.write("out/history.csv", "time,eed_mean\n" + words);
      for (const std::string &file : beside_history)
        scratch.write("out/" + file, words);
    }

    std::vector<std::string> problems(const Producer producer, const std::vector<std::string> &inputs = {}) const
    {
      return wrong_with_output(deck, producer, inputs);
    }

    /// Archives, and returns what is told.
    std::string archived() const
    {
      std::ostringstream out;
      archive_results(deck, out);
      return out.str();
    }

    bool is_there(const std::string &name) const { return fs::exists(scratch.path("out/" + name)); }

    const ScratchDirectory scratch;
    Deck                   deck;
  };
} // namespace

TEST_F(EarlierResults, whose_they_are_is_told_by_what_is_there)
{
  const std::string out = scratch.path("out");
  EXPECT_FALSE(producer_of_results(scratch.path("nowhere")));
  EXPECT_FALSE(producer_of_results(out));
  scratch.write("out/history.csv", "time,of,my,own\n");
  EXPECT_FALSE(producer_of_results(out));
  scratch.write("out/history.csv", "time,segment,flow_stress,balance_stress,instability\n");
  EXPECT_EQ(producer_of_results(out), Producer::point);
  leave_results_of_specimen("first");
  EXPECT_EQ(producer_of_results(out), Producer::specimen);
  fs::remove(scratch.path("out/history.csv"));
  EXPECT_EQ(producer_of_results(out), Producer::specimen);
  scratch.write("out/summary.csv", "row,Material/Temperature,status\n");
  EXPECT_EQ(producer_of_results(out), Producer::sweep);
}

TEST_F(EarlierResults, of_another_producer_are_not_replaced)
{
  leave_results_of_specimen("first");
  EXPECT_TRUE(problems(Producer::specimen).empty());
  for (const Producer other : {Producer::point, Producer::sweep})
    EXPECT_TRUE(mentions(problems(other), {"Output/Directory = ", "results of a run of revitra-fem", "--output"}));
  EXPECT_EQ(problems(Producer::point).size(), 1u);
}

TEST_F(EarlierResults, move_all_together_to_an_archive)
{
  leave_results_of_specimen("first");
  scratch.write("out/notes.txt", "mine");
  scratch.write("out/fields/mine.txt", "mine");
  scratch.write("out/checkpoint/weights.bin", "mine");
  EXPECT_NE(archived().find(scratch.path("out/previous\n")), std::string::npos);
  for (const std::string &file : beside_history)
    {
      EXPECT_TRUE(is_there("previous/" + file)) << file;
      EXPECT_FALSE(is_there(file)) << file;
    }
  EXPECT_TRUE(is_there("previous/history.csv"));
  EXPECT_FALSE(is_there("history.csv"));
  EXPECT_TRUE(is_there("notes.txt"));
  EXPECT_TRUE(is_there("fields/mine.txt"));
  EXPECT_TRUE(is_there("checkpoint/weights.bin"));
  EXPECT_FALSE(is_there("checkpoint/step_1"));

  // Once more: the one before stays.
  leave_results_of_specimen("second");
  EXPECT_NE(archived().find(scratch.path("out/previous_2\n")), std::string::npos);
  EXPECT_EQ(scratch.read("out/previous/summary.json"), "first");
  EXPECT_EQ(scratch.read("out/previous_2/summary.json"), "second");

  EXPECT_EQ(archived(), "");
  EXPECT_FALSE(is_there("previous_3"));
}

TEST_F(EarlierResults, all_stay_if_one_cannot_be_moved)
{
  const fs::path  elsewhere = "/dev/shm"; // another file system: what is there cannot be renamed into the archive
  std::error_code error;
  if (!fs::is_directory(elsewhere, error))
    GTEST_SKIP() << "there is no " << elsewhere;
  leave_results_of_specimen("first");
  const fs::path checkpoints = elsewhere / ("revitra_test_" + std::to_string(getpid()));
  fs::create_directories(checkpoints / "step_1");
  fs::remove_all(scratch.path("out/checkpoint"));
  fs::create_directory_symlink(checkpoints, scratch.path("out/checkpoint"));
  try
    {
      archived();
      ADD_FAILURE() << "it was moved to another file system";
    }
  catch (const WriteError &error)
    {
      const std::string what = error.what();
      EXPECT_NE(what.find("out/checkpoint/step_1: cannot be moved: "), std::string::npos) << what;
      EXPECT_NE(what.find("on another file system than the output directory"), std::string::npos) << what;
      EXPECT_NE(what.find("take another --output"), std::string::npos) << what;
    }
  EXPECT_TRUE(is_there("history.csv"));
  EXPECT_TRUE(is_there("summary.json"));
  EXPECT_TRUE(is_there("checkpoint/step_1"));
  fs::remove_all(checkpoints);
}

TEST_F(EarlierResults, that_are_links_lead_where_they_led)
{
  leave_results_of_specimen("first");
  fs::create_directories(scratch.path("data/step_2"));
  scratch.write("data/step_2/run.bin", "kept");
  for (const char *name : {"summary.json", "fields/fields_0001.pvtu", "rejuvenation.csv", "curve.png"})
    fs::remove(scratch.path(std::string("out/") + name));
  const std::string data = scratch.write("data/words", "kept");
  fs::create_symlink("../data/words", scratch.path("out/summary.json"));
  fs::create_symlink("../../data/words", scratch.path("out/fields/fields_0001.pvtu"));
  fs::create_symlink("../../data/step_2", scratch.path("out/checkpoint/step_2"));
  fs::create_symlink(data, scratch.path("out/rejuvenation.csv"));
  fs::create_symlink("fields.pvd", scratch.path("out/curve.png")); // which moves along
  archived();
  for (const char *name : {"summary.json", "fields/fields_0001.pvtu", "rejuvenation.csv", "checkpoint/step_2/run.bin"})
    EXPECT_EQ(scratch.read(std::string("out/previous/") + name), "kept") << name;
  EXPECT_EQ(scratch.read("out/previous/curve.png"), "first");
  EXPECT_TRUE(fs::read_symlink(scratch.path("out/previous/summary.json")).is_relative());
  EXPECT_FALSE(fs::exists(fs::symlink_status(scratch.path("out/summary.json"))));

  // Back and forth is as it was.
  fs::rename(scratch.path("out/previous"), scratch.path("out/previous.unfinished"));
  undo_unfinished_archive(scratch.path("out"));
  EXPECT_EQ(fs::read_symlink(scratch.path("out/summary.json")), "../data/words");
  EXPECT_EQ(fs::read_symlink(scratch.path("out/fields/fields_0001.pvtu")), "../../data/words");
  EXPECT_EQ(scratch.read("out/curve.png"), "first");
}

TEST_F(EarlierResults, are_back_in_their_place_after_a_move_that_was_interrupted)
{
  leave_results_of_specimen("first");
  fs::create_directories(scratch.path("out/previous.unfinished/fields"));
  for (const char *file : {"history.csv", "fields/fields_0001.pvtu"})
    fs::rename(scratch.path(std::string("out/") + file), scratch.path(std::string("out/previous.unfinished/") + file));
  undo_unfinished_archive(scratch.path("out"));
  EXPECT_FALSE(is_there("previous.unfinished"));
  EXPECT_TRUE(is_there("history.csv"));
  archived();
  EXPECT_TRUE(is_there("previous/history.csv"));
  EXPECT_TRUE(is_there("previous/fields/fields_0001.pvtu"));
  EXPECT_TRUE(is_there("previous/summary.json"));
}

TEST_F(EarlierResults, do_not_take_the_place_of_what_a_run_reads)
{
  leave_results_of_specimen("first");
  fs::create_hard_link(scratch.write("times.csv", "time\n0\n"), scratch.path("out/animation.gif"));
  fs::create_symlink(scratch.path("out/summary.json"), scratch.path("link"));
  for (const std::string &input :
       {scratch.path("times.csv"), scratch.path("link"), scratch.path("out/fields/../history.csv")})
    EXPECT_TRUE(mentions(problems(Producer::specimen, {input}), {"the run reads " + input, "--output"})) << input;
  EXPECT_TRUE(problems(Producer::specimen, {"", scratch.path("missing"), scratch.path("deck.prm")}).empty());

  fs::rename(scratch.path("deck.prm"), scratch.path("out/rejuvenation.csv"));
  deck.file = scratch.path("out/rejuvenation.csv");
  EXPECT_TRUE(mentions(problems(Producer::specimen), {"the deck " + deck.file, "copy of the deck"}));
}

TEST_F(EarlierResults, leave_a_deck_that_is_their_parameters_prm)
{
  const std::string own  = scratch.path("out/parameters.prm"),
                    text = "# sample 7\nsubsection Material\n set Temperature = 0.8\nend\n";
  for (const bool linked : {false, true})
    {
      fs::remove(own);
      scratch.write(linked ? "linked.prm" : "out/parameters.prm", text);
      if (linked)
        fs::create_hard_link(scratch.path("linked.prm"), own);
      const std::string file = linked ? scratch.path("linked.prm") : own;
      deck                   = read_deck(file, {"Output/Directory=" + scratch.path("out")});
      EXPECT_TRUE(problems(Producer::point).empty());
      archived();
      write_own_parameters(deck);
      EXPECT_EQ(scratch.read("out/parameters.prm"), text);

      deck = read_deck(file, {"Output/Directory=" + scratch.path("out"), "Material/Temperature=0.9"});
      EXPECT_TRUE(mentions(problems(Producer::point), {"parameters.prm", "Material/Temperature"}));
    }

  // A link that does not lead to the deck is replaced, not what it leads to.
  fs::remove(own);
  fs::create_symlink(scratch.write("other.prm", "# other\n"), own);
  deck = read_deck(scratch.path("deck.prm"), {"Output/Directory=" + scratch.path("out")});
  write_own_parameters(deck);
  EXPECT_EQ(scratch.read("other.prm"), "# other\n");
  EXPECT_NE(scratch.read("out/parameters.prm"), "# other\n");
}
