#include "material/point/sweep.h"

#include "material/base/text.h"
#include "material/point/point_result.h"
#include "material/point/point_simulation.h"
#include "material/point/sweep_store.h"
#include "material/results/directory_lock.h"
#include "material/results/earlier_results.h"
#include "material/results/output_directory.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>

namespace revitra
{
  namespace
  {
    using Clock = std::chrono::steady_clock;

    /// A row of the table with the deck that it makes.
    struct Job
    {
      const SweepTable::Row *row;
      Deck                   deck;
    };

    /// Throws DeckError unless `file` can be read again and again, for each row of the table: a pipe cannot.
    void require_a_file(const std::string &file)
    {
      std::error_code error;
      if (!std::filesystem::is_regular_file(file, error) && std::filesystem::exists(file, error))
        throw DeckError({file + ": a sweep reads its deck for each of its runs; allowed is a file, no pipe"});
    }

    /// A row of the table that makes no deck, and why.
    struct BadRow
    {
      const SweepTable::Row   *row;
      std::vector<std::string> problems;
    };

    struct Jobs
    {
      std::vector<Job>    to_run;
      std::vector<BadRow> bad;
      std::size_t         done = 0; ///< by an earlier sweep
    };

    Jobs sort_rows(const SweepTable &table, const SweepStore &store, const CommandLine &line)
    {
      Jobs jobs;
      for (const SweepTable::Row &row : table.rows)
        if (store.has(row))
          ++jobs.done;
        else
          try
            {
              const Deck deck = read_layered_deck(line.deck, {{"--set", line.overrides}, table.settings(row)});
              jobs.to_run.push_back({&row, deck_of_point(deck)});
            }
          catch (const DeckError &error)
            {
              jobs.bad.push_back({&row, error.problems()});
            }
      return jobs;
    }

    /// Tells on a terminal how far the sweep is.
    class SweepProgress
    {
    public:
      SweepProgress(const std::size_t runs, const bool quiet)
        : runs(runs)
        , shown(!quiet && isatty(STDOUT_FILENO))
      {}

      void show(const std::size_t finished)
      {
        if (!shown || (finished < runs && Clock::now() - last < std::chrono::milliseconds(200)))
          return;
        last               = Clock::now();
        const double spent = std::chrono::duration<double>(last - start).count();
        std::cout << "\r  " << finished << " of " << runs << " runs, " << std::setprecision(2)
                  << spent / finished * (runs - finished) << " s left   " << (finished == runs ? "\n" : "")
                  << std::flush;
      }

    private:
      const std::size_t       runs;
      const bool              shown;
      const Clock::time_point start = Clock::now();
      Clock::time_point       last;
    };

    /// Runs jobs on several threads and stores what they give.
    class Workers
    {
    public:
      Workers(const std::vector<Job> &jobs, const SweepTable &table, SweepStore &store, const CommandLine &line)
        : jobs(jobs)
        , table(table)
        , store(store)
        , histories(line.histories)
        , progress(jobs.size(), line.quiet)
      {}

      /// Returns once all jobs are done; what a worker threw is thrown again.
      void run(const unsigned int n_threads)
      {
        std::vector<std::thread> threads;
        for (unsigned int i = 0; i < n_threads && i < jobs.size(); ++i)
          threads.emplace_back([this] { work(); });
        for (std::thread &thread : threads)
          thread.join();
        if (fault)
          std::rethrow_exception(fault);
      }

      std::size_t failures() const { return n_failures; }

    private:
      void work()
      {
        for (std::size_t i = next++; i < jobs.size(); i = next++)
          try
            {
              run(jobs[i]);
            }
          catch (...)
            {
              const std::lock_guard<std::mutex> guard(lock);
              fault = std::current_exception();
              next  = jobs.size();
            }
      }

      void run(const Job &job)
      {
        std::optional<HistoryWriter> history;
        if (histories)
          history.emplace(
            HistoryWriter::create(store.history_file(*job.row), PointSimulation::columns(), unit_scales(job.deck)));
        SpacedRows        rows(job.deck.time_stepping.maximum_strain_step);
        const PointResult result = run_program(job.deck, rows, [&history](const HistoryRow &row) {
          if (history)
            history->append(row);
        });
        store_result(job, result);
      }

      void store_result(const Job &job, const PointResult &result)
      {
        const std::lock_guard<std::mutex> guard(lock);
        store.add(
          *job.row, summarize(job.deck, result.curve, result.outcome), result.outcome.status, result.outcome.message);
        if (!result.outcome.message.empty())
          {
            ++n_failures;
            std::cerr << table.place(*job.row) << ": " << result.outcome.message << std::endl;
          }
        progress.show(++n_finished);
      }

      const std::vector<Job>  &jobs;
      const SweepTable        &table;
      SweepStore              &store;
      const bool               histories;
      SweepProgress            progress;
      std::atomic<std::size_t> next{0};
      std::mutex               lock; ///< for all that follows, and for `store` and `progress`
      std::size_t              n_finished = 0;
      std::size_t              n_failures = 0;
      std::exception_ptr       fault;
    };

    void report_bad_rows(const std::vector<BadRow> &bad)
    {
      for (const BadRow &one : bad)
        for (const std::string &problem : one.problems)
          std::cerr << problem << std::endl;
    }

    void refuse_if_nothing_can_run(const Jobs &jobs)
    {
      if (!jobs.to_run.empty() || jobs.done > 0)
        return;
      std::vector<std::string> problems;
      for (const BadRow &one : jobs.bad)
        problems.insert(problems.end(), one.problems.begin(), one.problems.end());
      throw DeckError(problems);
    }

    void report(const Jobs &jobs, const std::size_t failures, const double seconds, const SweepStore &store)
    {
      std::cout << jobs.to_run.size() - failures << " runs done";
      if (jobs.done > 0)
        std::cout << ", " << jobs.done << " were done before";
      if (failures > 0)
        std::cout << ", " << failures << " failed";
      if (!jobs.bad.empty())
        std::cout << ", " << jobs.bad.size() << " could not run";
      std::cout << "; " << std::setprecision(3) << seconds << " s; all in " << store.file() << std::endl;
    }
    /// Makes the output directory, which was not there, and locks it.
    void make_directory(const std::string &directory, std::optional<DirectoryLock> &lock)
    {
      prepare_output_directory(directory);
      lock.emplace(directory);
      if (producer_of_results(directory))
        throw WriteError(directory + ": another run has written into this directory just now; start again");
    }
  } // namespace

  int run_sweep(const CommandLine &line, const Deck &deck)
  {
    const auto start = Clock::now();
    require_a_file(line.deck);
    const SweepTable table = read_sweep_table(line.sweep);
    throw_if_any(wrong_with_output(deck, Producer::sweep, {line.sweep}));
    std::optional<DirectoryLock> lock;
    if (std::filesystem::is_directory(deck.output.directory)) // what is done there is read
      lock.emplace(deck.output.directory);
    SweepStore store(deck, table, line.histories);
    const Jobs jobs = sort_rows(table, store, line);
    refuse_if_nothing_can_run(jobs);
    report_bad_rows(jobs.bad);

    if (!lock)
      make_directory(deck.output.directory, lock);
    std::ostream nowhere(nullptr);
    if (!store.is_there())
      archive_results(deck, line.quiet ? nowhere : std::cout);
    store.open();
    for (const BadRow &one : jobs.bad)
      store.add_bad_input(*one.row, join(one.problems, "; "));
    Workers workers(jobs.to_run, table, store, line);
    workers.run(line.jobs > 0 ? line.jobs : std::max(1u, std::thread::hardware_concurrency()));
    store.close();
    if (!line.quiet)
      report(jobs, workers.failures(), std::chrono::duration<double>(Clock::now() - start).count(), store);
    return !jobs.bad.empty() ? 2 : workers.failures() > 0 ? 3 : 0;
  }
} // namespace revitra
