// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/linearised.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace modelgate::stats {

std::optional<MeanEstimate> PairedEstimate::contrast(double factor) const {
  if (!candidate || factor == 0.0) return candidate;
  if (!production || !difference) return std::nullopt;
  MeanEstimate result = *difference;
  result.mean = candidate->mean - factor * production->mean;
  if (factor == 1.0) return result;
  const auto square = [](double x) { return x * x; };
  // Var(c − k·p) = k·Var(c − p) + (1 − k)·(Var(c) − k·Var(p)): no cancellation for k near 1.
  const double variance = factor * square(difference->std_error) +
                          (1 - factor) * (square(candidate->std_error) - factor * square(production->std_error));
  result.std_error = variance > 0 ? std::sqrt(variance) : 0.0;
  return result;
}

void InfluenceSums::add(double candidate, double production, double weight, double copies) {
  if (!(weight > 0.0) || !(copies > 0.0)) return;
  const double difference = candidate - production;
  units_.add(copies);
  weight_.add(weight);
  weight_squares_.add(weight * weight / copies);
  candidate_.add(candidate * candidate / copies);
  production_.add(production * production / copies);
  difference_.add(difference * difference / copies);
}

void InfluenceSums::add_rows(double candidate, double production, double units, double weight, double weight_squares) {
  if (!(weight > 0.0) || !(units > 0.0)) return;
  const double difference = candidate - production;
  units_.add(units);
  weight_.add(weight);
  weight_squares_.add(weight_squares);
  candidate_.add(candidate * candidate * weight_squares);
  production_.add(production * production * weight_squares);
  difference_.add(difference * difference * weight_squares);
}

std::size_t InfluenceSums::units() const { return static_cast<std::size_t>(std::llround(units_.value())); }

std::optional<MeanEstimate> InfluenceSums::one(double value, double squares, double scale) const {
  const double g = units_.value();
  if (!(g >= 1.0) || !std::isfinite(value) || !std::isfinite(squares)) return std::nullopt;
  const double weight = weight_.value();
  MeanEstimate result{.mean = value,
                      .std_error = 0.0,
                      .units = units(),
                      .weight = weight,
                      .kish = weight * weight / weight_squares_.value()};
  // Slopes that should cancel leave some 1e-12 of the value; one row of n that differs moves it by 1/n.
  if (g > 1.0 && squares > 1e-20 * scale * scale / g) result.std_error = std::sqrt(g / (g - 1.0) * squares);
  return result;
}

PairedEstimate InfluenceSums::estimate(std::optional<double> candidate, std::optional<double> production) const {
  PairedEstimate result;
  if (candidate) result.candidate = one(*candidate, candidate_.value(), *candidate);
  if (production) result.production = one(*production, production_.value(), *production);
  if (result.candidate && result.production) {
    const double first = result.candidate->mean;
    const double second = result.production->mean;
    result.difference = one(first - second, difference_.value(), std::max(std::abs(first), std::abs(second)));
  }
  return result;
}

// Abramowitz & Stegun 25.3.6: f' = (8(f(h) − f(−h)) − (f(2h) − f(−2h)))/12h, an error of h⁴.
std::optional<std::vector<double>> gradient(const SumsMetric& metric, std::span<const double> sums,
                                            std::span<const double> scales) {
  constexpr double step = 1e-3;
  std::vector<double> at(sums.begin(), sums.end());
  std::vector<double> slopes(sums.size(), 0.0);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (!(scales[i] > 0.0)) continue;
    const double h = step * scales[i];
    std::array<double, 4> values{};
    for (std::size_t j = 0; j < values.size(); ++j) {
      constexpr std::array moves{-2.0, -1.0, 1.0, 2.0};
      at[i] = sums[i] + moves[j] * h;
      const std::optional<double> value = metric(at);
      if (!value || !std::isfinite(*value)) return std::nullopt;
      values[j] = *value;
    }
    at[i] = sums[i];
    slopes[i] = (8.0 * (values[2] - values[1]) - (values[3] - values[0])) / (12.0 * h);
  }
  return slopes;
}

}  // namespace modelgate::stats
