// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "checks/cells.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate {
namespace {

constexpr std::size_t max_dense_cells = 1U << 22U;
constexpr std::uint32_t no_cell = 0xffffffffU;

std::uint32_t code_of(const Cell& cell, std::size_t classes) {
  const auto base = static_cast<std::uint32_t>(classes);
  return (cell.label * base + cell.candidate) * base + cell.production;
}

/// Where each row's cell stands among the cells of its group: by a table where that is small, else by search.
class CellIndex {
 public:
  CellIndex(std::span<const GroupCells> groups, std::size_t classes)
      : groups_(groups), classes_(classes), cube_(classes * classes * classes) {
    if (groups.size() * cube_ > max_dense_cells) return;
    table_.assign(groups.size() * cube_, no_cell);
    for (std::size_t group = 0; group < groups.size(); ++group)
      for (std::size_t at = 0; at < groups[group].cells.size(); ++at)
        table_[group * cube_ + code_of(groups[group].cells[at], classes)] = static_cast<std::uint32_t>(at);
  }

  std::uint32_t at(std::size_t group, std::uint32_t code) const {
    if (!table_.empty()) return table_[group * cube_ + code];
    const std::vector<Cell>& cells = groups_[group].cells;
    const auto by_code = [this](const Cell& cell) { return code_of(cell, classes_); };
    return static_cast<std::uint32_t>(std::ranges::lower_bound(cells, code, {}, by_code) - cells.begin());
  }

 private:
  std::span<const GroupCells> groups_;
  std::size_t classes_;
  std::size_t cube_;
  std::vector<std::uint32_t> table_;
};

struct CellSums {
  double count = 0.0;  // whole, exact to 2^53
  stats::CompensatedSum weight, squares;
};

using SumsByGroup = std::vector<std::vector<CellSums>>;

SumsByGroup sum_cells(const std::vector<GroupCells>& groups, const JointCodes& joint, const Grouping& grouping,
                      const Weighing& weighing, const CellIndex& index) {
  SumsByGroup sums(groups.size());
  for (std::size_t group = 0; group < groups.size(); ++group) sums[group].resize(groups[group].cells.size());
  for (std::size_t row = 0; row < joint.codes.size(); ++row) {
    const std::size_t group = grouping.code(row);
    const double weight = weighing.weight(row);
    if (group >= groups.size() || !(weight > 0.0)) continue;
    CellSums& sum = sums[group][index.at(group, joint.codes[row])];
    const double copies = weighing.copies_of(row);
    sum.count += copies;
    sum.weight.add(weight);
    sum.squares.add(weight * weight / copies);
  }
  return sums;
}

/// Rows of one unit after the other; the unit's rows by cell, then weight, so that the order of the rows does not show.
void add_units(std::vector<GroupCells>& groups, const JointCodes& joint, const Grouping& grouping,
               const Weighing& weighing, const GroupUnits& units, const CellIndex& index) {
  std::vector<std::uint32_t> starts(units.group_of.size() + 1, 0);
  const std::size_t rows = joint.codes.size();
  const auto counts = [&](std::size_t row) { return grouping.code(row) < groups.size() && weighing.weight(row) > 0.0; };
  for (std::size_t row = 0; row < rows; ++row)
    if (counts(row)) ++starts[units.slots[row] + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<UnitCell> entries(starts.back());
  std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
  for (std::size_t row = 0; row < rows; ++row)
    if (counts(row))
      entries[next[units.slots[row]]++] = {units.slots[row], index.at(grouping.code(row), joint.codes[row]),
                                           weighing.weight(row)};
  for (std::size_t slot = 0; slot + 1 < starts.size(); ++slot) {
    const std::span<UnitCell> of_unit(entries.data() + starts[slot], starts[slot + 1] - starts[slot]);
    std::ranges::sort(of_unit, {}, [](const UnitCell& entry) { return std::pair{entry.cell, entry.weight}; });
    std::vector<UnitCell>& out = groups[units.group_of[slot]].unit_cells;
    for (const UnitCell& entry : of_unit) {
      if (!out.empty() && out.back().unit == entry.unit && out.back().cell == entry.cell)
        out.back().weight += entry.weight;
      else
        out.push_back(entry);
    }
  }
}

/// Cells that only rows of weight 0 fell into leave; a group's units follow the cells that stay.
void drop_empty(GroupCells& group) {
  std::vector<std::uint32_t> moved(group.cells.size(), no_cell);
  std::vector<Cell> kept;
  for (std::size_t at = 0; at < group.cells.size(); ++at) {
    if (!(group.cells[at].weight > 0.0)) continue;
    moved[at] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(group.cells[at]);
  }
  group.cells = std::move(kept);
  for (UnitCell& entry : group.unit_cells) entry.cell = moved[entry.cell];
}

}  // namespace

void weigh_cells(std::vector<GroupCells>& groups, const JointCodes& joint, const Grouping& grouping,
                 const Weighing& weighing, const GroupUnits& units) {
  if (groups.empty()) return;
  const CellIndex index(groups, joint.classes);
  const SumsByGroup sums = sum_cells(groups, joint, grouping, weighing, index);
  if (!weighing.units.empty()) add_units(groups, joint, grouping, weighing, units, index);
  for (std::size_t group = 0; group < groups.size(); ++group) {
    double rows = 0.0;
    for (std::size_t at = 0; at < groups[group].cells.size(); ++at) {
      const CellSums& sum = sums[group][at];
      Cell& cell = groups[group].cells[at];
      cell.count = static_cast<std::uint64_t>(std::llround(sum.count));
      cell.weight = sum.weight.value();
      cell.squares = sum.squares.value();
      rows += sum.count;
    }
    if (weighing.expanded()) groups[group].rows = static_cast<std::size_t>(std::llround(rows));
    groups[group].linearised = weighing.linearised();
    drop_empty(groups[group]);
  }
}

}  // namespace modelgate
