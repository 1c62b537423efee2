#pragma once

#include "material/law/state.h"

#include <Eigen/Geometry>

#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace revitra::test
{
  /// Engineering shear `gamma` in the x-y plane, or the shear stress there.
  inline Deviator simple_shear(const double gamma)
  {
    Deviator deviator  = Deviator::Zero();
    deviator[shear_xy] = gamma;
    return deviator;
  }

  /// `deviator`, stress-like or strain-like, turned by `rotation`.
  inline Deviator rotated(const Deviator &deviator, const Eigen::Matrix3d &rotation)
  {
    return stress_deviator(rotation * stress_tensor(deviator) * rotation.transpose());
  }

  inline State rotated(State state, const Eigen::Matrix3d &rotation)
  {
    state.plastic_strain() = rotated(Deviator(state.plastic_strain()), rotation);
    state.bias()           = rotated(Deviator(state.bias()), rotation);
    return state;
  }

  /// `state` after the reversal of all directions.
  inline State mirrored(State state)
  {
    state.plastic_strain() *= -1.;
    state.bias() *= -1.;
    return state;
  }

  /// Reproducible random numbers of the kinds the tests want.
  class Random
  {
  public:
    explicit Random(const unsigned seed)
      : generator(seed)
    {}

    double uniform(const double lower, const double upper)
    {
      return lower + (upper - lower) * (generator() * (1. / 18446744073709551616.));
    }

    double log_uniform(const double lower, const double upper)
    {
      return std::exp(uniform(std::log(lower), std::log(upper)));
    }

    double normal() { return std::sqrt(-2. * std::log(uniform(1e-300, 1.))) * std::cos(uniform(0., 2. * M_PI)); }

    /// Of norm `norm` and any direction of the five-dimensional space.
    Deviator direction(const double norm)
    {
      Deviator deviator;
      for (double &component : deviator)
        component = normal();
      return norm * deviator.normalized();
    }

    Eigen::Matrix3d rotation()
    {
      return Eigen::Quaterniond(normal(), normal(), normal(), normal()).normalized().toRotationMatrix();
    }

  private:
    std::mt19937_64 generator;
  };

  /// A reference curve: rows of numbers by the name of the column.
  class Curve
  {
  public:
    /// Reads `name`.csv of the reference curves.
    explicit Curve(const std::string &name)
    {
      std::ifstream file(std::string(REVITRA_SOURCE_DIR) + "/tests/reference/" + name + ".csv");
      if (!file)
        throw std::runtime_error("no reference curve " + name);
      std::vector<std::string> names;
      for (std::string line; std::getline(file, line);)
        {
          if (line.empty() || line[0] == '#')
            continue;
          std::istringstream cells(line);
          const bool         header = names.empty();
          unsigned           column = 0;
          for (std::string cell; std::getline(cells, cell, ','); ++column)
            if (header)
              names.push_back(cell);
            else
              columns[names.at(column)].push_back(std::stod(cell));
        }
    }

    std::size_t size() const { return columns.begin()->second.size(); }

    const std::vector<double> &operator[](const std::string &name) const { return columns.at(name); }

    /// The largest magnitude in a column: what errors are measured in.
    double peak(const std::string &name) const
    {
      double largest = 0.;
      for (const double value : columns.at(name))
        largest = std::max(largest, std::abs(value));
      return largest;
    }

  private:
    std::map<std::string, std::vector<double>> columns;
  };

  /// The law once more, in the full tensors in which the theory manual states it and with the naive products of
  /// exponential and hyperbolic functions: shares neither the five-component vectors nor the overflow-safe form.
  struct TensorLaw
  {
    /// Rates are of the same type.
    struct Point
    {
      Eigen::Matrix3d strain = Eigen::Matrix3d::Zero(), plastic_strain = Eigen::Matrix3d::Zero(),
                      bias = Eigen::Matrix3d::Zero();
      double st_sum = 0., free_volume = 0., work = 0., dissipation = 0., accumulated_plastic_work = 0.;

      Point plus(const double factor, const Point &rate) const
      {
        Point sum = *this;
        sum.strain += factor * rate.strain;
        sum.plastic_strain += factor * rate.plastic_strain;
        sum.bias += factor * rate.bias;
        sum.st_sum += factor * rate.st_sum;
        sum.free_volume += factor * rate.free_volume;
        sum.work += factor * rate.work;
        sum.dissipation += factor * rate.dissipation;
        sum.accumulated_plastic_work += factor * rate.accumulated_plastic_work;
        return sum;
      }
    };

    Parameters parameters;
    double     temperature;

    Point initial_point(const double free_volume) const
    {
      Point point;
      point.bias(0, 1) = point.bias(1, 0) = parameters.initial_st_bias;
      point.st_sum                        = parameters.initial_st_sum;
      point.free_volume                   = free_volume;
      return point;
    }

    Eigen::Matrix3d stress(const Point &point) const
    {
      return 2. * parameters.shear_modulus * (point.strain - point.plastic_strain);
    }

    Point rates(const Point &point, const Eigen::Matrix3d &strain_rate) const
    {
      const Parameters     &p          = parameters;
      const Eigen::Matrix3d s          = stress(point);
      const double          equivalent = std::sqrt(0.5 * s.cwiseProduct(s).sum()), x = equivalent / temperature;
      const double          boltzmann = std::exp(-1. / point.free_volume);
      const double          A         = std::exp(p.transformation_activation_energy * (1. - 1. / temperature));
      const double          B         = std::exp(p.annihilation_activation_energy * (1. - 1. / temperature));
      const Eigen::Matrix3d direction = equivalent > 0. ? Eigen::Matrix3d(s / equivalent) : Eigen::Matrix3d::Zero();

      Point rate;
      rate.strain         = strain_rate;
      rate.plastic_strain = 0.5 * boltzmann * A * (point.st_sum * std::sinh(x) * direction - std::cosh(x) * point.bias);
      rate.dissipation    = s.cwiseProduct(rate.plastic_strain).sum();
      rate.accumulated_plastic_work = std::abs(rate.dissipation);
      rate.work                     = s.cwiseProduct(strain_rate).sum();
      rate.bias = 4. * rate.plastic_strain - p.transformation_coefficient * rate.accumulated_plastic_work * point.bias;
      rate.st_sum = p.transformation_coefficient * rate.accumulated_plastic_work * (1. - point.st_sum);
      rate.free_volume =
        p.dilatancy_factor * rate.accumulated_plastic_work - p.annihilation_coefficient * boltzmann * B;
      return rate;
    }

    /// `point` after `time` at the given strain rate: `steps` steps of the classical Runge-Kutta method.
    Point advanced(Point point, const Eigen::Matrix3d &strain_rate, const double time, const unsigned steps) const
    {
      const double h = time / steps;
      for (unsigned step = 0; step < steps; ++step)
        {
          const Point k1 = rates(point, strain_rate);
          const Point k2 = rates(point.plus(0.5 * h, k1), strain_rate);
          const Point k3 = rates(point.plus(0.5 * h, k2), strain_rate);
          const Point k4 = rates(point.plus(h, k3), strain_rate);
          point          = point.plus(h / 6., k1).plus(h / 3., k2).plus(h / 3., k3).plus(h / 6., k4);
        }
      return point;
    }
  };
} // namespace revitra::test

namespace revitra::test
{
  /// The derivative at 0 of a vector-valued function of one number, by central differences of order four.
  template <typename Function>
  auto derivative(const Function &function, const double h)
  {
    return ((8. * (function(h) - function(-h)) - (function(2. * h) - function(-2. * h))) / (12. * h)).eval();
  }

  /// Step of derivative() in strain. Stress follows strain over T/mu = 0.004, so truncation is (h/0.004)^4/30 = 1e-11
  /// of the derivative; stresses near 20 known to 1e-14 leave 1e-8 in units in which elasticity is 210.
  constexpr double strain_difference = 1.6e-5;
} // namespace revitra::test
