// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace modelgate::stats {

/// Rows by ascending score. Made once a model over all rows; every subset is then judged in one pass over it.
struct ScoreOrder {
  std::vector<std::uint32_t> rows;  ///< row numbers, lowest score first; equal scores in row order
  std::vector<std::uint32_t>
      ranks;  ///< dense rank of the score at each position: equal means tied (−0.0 ties with +0.0)
};

/// Sorts row numbers by score (radix, O(n), stable); nullopt where a score is NaN or there are 2^31 rows or more.
std::optional<ScoreOrder> order_by_score(std::span<const float> scores);
std::optional<ScoreOrder> order_by_score(std::span<const double> scores);

/// The same order in 8 bytes a row instead of 24, in about twice the time: for rows so many that memory counts.
std::optional<ScoreOrder> order_by_score_lean(std::span<const float> scores);
std::optional<ScoreOrder> order_by_score_lean(std::span<const double> scores);

/// The order of column `column` of a row-major table of `width` scores a row (one class of a multiclass output).
std::optional<ScoreOrder> order_by_score(std::span<const float> scores, std::size_t width, std::size_t column);
std::optional<ScoreOrder> order_by_score(std::span<const double> scores, std::size_t width, std::size_t column);

/// Positions of keys in ascending order of key (radix, stable); empty for 2^32 keys or more.
std::vector<std::uint32_t> order_by_key(std::span<const std::uint64_t> keys);

}  // namespace modelgate::stats
