// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/weighted_auc.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "gate/stats/mean_t.hpp"

namespace modelgate::stats {

namespace {

using ByLabel = std::array<CompensatedSum, 2>;

class Rows {
 public:
  Rows(std::span<const std::uint8_t> labels, const Partition& partition, const AucWeights& weights)
      : labels_(labels), partition_(partition), weights_(weights) {}

  std::size_t size() const { return labels_.size(); }
  std::size_t groups() const { return partition_.groups; }
  std::size_t group(std::size_t row) const { return partition_.codes.empty() ? 0 : partition_.codes[row]; }
  std::size_t label(std::size_t row) const { return labels_[row] != 0 ? 1 : 0; }
  double weight(std::size_t row) const { return weights_.weights.empty() ? 1.0 : weights_.weights[row]; }
  double copies(std::size_t row) const { return weights_.copies.empty() ? 1.0 : weights_.copies[row]; }
  bool judged(std::size_t row) const { return group(row) < groups() && weight(row) > 0.0; }
  const AucWeights& weights() const { return weights_; }

 private:
  std::span<const std::uint8_t> labels_;
  const Partition& partition_;
  const AucWeights& weights_;
};

// Weight of the other label's rows below each row (ties half), in its group.
std::vector<double> weight_below(const ScoreOrder& order, const Rows& rows) {
  std::vector<double> below(rows.size(), 0.0);
  std::vector<ByLabel> seen(rows.groups());
  for (std::size_t first = 0; first < order.rows.size();) {
    std::size_t last = first;
    while (last < order.rows.size() && order.ranks[last] == order.ranks[first]) ++last;
    const auto halve = [&](std::size_t at) {
      const std::uint32_t row = order.rows[at];
      if (rows.judged(row)) below[row] += seen[rows.group(row)][1 - rows.label(row)].value() / 2.0;
    };
    for (std::size_t at = first; at < last; ++at) halve(at);
    for (std::size_t at = first; at < last; ++at) {
      const std::uint32_t row = order.rows[at];
      if (rows.judged(row)) seen[rows.group(row)][rows.label(row)].add(rows.weight(row));
    }
    for (std::size_t at = first; at < last; ++at) halve(at);
    first = last;
  }
  return below;
}

struct GroupTotals {
  ByLabel weight;
  ByLabel units;    // rows, or units with rows of the label
  ByLabel squares;  // of the units' weights of the label
  CompensatedSum all_units;
  std::array<CompensatedSum, 2> ranked;  // by model: weight of pairs ranked right
  std::array<double, 2> auc{};

  bool usable() const { return units[0].value() >= 2.0 && units[1].value() >= 2.0; }
};

// Sums over units of products of both models' components: within positives, within negatives, across.
struct Products {
  std::array<std::array<CompensatedSum, 3>, 3> of;  // [candidate, production, both][positives, negatives, across]
};

struct UnitComponents {
  std::array<ByLabel, 2> sums;  // [model][label]
  ByLabel weight;
};

void add_products(Products& products, const std::array<std::array<double, 2>, 2>& v, double copies) {
  constexpr std::array<std::array<std::size_t, 2>, 3> pairs{{{0, 0}, {1, 1}, {0, 1}}};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& x = v[pairs[i][0]];
    const auto& y = v[pairs[i][1]];
    products.of[i][0].add(x[1] * y[1] / copies);
    products.of[i][1].add(x[0] * y[0] / copies);
    products.of[i][2].add((x[1] * y[0] + y[1] * x[0]) / copies);
  }
}

double corrected(double units) { return units > 1.0 ? units / (units - 1.0) : 0.0; }

// Obuchowski's S10/M + S01/N + 2·S11/MN in components that the totals already scaled.
double covariance_of(const GroupTotals& group, const std::array<CompensatedSum, 3>& sums) {
  return corrected(group.units[1].value()) * sums[0].value() + corrected(group.units[0].value()) * sums[1].value() +
         corrected(group.all_units.value()) * sums[2].value();
}

std::size_t whole(const CompensatedSum& sum) { return static_cast<std::size_t>(std::llround(sum.value())); }

AucEstimate estimate_of(const GroupTotals& group, const Products& products, std::size_t model, bool by_units) {
  const auto kish = [&](std::size_t label) {
    const double weight = group.weight[label].value();
    return weight * weight / group.squares[label].value();
  };
  const double variance = covariance_of(group, products.of[model]);
  return {.auc = group.auc[model],
          .variance = variance > 1e-28 ? variance : 0.0,  // components that cancel leave squares of 1e-16
          .positives = whole(group.units[1]),
          .negatives = whole(group.units[0]),
          .units = by_units ? whole(group.all_units) : 0,
          .kish = std::min(kish(0), kish(1))};
}

// A row's component: its weight times (share of the other label ranked right against it − AUC), over its label's
// weight.
class Components {
 public:
  Components(const Rows& rows, std::vector<GroupTotals>& groups, const std::vector<double>& candidate,
             const std::vector<double>& production)
      : rows_(rows), groups_(groups), below_{&candidate, &production} {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!rows.judged(row) || rows.label(row) == 0) continue;
      for (std::size_t model = 0; model < 2; ++model)
        groups[rows.group(row)].ranked[model].add(rows.weight(row) * (*below_[model])[row]);
    }
    for (GroupTotals& group : groups)
      for (std::size_t model = 0; model < 2; ++model)
        group.auc[model] =  // rounding of the products must not lead beyond 1
            std::min(1.0, group.ranked[model].value() / (group.weight[0].value() * group.weight[1].value()));
  }

  double of(std::size_t row, std::size_t model) const {
    const GroupTotals& group = groups_[rows_.group(row)];
    const std::size_t label = rows_.label(row);
    const double others = group.weight[1 - label].value();
    const double below = (*below_[model])[row];
    const double right = (label == 1 ? below : others - below) / others;
    return rows_.weight(row) * (right - group.auc[model]) / group.weight[label].value();
  }

 private:
  const Rows& rows_;
  const std::vector<GroupTotals>& groups_;
  std::array<const std::vector<double>*, 2> below_;
};

std::vector<GroupTotals> weigh(const Rows& rows) {
  std::vector<GroupTotals> groups(rows.groups());
  for (std::size_t row = 0; row < rows.size(); ++row)
    if (rows.judged(row)) groups[rows.group(row)].weight[rows.label(row)].add(rows.weight(row));
  return groups;
}

void count_unit(GroupTotals& group, const std::array<double, 2>& weight, double copies) {
  group.all_units.add(copies);
  for (std::size_t label = 0; label < 2; ++label) {
    if (!(weight[label] > 0.0)) continue;
    group.units[label].add(copies);
    group.squares[label].add(weight[label] * weight[label] / copies);
  }
}

void sum_rows(const Rows& rows, const Components& components, std::vector<GroupTotals>& groups,
              std::vector<Products>& products) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows.judged(row)) continue;
    std::array<double, 2> weight{};
    weight[rows.label(row)] = rows.weight(row);
    count_unit(groups[rows.group(row)], weight, rows.copies(row));
    std::array<std::array<double, 2>, 2> values{};
    for (std::size_t model = 0; model < 2; ++model) values[model][rows.label(row)] = components.of(row, model);
    add_products(products[rows.group(row)], values, rows.copies(row));
  }
}

void sum_units(const Rows& rows, const Components& components, std::vector<GroupTotals>& groups,
               std::vector<Products>& products) {
  const AucWeights& weights = rows.weights();
  std::vector<UnitComponents> units(weights.groups.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows.judged(row)) continue;
    UnitComponents& unit = units[weights.slots[row]];
    unit.weight[rows.label(row)].add(rows.weight(row));
    for (std::size_t model = 0; model < 2; ++model) unit.sums[model][rows.label(row)].add(components.of(row, model));
  }
  for (std::size_t slot = 0; slot < units.size(); ++slot) {
    const UnitComponents& unit = units[slot];
    const std::array<double, 2> weight{unit.weight[0].value(), unit.weight[1].value()};
    if (!(weight[0] + weight[1] > 0.0)) continue;
    count_unit(groups[weights.groups[slot]], weight, 1.0);
    std::array<std::array<double, 2>, 2> values{};
    for (std::size_t model = 0; model < 2; ++model)
      for (std::size_t label = 0; label < 2; ++label) values[model][label] = unit.sums[model][label].value();
    add_products(products[weights.groups[slot]], values, 1.0);
  }
}

}  // namespace

std::vector<std::optional<PairedAuc>> weighted_paired_delong(const ScoreOrder& candidate, const ScoreOrder& production,
                                                             std::span<const std::uint8_t> labels,
                                                             const Partition& partition, const AucWeights& weights) {
  std::vector<std::optional<PairedAuc>> result(partition.groups);
  const Rows rows(labels, partition, weights);
  const bool alone = &candidate == &production;
  std::vector<GroupTotals> groups = weigh(rows);
  const std::vector<double> below = weight_below(candidate, rows);
  const std::vector<double> other = alone ? std::vector<double>{} : weight_below(production, rows);
  const Components components(rows, groups, below, alone ? below : other);
  std::vector<Products> products(groups.size());
  (weights.slots.empty() ? sum_rows : sum_units)(rows, components, groups, products);
  const bool by_units = weights.copies.empty();  // frequencies are counts: DeLong's normal, as for plain rows
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!groups[g].usable()) continue;
    result[g] = PairedAuc{.candidate = estimate_of(groups[g], products[g], 0, by_units),
                          .production = estimate_of(groups[g], products[g], 1, by_units),
                          .covariance = covariance_of(groups[g], products[g].of[2])};
  }
  return result;
}

}  // namespace modelgate::stats
