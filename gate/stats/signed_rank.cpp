// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/signed_rank.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gate/stats/level.hpp"

namespace modelgate::stats {

namespace {

constexpr std::size_t most_values = 2000;
constexpr std::size_t most_exact = 50;

bool usable(std::span<const double> values) {
  return !values.empty() && values.size() <= most_values &&
         std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

std::vector<double> walsh_averages(std::span<const double> x) {
  std::vector<double> averages;
  averages.reserve(x.size() * (x.size() + 1) / 2);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = i; j < x.size(); ++j) averages.push_back(x[i] + (x[j] - x[i]) / 2.0);
  }
  return averages;
}

// P(T <= t) for t = 0 … n(n + 1)/2, T the sum of the ranks 1 … n that each count with probability 1/2 (Hollander, Wolfe
// & Chicken 2014, §3.1): rank by rank, P(T_r = t) = (P(T_{r−1} = t) + P(T_{r−1} = t − r))/2.
std::vector<double> exact_cdf(std::size_t n) {
  const std::size_t most = n * (n + 1) / 2;
  std::vector<double> mass(most + 1, 0.0);
  mass[0] = 1.0;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t t = most + 1; t-- > 0;) mass[t] = (mass[t] + (t >= rank ? mass[t - rank] : 0.0)) / 2.0;
  }
  for (std::size_t t = 1; t <= most; ++t) mass[t] = std::min(1.0, mass[t] + mass[t - 1]);
  return mass;
}

std::vector<double> normal_approximation(std::size_t n) {
  const auto size = static_cast<double>(n);
  const double mean = size * (size + 1.0) / 4.0;
  const double sd = std::sqrt(size * (size + 1.0) * (2.0 * size + 1.0) / 24.0);
  std::vector<double> cdf(n * (n + 1) / 2 + 1);
  for (std::size_t t = 0; t < cdf.size(); ++t) cdf[t] = normal_cdf((static_cast<double>(t) + 0.5 - mean) / sd);
  return cdf;
}

std::vector<double> null_cdf(std::size_t n) { return n <= most_exact ? exact_cdf(n) : normal_approximation(n); }

}  // namespace

std::optional<double> hodges_lehmann(std::span<const double> values) {
  if (!usable(values)) return std::nullopt;
  auto averages = walsh_averages(values);
  const auto middle = averages.begin() + static_cast<std::ptrdiff_t>(averages.size() / 2);
  std::nth_element(averages.begin(), middle, averages.end());
  if (averages.size() % 2 == 1) return *middle;
  return (*std::max_element(averages.begin(), middle) + *middle) / 2.0;
}

// Tukey's construction: with k the largest count such that P(T <= k − 1) <= level/2, the k-th smallest and the k-th
// largest Walsh average.
std::optional<Interval> signed_rank_interval(std::span<const double> values, double two_sided_level) {
  if (!usable(values) || !(two_sided_level > 0.0 && two_sided_level < 1.0)) return std::nullopt;
  const auto cdf = null_cdf(values.size());
  const double tail = two_sided_level / 2.0 * (1.0 + 1e-12);  // .03125 is reached by 6 values
  const auto k = std::upper_bound(cdf.begin(), cdf.end(), tail) - cdf.begin();
  if (k == 0) return std::nullopt;
  auto averages = walsh_averages(values);
  std::sort(averages.begin(), averages.end());
  return Interval{.low = *(averages.begin() + (k - 1)), .high = *(averages.end() - k)};
}

// T+ as the number of Walsh averages above the shift, so that p and interval agree; ties with the shift speak for it.
std::optional<double> signed_rank_p_at_most(std::span<const double> values, double shift) {
  if (!usable(values) || std::isnan(shift)) return std::nullopt;
  const auto averages = walsh_averages(values);
  const auto not_above = std::count_if(averages.begin(), averages.end(), [&](double a) { return a <= shift; });
  return null_cdf(values.size())[static_cast<std::size_t>(not_above)];  // P(T >= M − x) = P(T <= x)
}

std::optional<double> signed_rank_p_at_least(std::span<const double> values, double shift) {
  if (!usable(values) || std::isnan(shift)) return std::nullopt;
  const auto averages = walsh_averages(values);
  const auto not_below = std::count_if(averages.begin(), averages.end(), [&](double a) { return a >= shift; });
  return null_cdf(values.size())[static_cast<std::size_t>(not_below)];
}

double smallest_signed_rank_level(std::size_t n) { return n == 0 ? 1.0 : std::exp2(1.0 - static_cast<double>(n)); }

}  // namespace modelgate::stats
