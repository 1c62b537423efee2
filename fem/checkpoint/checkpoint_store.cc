#include "fem/checkpoint/checkpoint_store.h"

#include "fem/parallel/collective.h"
#include "material/base/version.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace revitra
{
  using namespace dealii;
  namespace fs = std::filesystem;

  namespace
  {
    /// Changes with what is in the files.
    constexpr unsigned int format = 3;

    constexpr char manifest_file[] = "manifest.json";
    constexpr char prefix[]        = "step_";
    constexpr char unfinished[]    = "unfinished";

    using Json = nlohmann::json;

    Json json_of(const FileChecksum &seal)
    {
      return {{"size", seal.size}, {"crc32", seal.crc}};
    }

    FileChecksum seal_from(const Json &json)
    {
      return {json.at("size"), json.at("crc32")};
    }

    Json json_of(const FileChecksums &seals)
    {
      Json json = Json::object();
      for (const auto &[file, seal] : seals)
        json[file] = json_of(seal);
      return json;
    }

    FileChecksums seals_from(const Json &json)
    {
      FileChecksums seals;
      for (const auto &[file, seal] : json.items())
        seals[file] = seal_from(seal);
      return seals;
    }

    void write_text(const std::string &file, const std::string &text)
    {
      CheckedFile out(file);
      out.write(text.data(), text.size());
      out.finish();
    }

    std::runtime_error damaged_manifest(const std::string &how)
    {
      return std::runtime_error(std::string(manifest_file) + " is damaged" + how);
    }

    /// The manifest of `path`, without its own checksum, which is right.
    Json read_manifest(const std::string &path)
    {
      std::ifstream stream(path + '/' + manifest_file);
      if (!stream)
        throw std::runtime_error(std::string("it has no ") + manifest_file);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      try
        {
          Json       manifest = Json::parse(text);
          const auto crc      = manifest.at("crc32").get<std::uint32_t>();
          manifest.erase("crc32");
          if (crc != crc_of(manifest.dump()))
            throw damaged_manifest(": its checksum is another");
          return manifest;
        }
      catch (const Json::parse_error &error) // whose words are for programmers
        {
          if (error.byte > text.size())
            throw damaged_manifest(": it ends too early, after " + std::to_string(text.size()) + " bytes");
          throw damaged_manifest(" at byte " + std::to_string(error.byte));
        }
      catch (const Json::exception &)
        {
          throw damaged_manifest(": entries are missing, or are something else");
        }
    }

    /// Throws std::runtime_error unless `file` in `path` is as `expected`.
    void require_undamaged(const std::string &path, const std::string &file, const FileChecksum &expected)
    {
      const FileChecksum found = seal_of(path + '/' + file);
      if (found == expected)
        return;
      if (!fs::exists(path + '/' + file))
        throw std::runtime_error(file + " is missing");
      throw std::runtime_error(file + " is damaged: " +
                               (found.size != expected.size ? "it has " + std::to_string(found.size) +
                                                                " bytes in place of " + std::to_string(expected.size)
                                                            : "its checksum is another"));
    }

    /// What the `manifest` of `path` says, all of whose files are as it says.
    CheckpointFolder as_in(const Json &manifest, const std::string &path)
    {
      if (manifest.at("format") != format)
        throw std::runtime_error("it is of another version of revitra-fem, " + std::string(manifest.at("version")));
      for (const auto &[file, seal] : seals_from(manifest.at("files")))
        require_undamaged(path, file, seal);
      return {path,
              {manifest.at("step"), manifest.at("time"), manifest.at("strain")},
              manifest.at("ranks"),
              seals_from(manifest.at("inputs"))};
    }

    /// The checkpoint in `path`. Throws std::exception saying what is wrong with it.
    CheckpointFolder opened(const std::string &path)
    {
      const Json manifest = read_manifest(path);
      try
        {
          return as_in(manifest, path);
        }
      catch (const Json::exception &)
        {
          throw std::runtime_error(std::string(manifest_file) + " is of another version of revitra-fem");
        }
    }
  } // namespace

  std::string cells_file(const unsigned int rank)
  {
    return "cells_" + Utilities::int_to_string(rank, 5) + ".bin";
  }

  CheckpointStore::CheckpointStore(const std::string   &directory,
                                   const unsigned int   keep,
                                   const FileChecksums &inputs,
                                   const MPI_Comm      &communicator)
    : folder(directory + "/checkpoint")
    , keep(keep)
    , inputs(inputs)
    , communicator(communicator)
  {}

  void CheckpointStore::write(const CheckpointLabel                    &label,
                              const Deck                               &deck,
                              const std::function<void(CheckedFile &)> &write_cells,
                              const std::function<void(CheckedFile &)> &write_run)
  {
    const std::string  aside = folder + '/' + unfinished;
    const unsigned int rank  = Utilities::MPI::this_mpi_process(communicator);
    write_on_root(communicator, [&]() {
      std::error_code error;
      fs::remove_all(aside, error);
      if (!fs::create_directories(aside, error))
        throw WriteError(aside + ": cannot be made: " + error.message());
    });
    FileChecksum own;
    write_on_all(communicator, [&]() {
      CheckedFile file(aside + '/' + cells_file(rank));
      write_cells(file);
      own = file.finish();
    });
    const auto sizes = Utilities::MPI::gather(communicator, own.size);
    const auto crcs  = Utilities::MPI::gather(communicator, own.crc);
    write_on_root(communicator, [&]() {
      CheckedFile run(aside + '/' + run_file);
      write_run(run);
      FileChecksums files;
      files[run_file] = run.finish();
      write_parameters(deck, aside + '/' + parameters_file);
      bring_to_disk(aside + '/' + parameters_file);
      files[parameters_file] = seal_of(aside + '/' + parameters_file);
      for (unsigned int r = 0; r < sizes.size(); ++r)
        files[cells_file(r)] = {sizes[r], crcs[r]};
      Json manifest     = {{"format", format},
                           {"version", version},
                           {"step", label.step},
                           {"time", label.time},
                           {"strain", label.strain},
                           {"ranks", sizes.size()},
                           {"files", json_of(files)},
                           {"inputs", json_of(inputs)}};
      manifest["crc32"] = crc_of(manifest.dump());
      write_text(aside + '/' + manifest_file, manifest.dump(2) + '\n');
      bring_to_disk(aside);

      const std::string name = folder + '/' + prefix + Utilities::int_to_string(label.step, 8);
      std::error_code   error;
      fs::remove_all(name, error); // of this very step, by a run that went back to an earlier one
      fs::rename(aside, name, error);
      if (error)
        throw WriteError(name + ": cannot be made: " + error.message());
      bring_to_disk(folder);
      bring_to_disk(fs::path(folder).parent_path()); // where the folder itself may be new
      remove_old(name);
    });
  }

  /// All there are, the last step first.
  std::vector<std::string> CheckpointStore::folders() const
  {
    std::vector<std::string> found;
    std::error_code          error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      if (entry->path().filename().string().rfind(prefix, 0) == 0)
        found.push_back(entry->path().string());
    std::sort(found.rbegin(), found.rend());
    return found;
  }

  /// Leaves the last ones up to `newest`. Later ones are damaged, and the run has gone back behind them: they must not
  /// take the places of good ones.
  void CheckpointStore::remove_old(const std::string &newest) const
  {
    std::error_code error; // one that stays does no harm
    unsigned int    kept = 0;
    for (const std::string &path : folders())
      if (path > newest || ++kept > keep)
        fs::remove_all(path, error);
  }

  std::optional<CheckpointFolder> CheckpointStore::latest()
  {
    CheckpointFolder found;
    damaged.clear();
    if (Utilities::MPI::this_mpi_process(communicator) == 0)
      for (const std::string &path : folders())
        try
          {
            found = opened(path);
            break;
          }
        catch (const std::exception &problem)
          {
            damaged.push_back(path + " is skipped: " + problem.what());
          }
    found.path         = Utilities::MPI::broadcast(communicator, found.path);
    found.label.step   = Utilities::MPI::broadcast(communicator, found.label.step);
    found.label.time   = Utilities::MPI::broadcast(communicator, found.label.time);
    found.label.strain = Utilities::MPI::broadcast(communicator, found.label.strain);
    found.ranks        = Utilities::MPI::broadcast(communicator, found.ranks);
    damaged            = Utilities::MPI::broadcast(communicator, damaged);
    return found.path.empty() ? std::nullopt : std::make_optional(found);
  }
} // namespace revitra
