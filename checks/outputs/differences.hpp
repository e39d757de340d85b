// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// How far two models' outputs lie apart in each row; 0 where all its numbers are the same.
struct RowDifferences {
  std::vector<double> largest;  ///< by row: of its numbers
  std::vector<double> mean;     ///< by row: over its numbers
};

/// The outputs of two usable models beside each other, compared as doubles. Numbers that are the same within the
/// tolerance are 0 apart; what is no number is infinitely far from one; classes are equal or 1 apart, whatever the
/// tolerance. Model error where the models do not put out the same kind of thing, as many numbers, or one for each row.
Result<RowDifferences> row_differences(const ScoreTable& table, const SameWithin& same);

/// Whether two usable models decide a row differently: another class, or any label of several. Model error where the
/// outputs do not cover the rows.
Result<std::vector<std::uint8_t>> rows_decided_differently(const ScoreTable& table);

}  // namespace modelgate
