#include "material/law/implicit_stage.h"
#include "material/law/stress_update.h"
#include "tests/law/support.h"

#include <gtest/gtest.h>

#include <thread>

using namespace revitra;

namespace
{
  constexpr unsigned int n_threads = 4, n_points = 400;

  /// A point to be solved, by a stage and by a whole update.
  struct Point
  {
    explicit Point(test::Random &random)
    {
      base.st_sum()         = random.uniform(0.1, 1.);
      base.bias()           = random.direction(base.st_sum() * random.uniform(0., 1.));
      base.free_volume()    = random.log_uniform(0.02, 0.15);
      base.plastic_strain() = random.direction(random.uniform(0., 1.));
      strain                = base.plastic_strain() + random.direction(random.uniform(0., 0.08));
      increment             = random.direction(random.log_uniform(1e-5, 1e-2));
    }

    State    base;
    Deviator strain, increment;
  };

  /// What comes out of a point, all in numbers.
  struct Answer
  {
    StageFailure    failure = StageFailure::none;
    State           increment, state;
    Deviator        stress;
    DeviatorTangent tangent;

    bool operator==(const Answer &other) const
    {
      return failure == other.failure && increment.values == other.increment.values &&
             state.values == other.state.values && stress == other.stress && tangent == other.tangent;
    }
  };

  /// Objects that all threads use at once.
  struct SharedLaw
  {
    const Parameters      glass{};
    const Kinetics        kinetics{glass, 0.9};
    const ImplicitStage   stage{kinetics, 20.};
    const StressUpdate    update{kinetics, 1e-5};
    const ThresholdStress threshold{flow_stress(kinetics), 0.};

    Answer solve(const Point &point) const
    {
      Answer      answer;
      StageResult result;
      answer.failure   = stage.solve(point.strain, point.base, threshold, {}, result);
      answer.increment = result.increment;
      answer.state     = point.base;
      const auto whole = update.update(point.strain, point.increment, 50., threshold, answer.state);
      if (answer.failure == StageFailure::none)
        answer.failure = whole.failure;
      answer.stress  = whole.stress;
      answer.tangent = whole.tangent;
      return answer;
    }
  };

  std::vector<Point> random_points()
  {
    test::Random       random(21);
    std::vector<Point> points;
    for (unsigned int i = 0; i < n_points; ++i)
      points.emplace_back(random);
    return points;
  }
} // namespace

TEST(Threads, that_share_a_law_get_what_one_gets_alone)
{
  // The law keeps nothing between calls, so that the numbers are the same to the last bit; the thread sanitizer, under
  // which this test is run, too, would see what is shared.
  const std::vector<Point> points = random_points();
  const SharedLaw          law;
  std::vector<Answer>      alone;
  for (const Point &point : points)
    alone.push_back(law.solve(point));

  std::vector<std::vector<Answer>> answers(n_threads);
  std::vector<std::thread>         threads;
  for (unsigned int t = 0; t < n_threads; ++t)
    threads.emplace_back([&points, &law, &own = answers[t], t] {
      own.resize(points.size());
      for (std::size_t i = 0; i < points.size(); ++i) // each begins at another point
        {
          const std::size_t p = (i + t * points.size() / n_threads) % points.size();
          own[p]              = law.solve(points[p]);
        }
    });
  for (std::thread &thread : threads)
    thread.join();
  for (std::size_t p = 0; p < points.size(); ++p)
    {
      EXPECT_EQ(alone[p].failure, StageFailure::none) << describe(alone[p].failure);
      for (unsigned int t = 0; t < n_threads; ++t)
        EXPECT_TRUE(answers[t][p] == alone[p]) << "point " << p << ", thread " << t;
    }
}

TEST(Threads, that_each_make_their_law_get_the_same)
{
  // The table of parameters is made at its first use, here perhaps by several threads at once.
  std::vector<std::vector<std::string>> problems(n_threads);
  std::vector<double>                   stresses(n_threads);
  std::vector<std::thread>              threads;
  for (unsigned int t = 0; t < n_threads; ++t)
    threads.emplace_back([&own_problems = problems[t], &stress = stresses[t]] {
      Parameters glass    = preset("Zr55Cu30Ni5Al10");
      stress              = flow_stress(Kinetics(glass, 0.9));
      glass.shear_modulus = -1.;
      own_problems        = check(glass);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (unsigned int t = 0; t < n_threads; ++t)
    {
      EXPECT_EQ(problems[t].size(), 1u);
      EXPECT_EQ(stresses[t], stresses[0]);
    }
}
