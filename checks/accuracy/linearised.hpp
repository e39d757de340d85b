// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/influence.hpp"

namespace modelgate {

/// The rows (or queries) of one place, in the order of their ids where there are any, so that no sum depends on how the
/// rows came.
struct PlaceRows {
  std::vector<std::uint32_t> rows;   ///< row numbers of the table; for ranking one row of each query
  std::vector<double> weights;       ///< one an entry of rows; empty: 1
  std::vector<double> copies;        ///< frequency weights, one an entry of rows; empty: 1
  std::vector<std::uint32_t> units;  ///< dense code of the cluster, one an entry of rows; empty: each its own
  std::size_t unit_count = 0;

  stats::RowCounts counts() const { return {weights, copies, units, unit_count}; }
  /// How many rows the entry stands for: 1, its frequency, or 0 where it has no weight.
  double rows_of(std::size_t entry) const;
};

/// Why there is no verdict although the data are sound.
struct Obstacle {
  Reason reason = Reason::undefined;
  std::string detail;
};

/// Where a bounded metric shows no variation: as many rows said the same, and the value lies in [low, high].
struct Unanimous {
  double rows = 0.0;
  double low = 0.0;
  double high = 1.0;
};

/// On which scale the interval of one model's value is symmetric.
enum class ValueScale { plain, logit };

/// A metric that is judged by its linearised variance.
struct LinearisedMetric {
  /// The value and influences of one usable model over the rows of one place, in their order.
  std::function<Result<stats::Linearised>(const PlaceRows&, Role)> linearise;
  /// What keeps this place from a verdict (too few events, which do not matter where the rows are all that is meant);
  /// may be null.
  std::function<std::optional<Obstacle>(const PlaceRows&, bool fixed)> obstacle;
  /// How many rows speak where nothing varies; null: zero variance is not assessable.
  std::function<Unanimous(const PlaceRows&)> unanimous;
  Direction direction = Direction::higher_is_better;
  ValueScale scale = ValueScale::plain;
  std::string undefined = "The rows of this scope define no value.";
  std::string unit = "rows";  ///< what is counted: rows or queries
};

/// Fills estimates, method, part and rows needed of one place.
void judge_linearised(ScopeCase& scope, const PlaceRows& place, const LinearisedMetric& metric);

/// The rows of every group of the grouping, each in the order of the ids (else of the rows), with weights and clusters.
std::vector<PlaceRows> rows_by_group(const RowColumns& rows, const Grouping& grouping, const Weighing& weighing);

/// judge_linearised in every place of the check; `metric` is made once the table is known to be there.
std::vector<CheckResult> judge_linearised_rows(const PlannedCheck& planned, const Evidence& evidence,
                                               const std::function<Result<LinearisedMetric>(const ScoreTable&)>& make);

/// The labels of one place, 1 where the row is of class 1.
std::vector<std::uint8_t> binary_labels_in(const ScoreTable& table, const PlaceRows& place);

/// The scores of one usable model in one place (width 1); model error where there is not one a row.
Result<std::vector<double>> scores_in(const ScoreTable& table, const PlaceRows& place, Role role);

}  // namespace modelgate
