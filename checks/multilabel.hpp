// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Labels a row of a multilabel table; 0 where it carries none.
std::size_t label_count(const ScoreTable& table);

/// "name", or "label 3" where the labels have no names.
std::string label_name(const ScoreTable& table, std::size_t label);

/// Whether one usable model sets each label of each row (rows × labels, 0 or 1): score >= threshold at the scores' own
/// precision, or the bits as given. Data error without labels; model error where the outputs do not cover them.
Result<std::vector<std::uint8_t>> label_decisions(const ScoreTable& table, Role role);

/// Whether all labels of a row are as they should be: scikit-learn's accuracy_score of a multilabel task.
Result<std::vector<std::uint8_t>> all_labels_right(const ScoreTable& table, Role role);

/// The binary table of one label: its bits, both models' outputs for it, and all else the rows carry.
Result<ScoreTable> table_of_label(const ScoreTable& table, std::size_t label);

}  // namespace modelgate
