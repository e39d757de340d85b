// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "gate/core/score_table.hpp"

namespace modelgate {

/// A row of models, each a little worse than the one before: step 0 is better than the reference on some rows (so that
/// a model of no true loss still differs from it), the last step is far worse. Made of the reference alone, every step
/// the same for one seed.
struct Worsening {
  std::size_t steps = 0;
  std::function<Predictions(std::size_t step)> at;
};

/// For metrics of decisions: a quarter of the wrong answers is put right, and at step k the first k right answers, in
/// random order, are turned wrong. Scores move across the threshold, or behind the runner-up. The table outlives it.
Worsening turned_answers(const ScoreTable& table, const Predictions& reference, std::uint64_t seed);

/// For metrics of scores: a tenth of the rows is moved towards the truth, and step by step every row's scores are mixed
/// with those of another, random row, until nothing but those is left.
Worsening mixed_scores(const ScoreTable& table, const Predictions& reference, std::uint64_t seed);

/// For regression: a tenth of the errors is halved, and step by step all errors grow, at last eleven times over.
Worsening stretched_errors(const ScoreTable& table, const Predictions& reference, std::uint64_t seed);

/// Which of them moves this metric.
Worsening worsening_for(const ScoreTable& table, const Predictions& reference, bool of_scores, std::uint64_t seed);

}  // namespace modelgate
