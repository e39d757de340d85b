// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/scatter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/influence.hpp"
#include "checks/planning/outlook.hpp"
#include "gate/stats/power.hpp"

namespace modelgate {
namespace {

// DeLong's variance of a paired AUC difference is v·(1/positives + 1/negatives) with v = E(Φ(X) − Φ(Y))², the variance
// of one row's placement (DeLong et al. 1988), the same for either label of binormal scores X, Y ~ N(μ, 1), μ =
// √2·Φ⁻¹(.80), of correlation .8: v = 2(Φ₂(h, h; .5) − Φ₂(h, h; .4)), h = μ/√2. So 7,500 rows, half of them positive,
// see a margin of .01.
constexpr double auc_row_variance = 0.021889603904855;

}  // namespace

std::optional<double> Scatter::pass_chance(double margin, double alpha) const {
  if (alike) return stats::alike_pass_chance(std_error, margin, alpha);
  return n > 0 ? stats::paired_rate_pass_chance(n, discordant, margin, alpha)
               : stats::mean_pass_chance(std_error, margin, alpha);
}

std::optional<double> Scatter::fail_chance(double margin, double alpha) const {
  return stats::mean_fail_chance(std_error, margin, alpha);
}

std::optional<double> Scatter::smallest(double alpha) const {
  if (alike) return stats::smallest_alike_limit(std_error, alpha, planned_power);
  return n > 0 ? stats::smallest_paired_rate_margin(n, discordant, alpha, planned_power)
               : stats::smallest_mean_margin(std_error, alpha, planned_power);
}

std::optional<double> Scatter::growth(double margin, double alpha) const {
  if (!(margin > 0.0)) return std::nullopt;
  if (n > 0) {
    const auto rows = stats::rows_for_pass_chance(discordant, margin, alpha, planned_power);
    return rows ? std::optional{static_cast<double>(*rows) / static_cast<double>(n)} : std::nullopt;
  }
  const auto seen = smallest(alpha);
  return seen ? std::optional{(*seen / margin) * (*seen / margin)} : std::nullopt;
}

double units_of(Basis basis, const GroupTally& group, std::size_t klass) {
  const auto of_label = [&](std::size_t label) {
    return label < group.by_label.size() ? group.by_label[label].effective : 0.0;
  };
  switch (basis) {
    case Basis::all_rows: return group.all.effective;
    case Basis::label_rows: return of_label(klass);
    case Basis::other_rows: {
      double others = 0.0;
      for (std::size_t label = 0; label < group.by_label.size(); ++label)
        if (label != klass) others += of_label(label);
      return others;
    }
    case Basis::both_labels: return 1.0 / (1.0 / of_label(0) + 1.0 / of_label(1));
    case Basis::every_class: break;
  }
  double inverse = 0.0;  // the mean of K rates has the variance Σ 1/n_k / K²
  double classes = 0.0;
  for (const Tally& label : group.by_label) {
    if (label.rows == 0) continue;
    inverse += 1.0 / label.effective;
    ++classes;
  }
  return classes > 1.0 ? classes * classes / inverse : 0.0;
}

std::string too_few_in_group(Basis basis, const GroupTally& group, std::size_t klass, std::size_t min_group_size,
                             bool plain) {
  Tally counted;
  if (basis == Basis::label_rows || basis == Basis::other_rows) {
    for (std::size_t label = 0; label < group.by_label.size(); ++label) {
      if ((label == klass) != (basis == Basis::label_rows)) continue;
      counted.rows += group.by_label[label].rows;
      counted.units += group.by_label[label].units;
    }
  } else {
    counted = group.all;
  }
  const double effective = units_of(basis, group, klass);
  const std::size_t rows = std::max(counted.rows, counted.units);  // frequencies count as so many units
  if (rows < std::max<std::size_t>(min_group_size, 1))
    return fmt::format("fewer than min_group_size {}", min_group_size);
  if (!plain && (counted.units < fewest_units || !says_enough(effective)))
    return fmt::format("fewer than {} units", fewest_units);
  return {};
}

Scatter assumed_scatter(const Spread& spread, const GroupTally& group, std::size_t klass, double discordant,
                        bool plain) {
  Scatter scatter;
  scatter.units = units_of(spread.basis, group, klass);
  const bool auc = spread.kind == Spread::Kind::auc;
  const double variance = auc ? auc_row_variance : spread.per_discordant * discordant;
  scatter.std_error = std::sqrt(variance / scatter.units);
  if (auc) scatter.units = std::min(units_of(Basis::label_rows, group, 1), units_of(Basis::other_rows, group, 1));
  if (spread.kind == Spread::Kind::paired_rate && plain) {
    scatter.n = static_cast<std::size_t>(std::floor(scatter.units + 1e-9));
    scatter.discordant = discordant;
  }
  return scatter;
}

Scatter scatter_of_groups(double first, double second, double rate, Spread::Kind kind) {
  Scatter scatter;
  scatter.units = std::min(first, second);
  const double of_one = kind == Spread::Kind::ratio_of_rates ? (1.0 - rate) / rate : rate * (1.0 - rate);
  scatter.std_error = std::sqrt(of_one * (1.0 / first + 1.0 / second));
  scatter.alike = true;
  return scatter;
}

std::optional<Scatter> measured_scatter(const PilotEstimate& estimate, std::size_t pilot_rows, std::size_t rows) {
  if (!estimate.std_error || pilot_rows == 0 || rows == 0) return std::nullopt;
  Scatter scatter;
  scatter.units = static_cast<double>(rows);
  scatter.std_error = *estimate.std_error * std::sqrt(static_cast<double>(pilot_rows) / static_cast<double>(rows));
  return scatter;
}

}  // namespace modelgate
