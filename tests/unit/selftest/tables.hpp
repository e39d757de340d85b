// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "gate/core/score_table.hpp"

namespace modelgate::test {

/// Binary rows, every third of label 1; a reference that is right on all but every fifth row.
inline ScoreTable binary_table(std::size_t rows) {
  ScoreTable table;
  table.rows.rows = rows;
  std::vector<float> scores;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool label = i % 3 == 0;
    const bool right = i % 5 != 0;
    table.rows.label_class.push_back(label ? 1 : 0);
    const float inside = 0.05F * static_cast<float>(i % 8);
    scores.push_back(label == right ? 0.55F + inside : 0.45F - inside);
  }
  Predictions model;
  model.present = true;
  model.scores = std::move(scores);
  table.models = {model, model};
  return table;
}

inline std::vector<float> floats_of(const Predictions& model) { return std::get<std::vector<float>>(model.scores); }

/// ObservedRate of the rows that a binary model gets right.
inline double accuracy_of(const ScoreTable& table, const Predictions& model) {
  const std::vector<float> scores = floats_of(model);
  std::size_t right = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if ((scores[i] >= static_cast<float>(model.positive_threshold)) == (table.rows.label_class[i] == 1)) ++right;
  return static_cast<double>(right) / static_cast<double>(scores.size());
}

}  // namespace modelgate::test
