// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "gate/core/plan.hpp"

namespace modelgate {

/// Turns logits (rows × width, row-major) into probabilities in place, computed in double: sigmoid for width 1 and for
/// the labels of a multilabel task, else a softmax a row, stable for any finite logit. Live and recorded outputs go
/// through this one function.
template <class Score>
void logits_to_probabilities(std::span<Score> scores, std::size_t width, Task task) {
  if (width == 1 || task == Task::multilabel) {
    for (Score& score : scores) score = static_cast<Score>(1.0 / (1.0 + std::exp(-static_cast<double>(score))));
    return;
  }
  for (std::size_t start = 0; start + width <= scores.size(); start += width) {
    const std::span<Score> row = scores.subspan(start, width);
    const auto largest = static_cast<double>(*std::ranges::max_element(row));
    double sum = 0.0;
    for (const Score score : row) sum += std::exp(static_cast<double>(score) - largest);
    for (Score& score : row) score = static_cast<Score>(std::exp(static_cast<double>(score) - largest) / sum);
  }
}

}  // namespace modelgate
