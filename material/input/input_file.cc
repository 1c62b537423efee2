#include "material/input/input_file.h"

#include "material/base/errors.h"

#include <filesystem>

namespace revitra
{
  namespace
  {
    namespace fs = std::filesystem;

    fs::path beside(const std::string &deck_file, const std::string &name)
    {
      return fs::absolute(fs::path(deck_file).parent_path() / name).lexically_normal();
    }
  } // namespace

  std::string find_input_file(const std::string &name, const std::string &deck_file)
  {
    if (name.empty() || fs::path(name).is_absolute())
      return name;
    std::error_code ignored;
    for (const fs::path &path : {beside(deck_file, name), beside("", name)})
      if (fs::exists(path, ignored))
        return path.string();
    return name;
  }

  void require_input_file(const Deck &deck, const std::string &parameter, const std::string &name)
  {
    if (name.empty() || fs::path(name).is_absolute())
      return;
    const std::string by_deck = beside(deck.file, name).string(), here = beside("", name).string();
    throw DeckError({problem_line(deck,
                                  parameter,
                                  by_deck == here ? "there is no file " + here
                                                  : "there is no such file, neither beside the deck, " + by_deck +
                                                      ", nor in the present directory, " + here)});
  }
} // namespace revitra
