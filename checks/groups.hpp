// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/stats/auc.hpp"

namespace modelgate {

/// Most groups of one column or crossing.
inline constexpr std::size_t max_groups = 1000;

/// The rows of a table as a partition: all rows as one group, the values of a column, or the observed pairs of two
/// columns.
struct Grouping {
  std::vector<std::string> columns;              ///< empty: all rows
  std::vector<std::vector<std::string>> values;  ///< by group: one value a column, sorted bytewise
  std::vector<std::size_t> rows;                 ///< by group
  std::vector<std::uint16_t> crossed;            ///< codes of a crossing
  std::span<const std::uint16_t> codes;          ///< group of each row; empty: all rows are group 0

  std::size_t size() const { return rows.size(); }
  std::size_t code(std::size_t row) const { return codes.empty() ? 0 : codes[row]; }
  stats::Partition partition() const { return {codes, size()}; }
  /// "F, 18-29": the group for people.
  std::string name(std::size_t group) const;
};

/// The partition that a slice or attribute asks for, no scope: all rows; data error for an unknown column, a crossing
/// of more than two columns or more than max_groups groups. The rows must outlive the result.
Result<Grouping> make_grouping(const RowColumns& rows, const std::optional<Scope>& scope);

}  // namespace modelgate
