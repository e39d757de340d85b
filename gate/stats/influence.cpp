// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/influence.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelgate::stats {

// θ(F) is expanded about the rows' own distribution, θ̂ ≈ θ + Σ w_i·ψ_i / Σw (Deville 1999): w_i·ψ_i / Σw is the
// influence that InfluenceSums squares.
PairedEstimate paired_estimate(const Linearised& candidate, const Linearised& production, const RowCounts& rows) {
  const std::size_t n = std::max(candidate.influence.size(), production.influence.size());
  CompensatedSum weights;
  for (std::size_t row = 0; row < n; ++row) weights.add(rows.weight(row));
  const double total = weights.value();
  const auto share = [&](const Linearised& model, std::size_t row) {
    return model.value ? rows.weight(row) * model.influence[row] / total : 0.0;
  };
  InfluenceSums sums;
  if (rows.units.empty()) {
    for (std::size_t row = 0; row < n; ++row)
      sums.add(share(candidate, row), share(production, row), rows.weight(row), rows.copies_of(row));
    return sums.estimate(candidate.value, production.value);
  }
  struct UnitSum {
    CompensatedSum candidate, production, weight;
  };
  std::vector<UnitSum> units(rows.unit_count);
  for (std::size_t row = 0; row < n; ++row) {
    UnitSum& unit = units[rows.units[row]];
    unit.candidate.add(share(candidate, row));
    unit.production.add(share(production, row));
    unit.weight.add(rows.weight(row));
  }
  for (const UnitSum& unit : units) sums.add(unit.candidate.value(), unit.production.value(), unit.weight.value());
  return sums.estimate(candidate.value, production.value);
}

Linearised linearised_mean(std::vector<double> values, const RowCounts& rows) {
  CompensatedSum sum;
  CompensatedSum weights;
  for (std::size_t row = 0; row < values.size(); ++row) {
    sum.add(rows.weight(row) * values[row]);
    weights.add(rows.weight(row));
  }
  const double mean = sum.value() / weights.value();
  if (!(weights.value() > 0.0) || !std::isfinite(mean)) return {};
  for (double& value : values) value -= mean;
  return {mean, std::move(values)};
}

Linearised linearised_ratio(std::span<const double> top, std::span<const double> bottom, const RowCounts& rows) {
  CompensatedSum tops;
  CompensatedSum bottoms;
  CompensatedSum weights;
  for (std::size_t row = 0; row < top.size(); ++row) {
    tops.add(rows.weight(row) * top[row]);
    bottoms.add(rows.weight(row) * bottom[row]);
    weights.add(rows.weight(row));
  }
  const double ratio = tops.value() / bottoms.value();
  if (!(bottoms.value() > 0.0) || !std::isfinite(ratio)) return {};
  const double scale = weights.value() / bottoms.value();
  Linearised result{ratio, std::vector<double>(top.size())};
  for (std::size_t row = 0; row < top.size(); ++row) result.influence[row] = scale * (top[row] - ratio * bottom[row]);
  return result;
}

}  // namespace modelgate::stats
