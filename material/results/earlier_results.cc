#include "material/results/earlier_results.h"

#include "material/base/text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace revitra
{
  namespace
  {
    namespace fs = std::filesystem;

    constexpr char parameters_name[] = "parameters.prm";
    constexpr char archive_name[]    = "previous";
    constexpr char unfinished_name[] = "previous.unfinished"; ///< an archive that is being made

    /// Files of results, and pictures of them.
    const std::set<std::string> result_files = {
      "history.csv", "summary.json", parameters_name, "fields.pvd", "rejuvenation.csv", "animation.gif"};
    const std::set<std::string> picture_names   = {"curve", "history", "fields", "rejuvenation"};
    const std::set<std::string> picture_endings = {".png", ".pdf", ".svg"};

    constexpr char checkpoint_folder[] = "checkpoint"; // which has folders in it

    /// Folders of results with the beginning of the names of the files in them.
    const std::vector<std::pair<std::string, std::string>> result_folders = {{"fields", "fields_"},
                                                                             {"replay", "point"},
                                                                             {"frames", "fields_"},
                                                                             {checkpoint_folder, "step_"},
                                                                             {checkpoint_folder, "unfinished"}};

    /// Files of a sweep, which are never moved.
    const std::vector<std::string> sweep_files = {"summary.csv", "summary.csv.next"};

    std::string name_of(const Producer producer)
    {
      return producer == Producer::point   ? "a run of revitra-point"
             : producer == Producer::sweep ? "a sweep of revitra-point"
                                           : "a run of revitra-fem";
    }

    bool is_picture(const fs::path &path)
    {
      return picture_names.count(path.stem().string()) > 0 && picture_endings.count(path.extension().string()) > 0;
    }

    std::string first_line(const fs::path &file)
    {
      std::error_code error;
      std::string     line;
      if (fs::is_regular_file(file, error)) // a device may never come to the end of its first line
        {
          std::ifstream stream(file);
          std::getline(stream, line);
        }
      return line;
    }

    bool has(const std::string &line, const std::string &column)
    {
      return ("," + line + ",").find("," + column + ",") != std::string::npos;
    }

    std::vector<fs::path> entries_of(const fs::path &directory)
    {
      std::error_code       error;
      std::vector<fs::path> found;
      for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
        found.push_back(entry->path().filename());
      std::sort(found.begin(), found.end());
      return found;
    }

    bool is_same_file(const fs::path &one, const fs::path &other)
    {
      std::error_code error; // one of them is not there
      return fs::equivalent(one, other, error);
    }

    /// The results in `directory`, by names relative to it; a checkpoint last, so that what it needs is not gone before
    /// it is. What is no file, or has another kind of file in its place, is not ours to move.
    std::vector<fs::path> results_in(const fs::path &directory)
    {
      std::error_code       error;
      std::vector<fs::path> found;
      for (const fs::path &name : entries_of(directory))
        if ((result_files.count(name.string()) > 0 || is_picture(name)) && fs::is_regular_file(directory / name, error))
          found.push_back(name);
      for (const auto &[folder, beginning] : result_folders)
        for (const fs::path &name : entries_of(directory / folder))
          if (name.string().rfind(beginning, 0) == 0 &&
              (folder == checkpoint_folder || fs::is_regular_file(directory / folder / name, error)))
            found.push_back(fs::path(folder) / name);
      return found;
    }

    bool is_own_deck(const Deck &deck)
    {
      return is_same_file(deck.file, fs::path(deck.output.directory) / parameters_name);
    }

    /// What `deck` has otherwise than the file that it was read from: what was set over it.
    std::vector<std::string> set_over(const Deck &deck)
    {
      std::vector<std::string> names = differing_parameters(deck, read_deck(deck.file));
      names.erase(std::remove(names.begin(), names.end(), "Output/Directory"), names.end());
      return names;
    }

    WriteError not_moved(const fs::path &path, const std::error_code &error)
    {
      const std::string remedy =
        error == std::errc::cross_device_link
          ? " (it is on another file system than the output directory: move the earlier results "
            "away yourself, or take another --output)"
          : "";
      return WriteError(path.string() + ": cannot be moved: " + error.message() + remedy);
    }

    /// What the link `from`/`name` has to say in `to` to lead where it leads now; nothing if it is no relative link, or
    /// leads to one of `others`, which move along.
    std::optional<fs::path> link_after_move(const fs::path              &name,
                                            const fs::path              &from,
                                            const fs::path              &to,
                                            const std::vector<fs::path> &others)
    {
      if (!fs::is_symlink(from / name))
        return std::nullopt;
      const fs::path target = fs::read_symlink(from / name);
      if (target.is_absolute())
        return std::nullopt;
      const fs::path leads_to = (fs::canonical((from / name).parent_path()) / target).lexically_normal();
      const fs::path inside   = leads_to.lexically_relative(fs::canonical(from));
      if (std::find(others.begin(), others.end(), inside) != others.end())
        return std::nullopt;
      return leads_to.lexically_relative(fs::canonical((to / name).parent_path()));
    }

    /// Moves `name`, one of `names`, from a directory to another.
    void move(const fs::path &name, const std::vector<fs::path> &names, const fs::path &from, const fs::path &to)
    {
      try
        {
          fs::create_directories((to / name).parent_path());
          if (const auto link = link_after_move(name, from, to, names))
            {
              fs::create_symlink(*link, to / name);
              fs::remove(from / name);
            }
          else
            fs::rename(from / name, to / name);
        }
      catch (const fs::filesystem_error &problem)
        {
          throw not_moved(from / name, problem.code());
        }
    }

    /// Removes the folders of results that are empty.
    void remove_empty_folders(const fs::path &directory)
    {
      std::error_code error; // one that stays does no harm
      for (const auto &[folder, beginning] : result_folders)
        if (fs::is_directory(directory / folder, error) && fs::is_empty(directory / folder, error))
          fs::remove(directory / folder, error);
    }

    /// Gives what is in `unfinished` a name in `directory` that is free, and returns that.
    fs::path finish_archive(const fs::path &directory, const fs::path &unfinished)
    {
      fs::path archive = directory / archive_name;
      for (unsigned int number = 2; fs::exists(fs::symlink_status(archive)); ++number)
        archive = directory / (archive_name + ("_" + std::to_string(number)));
      std::error_code error;
      fs::rename(unfinished, archive, error);
      if (error)
        throw not_moved(unfinished, error);
      return archive;
    }
  } // namespace

  std::optional<Producer> producer_of_results(const std::string &directory)
  {
    const fs::path path(directory);
    if (first_line(path / "summary.csv").rfind("row,", 0) == 0)
      return Producer::sweep;
    const std::string columns = first_line(path / "history.csv");
    if (has(columns, "eed_mean"))
      return Producer::specimen;
    if (has(columns, "balance_stress"))
      return Producer::point;
    if (!entries_of(path / checkpoint_folder).empty() || fs::exists(path / "fields.pvd"))
      return Producer::specimen;
    return std::nullopt;
  }

  std::vector<std::string> wrong_with_output(const Deck                     &deck,
                                             const Producer                  producer,
                                             const std::vector<std::string> &inputs)
  {
    const std::string       &directory = deck.output.directory;
    std::vector<std::string> problems;
    const auto               refuse = [&](const std::string &what) {
      problems.push_back(problem_line(deck, "Output/Directory", what));
    };
    if (const auto other = producer_of_results(directory); other && *other != producer)
      refuse("it holds the results of " + name_of(*other) + ", and this is " + name_of(producer) +
             "; allowed is another directory (--output), or move those results away first");

    std::vector<fs::path> results = results_in(directory);
    results.insert(results.end(), sweep_files.begin(), sweep_files.end());
    for (const fs::path &name : results)
      for (const std::string &input : inputs)
        if (is_same_file(fs::path(directory) / name, input))
          refuse("the run reads " + input + ", which is " + name.string() +
                 " in there and would be replaced; allowed is another directory (--output), or a copy of that file");
    for (const fs::path &name : results)
      if (name != parameters_name && is_same_file(fs::path(directory) / name, deck.file))
        refuse("the deck " + deck.file + " is " + name.string() +
               " in there and would be replaced; allowed is another directory (--output), or a copy of the deck");
    if (is_own_deck(deck) && producer == Producer::sweep) // which knows by parameters.prm what its rows are of
      refuse("the deck is " + std::string(parameters_name) +
             " in there, by which a sweep is known again; allowed is a copy of it, or another directory (--output)");
    else if (is_own_deck(deck))
      if (const auto names = set_over(deck); !names.empty())
        refuse("the deck is " + std::string(parameters_name) +
               " in there, where the deck as understood goes, and with " + join(names, ", ") +
               " set over it it would be replaced; allowed is another directory (--output), to change " + deck.file +
               ", or a copy of it");
    return problems;
  }

  void undo_unfinished_archive(const std::string &output_directory)
  {
    const fs::path directory = output_directory, unfinished = directory / unfinished_name;
    if (!fs::exists(unfinished))
      return;
    const std::vector<fs::path> results = results_in(unfinished);
    for (const fs::path &name : results)
      if (!fs::exists(directory / name))
        move(name, results, unfinished, directory);
    std::error_code error;
    if (results_in(unfinished).empty())
      fs::remove_all(unfinished, error);
    else // somebody has put others in their place
      finish_archive(directory, unfinished);
  }

  void archive_results(const Deck &deck, std::ostream &out)
  {
    const fs::path directory  = deck.output.directory;
    const fs::path unfinished = directory / unfinished_name;
    undo_unfinished_archive(deck.output.directory);
    std::vector<fs::path> results = results_in(directory);
    if (is_own_deck(deck))
      results.erase(std::remove(results.begin(), results.end(), parameters_name), results.end());
    if (results.empty())
      return;
    try
      {
        for (const fs::path &name : results)
          move(name, results, directory, unfinished);
      }
    catch (const WriteError &)
      {
        undo_unfinished_archive(deck.output.directory);
        throw;
      }
    const fs::path archive = finish_archive(directory, unfinished);
    remove_empty_folders(directory);
    out << "the results of an earlier run in " << directory.string() << " are now in " << archive.string() << std::endl;
  }

  void write_own_parameters(const Deck &deck)
  {
    if (is_own_deck(deck))
      return;
    // Under another name first: parameters.prm may be a link to a file that is none of ours.
    const fs::path file = fs::path(deck.output.directory) / parameters_name, next = file.string() + ".next";
    write_parameters(deck, next.string());
    std::error_code error;
    fs::rename(next, file, error);
    if (error)
      throw WriteError(file.string() + ": the deck could not be written: " + error.message());
  }
} // namespace revitra
