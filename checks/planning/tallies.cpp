// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/tallies.hpp"

#include <algorithm>
#include <cstdint>

namespace modelgate {
namespace {

/// Sums of the weights of the units of one cell.
struct Sums {
  std::size_t rows = 0;
  std::size_t units = 0;
  double first = 0.0;   ///< Σ w
  double second = 0.0;  ///< Σ w²

  /// `copies` rows alike of weight `weight`.
  void add(double copies, double weight) {
    ++units;
    first += copies * weight;
    second += copies * weight * weight;
  }
  Tally tally() const { return {rows, units, second > 0.0 ? first * first / second : 0.0}; }
};

/// A row's share of the weight of its unit.
struct UnitWeight {
  std::size_t cell = 0;
  std::uint32_t unit = 0;
  double weight = 0.0;
};

void add_units(std::vector<Sums>& cells, std::vector<UnitWeight>& rows) {
  std::ranges::sort(rows, {}, [](const UnitWeight& row) { return std::pair{row.cell, row.unit}; });
  for (std::size_t i = 0; i < rows.size();) {
    double sum = 0.0;
    const std::size_t first = i;
    for (; i < rows.size() && rows[i].cell == rows[first].cell && rows[i].unit == rows[first].unit; ++i)
      sum += rows[i].weight;
    cells[rows[first].cell].add(1.0, sum);
  }
}

std::string key_of(const std::optional<Scope>& scope) {
  std::string key;
  if (scope)
    for (const std::string& column : scope->columns) key += column + '\0';
  return key;
}

}  // namespace

Tallies::Tallies(const Plan& plan, const RowColumns& rows) : plan_(plan), rows_(rows) {
  for (const std::int32_t label : rows.label_class) labels_ = std::max(labels_, static_cast<std::size_t>(label) + 1);
  if (plan.task == Task::binary) labels_ = 2;
  if (rows.label_class.empty()) labels_ = 0;
  if (!plan.target_prevalence || plan.task != Task::binary || labels_ == 0) return;
  double positives = 0.0;
  double total = 0.0;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const double weight = rows.weight.empty() ? 1.0 : rows.weight[row];
    total += weight;
    if (rows.label_class[row] == 1) positives += weight;
  }
  if (positives > 0.0 && positives < total)
    label_weight_ = {(1.0 - *plan.target_prevalence) * total / (total - positives),
                     *plan.target_prevalence * total / positives};
}

bool Tallies::plain() const {
  return rows_.weight.empty() && rows_.cluster.empty() && rows_.query.empty() && label_weight_.empty();
}

double Tallies::weight_of(std::size_t row) const {
  double weight = rows_.weight.empty() || plan_.dataset.weight_kind == WeightKind::frequency ? 1.0 : rows_.weight[row];
  if (!label_weight_.empty()) weight *= label_weight_[rows_.label_class[row] == 1 ? 1 : 0];
  return weight;
}

const Result<std::vector<GroupTally>>& Tallies::of(const std::optional<Scope>& scope) {
  const std::string key = key_of(scope);
  auto found = known_.find(key);
  if (found == known_.end()) found = known_.emplace(key, make(scope)).first;
  return found->second;
}

Result<std::vector<GroupTally>> Tallies::make(const std::optional<Scope>& scope) const {
  const Result<Grouping> grouping = make_grouping(rows_, scope);
  if (!grouping) return std::unexpected(grouping.error());
  const std::size_t width = labels_ + 1;  // every label, then all rows
  std::vector<Sums> cells(grouping->size() * width);
  const UnitColumn& units = rows_.cluster.empty() ? rows_.query : rows_.cluster;
  const bool copies = !rows_.weight.empty() && plan_.dataset.weight_kind == WeightKind::frequency;
  std::vector<UnitWeight> of_units;
  for (std::size_t row = 0; row < rows_.rows; ++row) {
    const std::size_t first = grouping->code(row) * width;
    const double count = copies ? rows_.weight[row] : 1.0;
    const double weight = weight_of(row);
    const auto add = [&](std::size_t cell) {
      ++cells[cell].rows;
      if (units.empty())
        cells[cell].add(count, weight);
      else
        of_units.push_back({cell, units.codes[row], count * weight});
    };
    if (labels_ > 0) add(first + static_cast<std::size_t>(rows_.label_class[row]));
    add(first + labels_);
  }
  add_units(cells, of_units);
  std::vector<GroupTally> groups;
  for (std::size_t group = 0; group < grouping->size(); ++group) {
    GroupTally& one = groups.emplace_back();
    one.name = grouping->values.empty() ? std::string{} : grouping->name(group);
    if (!grouping->values.empty()) one.values = grouping->values[group];
    for (std::size_t label = 0; label < labels_; ++label) one.by_label.push_back(cells[group * width + label].tally());
    one.all = cells[group * width + labels_].tally();
  }
  return groups;
}

}  // namespace modelgate
