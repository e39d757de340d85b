// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/spending.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "gate/stats/level.hpp"

namespace modelgate::stats {
namespace {

constexpr std::size_t nodes = 801;        // odd, for Simpson's rule
constexpr double deepest = 8.0;           // standard deviations below the mean that the grid still covers
constexpr double smallest_growth = 0.02;  // share of rows that must be new for the grid to resolve the step

double phi(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); }

/// The density of the standardised sum S_k ~ N(0, I_k) on the paths that have crossed no boundary up to look k.
struct Grid {
  double information = 0.0;
  std::vector<double> at;      ///< points of the sum
  std::vector<double> weight;  ///< density × Simpson weight
};

std::vector<double> points(double information, double bound) {
  const double low = -deepest * std::sqrt(information);
  const double high = std::min(bound, deepest) * std::sqrt(information);
  std::vector<double> at(nodes);
  for (std::size_t i = 0; i < nodes; ++i)
    at[i] = low + (high - low) * static_cast<double>(i) / static_cast<double>(nodes - 1);
  return at;
}

double simpson(std::size_t i, double step) {
  if (i == 0 || i + 1 == nodes) return step / 3.0;
  return (i % 2 == 1 ? 4.0 : 2.0) * step / 3.0;
}

Grid first(double information, double bound) {
  Grid grid{information, points(information, bound), std::vector<double>(nodes)};
  const double step = grid.at[1] - grid.at[0];
  const double sd = std::sqrt(information);
  for (std::size_t i = 0; i < nodes; ++i) grid.weight[i] = phi(grid.at[i] / sd) / sd * simpson(i, step);
  return grid;
}

Grid next(const Grid& before, double information, double bound) {
  Grid grid{information, points(information, bound), std::vector<double>(nodes)};
  const double step = grid.at[1] - grid.at[0];
  const double sd = std::sqrt(information - before.information);
  for (std::size_t i = 0; i < nodes; ++i) {
    double density = 0.0;
    for (std::size_t j = 0; j < nodes; ++j) density += before.weight[j] * phi((grid.at[i] - before.at[j]) / sd);
    grid.weight[i] = density / sd * simpson(i, step);
  }
  return grid;
}

/// P(no crossing before, S_k / √I_k >= bound).
double crossing(const Grid& before, double information, double bound) {
  const double sd = std::sqrt(information - before.information);
  double sum = 0.0;
  for (std::size_t j = 0; j < nodes; ++j)
    sum += before.weight[j] * normal_tail((bound * std::sqrt(information) - before.at[j]) / sd);
  return sum;
}

double bound_of(const Grid& before, double information, double share) {
  double low = -deepest;
  double high = deepest;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (crossing(before, information, middle) > share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

bool grows(std::span<const double> information) {
  for (std::size_t k = 1; k < information.size(); ++k)
    if (!(information[k] - information[k - 1] >= smallest_growth * information[k])) return false;
  return true;
}

}  // namespace

double spent_obrien_fleming(double alpha, double t) {
  if (!(t > 0.0)) return 0.0;
  if (t >= 1.0) return alpha;
  return 2.0 * normal_tail(normal_critical(0.5 * alpha) / std::sqrt(t));
}

std::optional<double> look_level(double alpha, std::span<const double> information, std::size_t looks) {
  if (!usable_level(alpha) || information.empty() || information.size() > looks) return std::nullopt;
  for (const double rows : information)
    if (!(rows > 0.0) || !std::isfinite(rows)) return std::nullopt;
  const auto share_of = [&](std::size_t look) {  // counted from 1
    const auto of = static_cast<double>(looks);
    return spent_obrien_fleming(alpha, static_cast<double>(look) / of) -
           spent_obrien_fleming(alpha, static_cast<double>(look - 1) / of);
  };
  const std::size_t latest = information.size();
  if (latest == 1 || !grows(information)) return share_of(latest);
  Grid grid = first(information[0], normal_critical(share_of(1)));
  for (std::size_t k = 1; k + 1 < latest; ++k)
    grid = next(grid, information[k], bound_of(grid, information[k], share_of(k + 1)));
  return normal_tail(bound_of(grid, information.back(), share_of(latest)));
}

}  // namespace modelgate::stats
