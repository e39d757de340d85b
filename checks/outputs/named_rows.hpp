// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "gate/core/repeats.hpp"

namespace modelgate {

/// What is said of each row beside its number.
struct RowWords {
  bool sizes = true;     ///< how far its outputs lie apart
  bool answers = false;  ///< in which answer
};

/// "Most of all row 17 by 0.31, row 4 by 0.2 and 12 more.": the first five of `all`, counted from 1, in the order
/// given. Empty where there are none.
std::string named_rows(std::span<const ChangedRow> rows, std::size_t all, RowWords words = {});

/// A finite difference or a bound of it: "3.1e-07".
std::string difference_size(double difference);

/// "by 3.1e-07", or "to or from no finite number".
std::string apart_words(double difference);

/// " by more than 1e-06 or 1e-05 of the number": what a difference must exceed; empty where any counts.
std::string beyond_words(const SameWithin& same);

}  // namespace modelgate
