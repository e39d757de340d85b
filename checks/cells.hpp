// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checks/groups.hpp"
#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// How many rows have this label and these two decisions (class indices; binary 0/1). An unusable model decides 0.
struct Cell {
  std::uint32_t label = 0;
  std::uint32_t candidate = 0;
  std::uint32_t production = 0;
  std::uint64_t count = 0;

  std::uint32_t decision(Role role) const { return role == Role::candidate ? candidate : production; }
};

/// The joint confusion cells of one group: only non-empty ones, sorted by label, candidate, production.
struct GroupCells {
  std::vector<Cell> cells;
  std::size_t rows = 0;
  std::size_t classes = 2;
};

/// One code a row for label and both decisions: (label·classes + candidate)·classes + production.
struct JointCodes {
  std::vector<std::uint32_t> codes;
  std::size_t classes = 2;
};

/// Decides every row of both usable models in one pass: score >= threshold at the scores' own precision (binary), the
/// first largest score (multiclass), or the class as given. Data error for a label or class that does not exist, or
/// more than 1,600 classes.
Result<JointCodes> joint_codes(const ScoreTable& table, const std::array<bool, 2>& usable);

/// Counts the joint cells of every group in one pass.
std::vector<GroupCells> count_cells(const JointCodes& joint, const Grouping& grouping);

}  // namespace modelgate
