// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checks/groups.hpp"
#include "checks/weighing.hpp"
#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// How many rows have this label and these two decisions (class indices; binary 0/1). An unusable model decides 0.
struct Cell {
  std::uint32_t label = 0;
  std::uint32_t candidate = 0;
  std::uint32_t production = 0;
  std::uint64_t count = 0;
  double weight = 0.0;   ///< sum of the rows' weights; unweighted: count
  double squares = 0.0;  ///< sum of their squares (of a frequency f: f times the square of a copy's); unweighted: count

  std::uint32_t decision(Role role) const { return role == Role::candidate ? candidate : production; }
};

/// The weight of one unit's rows in one cell.
struct UnitCell {
  std::uint32_t unit = 0;  ///< numbered over all groups; only equality counts
  std::uint32_t cell = 0;  ///< index into the group's cells
  double weight = 0.0;
};

/// The joint confusion cells of one group: only non-empty ones, sorted by label, candidate, production.
struct GroupCells {
  std::vector<Cell> cells;
  std::size_t rows = 0;
  std::size_t classes = 2;
  bool linearised = false;           ///< weights or clusters: counts alone do not say how sure a rate is
  std::vector<UnitCell> unit_cells;  ///< sorted by unit, then cell; empty: each row is its own unit
};

/// One code a row for label and both decisions: (label·classes + candidate)·classes + production.
struct JointCodes {
  std::vector<std::uint32_t> codes;
  std::size_t classes = 2;
};

/// The class that one usable model decides for in every row. Model error where the outputs do not cover the rows, or a
/// model that puts out classes names none of `classes`.
Result<std::vector<std::uint32_t>> row_decisions(const ScoreTable& table, Role role, std::size_t classes);

/// Decides every row of both usable models in one pass: score >= threshold at the scores' own precision (binary), the
/// first largest score (multiclass), or the class as given. Data error for a label or class that does not exist, or
/// more than 1,600 classes.
Result<JointCodes> joint_codes(const ScoreTable& table, const std::array<bool, 2>& usable);

/// Counts the joint cells of every group in one pass.
std::vector<GroupCells> count_cells(const JointCodes& joint, const Grouping& grouping);

/// Adds weights, frequencies and units to counted cells: rows of weight 0 leave them, a frequency counts as so many
/// rows.
void weigh_cells(std::vector<GroupCells>& groups, const JointCodes& joint, const Grouping& grouping,
                 const Weighing& weighing, const GroupUnits& units);

}  // namespace modelgate
