// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/confusion.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace modelgate {
namespace {

std::string class_name(const ScoreTable& table, std::size_t klass) {
  if (table.task == Task::binary) return klass == 0 ? "negative" : "positive";
  return klass < table.rows.class_names.size() ? table.rows.class_names[klass] : std::to_string(klass);
}

/// The classes that get a row and a column of their own, ascending.
std::vector<std::size_t> kept_classes(const ScoreTable& table, const GroupCells& group, const std::string& named) {
  std::vector<std::size_t> kept(group.classes);
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  if (kept.size() <= most_pictured_classes) return kept;
  std::vector<std::uint64_t> rows(group.classes, 0);
  for (const Cell& cell : group.cells) rows[cell.label] += cell.count;
  std::ranges::stable_sort(kept, std::ranges::greater{}, [&](std::size_t klass) {
    const bool asked = !named.empty() && class_name(table, klass) == named;
    return std::pair{asked, rows[klass]};
  });
  kept.resize(most_pictured_classes - 1);
  std::ranges::sort(kept);
  return kept;
}

/// Counts by [label * classes + decision].
std::vector<std::size_t> matrix_of(const GroupCells& group, Role role, const std::vector<std::size_t>& place,
                                   std::size_t classes) {
  std::vector<std::size_t> counts(classes * classes, 0);
  for (const Cell& cell : group.cells) counts[place[cell.label] * classes + place[cell.decision(role)]] += cell.count;
  return counts;
}

}  // namespace

std::optional<Confusion> confusion_of(const ScoreTable& table, const GroupCells& cells,
                                      const std::array<bool, 2>& usable, const std::string& named, std::size_t fewest) {
  if (cells.cells.empty()) return std::nullopt;
  Confusion confusion;
  const std::vector<std::size_t> kept = kept_classes(table, cells, named);
  for (const std::size_t klass : kept) confusion.classes.push_back(class_name(table, klass));
  if (kept.size() < cells.classes) confusion.classes.emplace_back("(other)");
  std::vector<std::size_t> place(cells.classes, kept.size());
  for (std::size_t at = 0; at < kept.size(); ++at) place[kept[at]] = at;
  const std::size_t classes = confusion.classes.size();
  if (classes < 2) return std::nullopt;
  if (usable[index_of(Role::candidate)]) confusion.candidate = matrix_of(cells, Role::candidate, place, classes);
  if (usable[index_of(Role::production)]) confusion.production = matrix_of(cells, Role::production, place, classes);
  const auto too_small = [&](std::size_t rows) { return rows > 0 && rows < fewest; };
  if (std::ranges::any_of(confusion.candidate, too_small) || std::ranges::any_of(confusion.production, too_small))
    return std::nullopt;
  return confusion;
}

}  // namespace modelgate
