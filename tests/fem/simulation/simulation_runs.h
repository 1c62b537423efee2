#pragma once

#include "fem/simulation/simulation.h"
#include "tests/base/scratch_directory.h"
#include "tests/fem/parallel/ranks.h"
#include "tests/fem/simulation/layered_reference.h"

#include <boost/property_tree/json_parser.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace revitra::test
{
  /// Settings of a deck, each "Section/Parameter=value".
  using Settings = std::vector<std::string>;

  inline Settings operator+(Settings left, const Settings &right)
  {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  }

  /// A column of eight cells.
  template <int dim>
  Settings eight_rows(const unsigned int degree)
  {
    return {"Specimen/Dimension=" + std::to_string(dim),
            dim == 2 ? "Specimen/Size=1, 1" : "Specimen/Size=1, 1, 1",
            dim == 2 ? "Specimen/Subdivisions=1, 8" : "Specimen/Subdivisions=1, 8, 1",
            "Specimen/Degree=" + std::to_string(degree),
            "Output/Fields interval=0"};
  }

  /// The deck with `settings`, read from a file.
  inline Deck deck_with(const Settings &settings)
  {
    const ScratchDirectory scratch;
    std::string            text;
    for (const std::string &setting : settings)
      {
        const auto slash = setting.find('/'), equals = setting.find('=');
        text += "subsection " + setting.substr(0, slash) + "\n  set " + setting.substr(slash + 1, equals - slash - 1) +
                " = " + setting.substr(equals + 1) + "\nend\n";
      }
    return read_deck(scratch.write("deck.prm", text));
  }

  /// What a whole run leaves behind.
  struct SpecimenRun
  {
    std::map<std::string, std::vector<double>> history; ///< columns of history.csv
    boost::property_tree::ptree                summary; ///< summary.json
    std::string                                problem; ///< why it gave up; empty if it did not
    double                                     seconds;

    std::size_t size() const { return history.at("time").size(); }

    const std::vector<double> &operator[](const std::string &column) const { return history.at(column); }

    double last(const std::string &column) const { return history.at(column).back(); }

    double number(const std::string &entry) const { return summary.get<double>(entry); }

    /// The largest magnitude in a column: what errors are measured in.
    double peak(const std::string &column) const
    {
      double largest = 0.;
      for (const double value : history.at(column))
        largest = std::max(largest, std::abs(value));
      return largest;
    }
  };

  inline std::map<std::string, std::vector<double>> read_history(const std::string &text)
  {
    std::map<std::string, std::vector<double>> columns;
    std::vector<std::string>                   names;
    std::istringstream                         lines(text);
    for (std::string line; std::getline(lines, line);)
      {
        std::istringstream cells(line);
        const bool         header = names.empty();
        std::size_t        column = 0;
        for (std::string cell; std::getline(cells, cell, ','); ++column)
          if (header)
            names.push_back(cell);
          else
            columns[names.at(column)].push_back(std::stod(cell));
      }
    return columns;
  }

  /// Runs the specimen of `deck` on the ranks of `communicator`, into a directory that is gone afterwards. All of those
  /// ranks get the results.
  template <int dim>
  SpecimenRun run_specimen(Deck deck, const MPI_Comm &communicator)
  {
    SpecimenRun            run;
    const ScratchDirectory scratch; // that of the first rank is used
    deck.output.directory = dealii::Utilities::MPI::broadcast(communicator, scratch.path("output"));
    const auto   start    = std::chrono::steady_clock::now();
    std::ostream nowhere(nullptr);
    try
      {
        Simulation<dim>(deck, communicator, nowhere, false).run();
      }
    catch (const NumericsError &error)
      {
        run.problem = error.what();
      }
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::string history, summary;
    if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
      {
        history = scratch.read("output/history.csv");
        summary = scratch.read("output/summary.json");
      }
    run.history = read_history(dealii::Utilities::MPI::broadcast(communicator, history));
    std::istringstream json(dealii::Utilities::MPI::broadcast(communicator, summary));
    boost::property_tree::read_json(json, run.summary);
    return run;
  }

  /// The same of the deck with `settings`, on all ranks or others.
  inline SpecimenRun run_with(const Settings &settings, const MPI_Comm &communicator = MPI_COMM_WORLD)
  {
    const Deck deck = deck_with(settings);
    return deck.specimen.dimension == 2 ? run_specimen<2>(deck, communicator) : run_specimen<3>(deck, communicator);
  }

  /// Largest differences of `run` from the layers that it should be like, by column, in units of the peak of the
  /// column, at the times of the rows.
  inline std::map<std::string, double> errors_of(const SpecimenRun                          &run,
                                                 const Settings                             &settings,
                                                 const std::vector<LayeredReference::Layer> &layers)
  {
    LayeredReference              reference(deck_with(settings), layers);
    std::map<std::string, double> largest, peak;
    for (std::size_t row = 0; row < run.size(); ++row)
      for (const auto &[column, value] : reference.at(run["time"][row]))
        {
          largest[column] = std::max(largest[column], std::abs(run[column][row] - value));
          peak[column]    = std::max(peak[column], std::abs(value));
        }
    for (auto &[column, error] : largest)
      error /= std::max(peak[column], 1e-6); // stress of an annealing is nothing but what its bias sets free
    return largest;
  }

  /// |work − elastic energy − dissipation| over the largest work (or, if there is none, dissipation).
  inline double energy_error(const SpecimenRun &run)
  {
    double largest = 0.;
    for (std::size_t row = 0; row < run.size(); ++row)
      largest = std::max(largest, std::abs(run["work"][row] - run["elastic_energy"][row] - run["dissipation"][row]));
    return largest / std::max(run.peak("work"), 1e-6);
  }
} // namespace revitra::test
