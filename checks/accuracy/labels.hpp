// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checks/cells.hpp"
#include "checks/check.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {

/// One model's confusion margins by class: rows with the label, rows decided so, rows where both agree.
struct ClassSums {
  std::vector<double> support;
  std::vector<double> predicted;
  std::vector<double> hit;
};

/// A metric of decisions whose denominator depends on the model, so that its difference is resampled.
struct LabelMetric {
  /// The value; nothing where a denominator is 0.
  std::optional<double> (*value)(const ClassSums&, std::uint32_t klass) = nullptr;
  /// Rows that the value rests on: Tango's n where the models hardly differ; null: all rows.
  double (*units)(const ClassSums&, std::uint32_t klass) = nullptr;
  /// The binomial share behind the metric, judged by Wilson against an absolute limit; null: resampled, too.
  stats::RateCount (*share)(const ClassSums&, std::uint32_t klass) = nullptr;
  double (*value_of_share)(double share) = nullptr;
  double (*share_of_value)(double value) = nullptr;
};

/// Judges a label metric: Wilson of its share or the Poisson bootstrap of the joint cells against a limit; the paired
/// Poisson bootstrap of the joint cells against production.
std::vector<CheckResult> judge_labels(const PlannedCheck& planned, const Evidence& evidence, const LabelMetric& metric);

/// The margins of one model from cells that carry these counts (their own, or resampled ones).
ClassSums class_sums(const GroupCells& cells, std::span<const double> counts, Role role);

}  // namespace modelgate
