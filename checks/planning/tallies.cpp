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

/// Row numbers ordered by unit, those of unit u from first[u] to first[u + 1].
struct RowsByUnit {
  std::vector<std::size_t> first;
  std::vector<std::uint32_t> rows;
};

RowsByUnit by_unit(const UnitColumn& units) {
  std::size_t count = units.keys.size();
  for (const std::uint32_t code : units.codes) count = std::max(count, static_cast<std::size_t>(code) + 1);
  RowsByUnit order{std::vector<std::size_t>(count + 1, 0), std::vector<std::uint32_t>(units.codes.size())};
  for (const std::uint32_t code : units.codes) ++order.first[code + 1];
  for (std::size_t unit = 0; unit < count; ++unit) order.first[unit + 1] += order.first[unit];
  std::vector<std::size_t> next(order.first.begin(), order.first.end() - 1);
  for (std::size_t row = 0; row < units.codes.size(); ++row)
    order.rows[next[units.codes[row]]++] = static_cast<std::uint32_t>(row);
  return order;
}

/// Sums of one unit by cell, emptied into the cells before the next unit.
class UnitSums {
 public:
  explicit UnitSums(std::size_t cells) : weight_(cells, 0.0), seen_(cells, false) {}

  void add(std::size_t cell, double weight) {
    if (!seen_[cell]) touched_.push_back(cell);
    seen_[cell] = true;
    weight_[cell] += weight;
  }
  void empty_into(std::vector<Sums>& cells) {
    for (const std::size_t cell : touched_) {
      cells[cell].add(1.0, weight_[cell]);
      weight_[cell] = 0.0;
      seen_[cell] = false;
    }
    touched_.clear();
  }

 private:
  std::vector<double> weight_;
  std::vector<bool> seen_;
  std::vector<std::size_t> touched_;
};

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

double Tallies::copies_of(std::size_t row) const {
  return rows_.weight.empty() || plan_.dataset.weight_kind != WeightKind::frequency ? 1.0 : rows_.weight[row];
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
  // Calls take(cell, copies, weight) for the row's label and for all rows.
  const auto tell = [&](std::size_t row, const auto& take) {
    const std::size_t first = grouping->code(row) * width;
    if (labels_ > 0) take(first + static_cast<std::size_t>(rows_.label_class[row]), copies_of(row), weight_of(row));
    take(first + labels_, copies_of(row), weight_of(row));
  };
  if (units.empty()) {
    for (std::size_t row = 0; row < rows_.rows; ++row)
      tell(row, [&](std::size_t cell, double copies, double weight) {
        ++cells[cell].rows;
        cells[cell].add(copies, weight);
      });
  } else {
    const RowsByUnit order = by_unit(units);
    UnitSums sums(cells.size());
    for (std::size_t unit = 0; unit + 1 < order.first.size(); ++unit) {
      for (std::size_t at = order.first[unit]; at < order.first[unit + 1]; ++at)
        tell(order.rows[at], [&](std::size_t cell, double copies, double weight) {
          ++cells[cell].rows;
          sums.add(cell, copies * weight);
        });
      sums.empty_into(cells);
    }
  }
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
