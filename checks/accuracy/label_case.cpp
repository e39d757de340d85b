// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/label_case.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "checks/cell_influence.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

constexpr double enough_rows = 50.0;  // of a class, for its influence function to keep the level

template <class Of>
std::vector<double> by_cell(const GroupCells& cells, Of of) {
  std::vector<double> values;
  values.reserve(cells.cells.size());
  for (const Cell& cell : cells.cells) values.push_back(static_cast<double>(of(cell)));
  return values;
}

std::vector<double> weights_of(const GroupCells& cells) {
  return by_cell(cells, [](const Cell& cell) { return cell.weight; });
}

stats::PairedBootstrap resampling(const GroupCells& cells, const LabelMetric& metric, std::uint32_t klass,
                                  std::uint64_t seed) {
  std::vector<std::uint64_t> counts(cells.cells.size());
  std::ranges::transform(cells.cells, counts.begin(), &Cell::count);
  return {stats::cell_source(counts, seed), [&cells, &metric, klass](std::span<const double> drawn) {
            return stats::PairedValue{metric.value(class_sums(cells, drawn, Role::candidate), klass),
                                      metric.value(class_sums(cells, drawn, Role::production), klass)};
          }};
}

/// Partial derivatives of the metric in support, predicted and hit of every class, one after the other.
std::optional<std::vector<double>> slopes_of(const LabelMetric& metric, const ClassSums& sums, std::uint32_t klass) {
  const std::size_t classes = sums.support.size();
  std::vector<double> flat = sums.support;
  flat.insert(flat.end(), sums.predicted.begin(), sums.predicted.end());
  flat.insert(flat.end(), sums.hit.begin(), sums.hit.end());
  ClassSums moved = sums;
  const auto value = [&, moved](std::span<const double> at) mutable {
    std::ranges::copy(at.first(classes), moved.support.begin());
    std::ranges::copy(at.subspan(classes, classes), moved.predicted.begin());
    std::ranges::copy(at.subspan(2 * classes), moved.hit.begin());
    return metric.value(moved, klass);
  };
  return stats::gradient(value, flat, flat);
}

stats::PairedEstimate linearise(const GroupCells& cells, const LabelMetric& metric, std::uint32_t klass,
                                const std::array<ClassSums, 2>& sums) {
  GroupValues values{metric.value(sums[0], klass), metric.value(sums[1], klass)};
  std::vector<CellSlopes> slopes(cells.cells.size());
  for (const Role role : both_roles) {
    std::optional<double>& value = role == Role::candidate ? values.candidate : values.production;
    if (!value) continue;
    const auto of_margins = slopes_of(metric, sums[index_of(role)], klass);
    if (!of_margins) {
      value.reset();
      continue;
    }
    for (std::size_t at = 0; at < slopes.size(); ++at) {
      const Cell& cell = cells.cells[at];
      const std::size_t decided = cell.decision(role);
      const double slope = (*of_margins)[cell.label] + (*of_margins)[cells.classes + decided] +
                           (decided == cell.label ? (*of_margins)[2 * cells.classes + decided] : 0.0);
      (role == Role::candidate ? slopes[at].candidate : slopes[at].production) = slope;
    }
  }
  return linearise_cells(cells, slopes, values);
}

/// Rows that the value rests on; a metric that does not say rests on all.
double rests_on(const LabelMetric& metric, const ClassSums& sums, std::uint32_t klass) {
  const double rows = metric.units != nullptr ? metric.units(sums, klass)
                                              : std::accumulate(sums.support.begin(), sums.support.end(), 0.0);
  return rows > 0.0 ? rows : 0.0;
}

/// The rows that the value rests on, shrunk to Kish's n, and gains and losses among them that give the difference seen.
stats::PairedShares effective_of(const LabelCase& label, double disagreeing) {
  const auto candidate = label.value(Role::candidate);
  const auto production = label.value(Role::production);
  const auto& known = label.linearised.candidate ? label.linearised.candidate : label.linearised.production;
  const double shrink = label.cells.linearised && known ? known->kish / known->weight : 1.0;
  const double rows = rests_on(label.metric, label.sums[0], label.klass) * shrink;
  const double n = label.cells.linearised ? rows : std::floor(rows);
  const double apart = std::min(disagreeing * shrink, n);
  const double moved = candidate && production ? std::clamp((*candidate - *production) * n, -apart, apart) : 0.0;
  return {n, (apart + moved) / 2.0, (apart - moved) / 2.0};
}

}  // namespace

LabelCase::LabelCase(ScopeCase& at, const LabelMetric& of, const GroupCells& here, std::uint32_t of_class)
    : scope(at),
      metric(of),
      cells(here),
      klass(of_class),
      sums{class_sums(here, weights_of(here), Role::candidate), class_sums(here, weights_of(here), Role::production)},
      linearised(linearise(here, of, of_class, sums)),
      bootstrap(resampling(here, of, of_class, at.plan.runtime.seed)) {
  double disagreeing = 0.0;
  for (const Cell& cell : cells.cells)
    if (cell.candidate != cell.production) disagreeing += cell.weight;
  discordant_units = units_where(cells, [&](const Cell& cell) { return cell.candidate != cell.production; });
  const auto asked = [&](const Cell& cell) {
    return metric.share == nullptr || cell.label == klass || cell.candidate == klass;
  };
  outvoted_units =
      std::min(units_where(cells, [&](const Cell& cell) { return asked(cell) && cell.candidate != cell.label; }),
               units_where(cells, [&](const Cell& cell) { return asked(cell) && cell.candidate == cell.label; }));
  effective = effective_of(*this, disagreeing);
}

bool LabelCase::by_influence() const {
  if (cells.linearised) return true;
  const auto counted = by_cell(cells, [](const Cell& cell) { return cell.count; });
  for (const Role role : both_roles) {
    if (!scope.usable(role)) continue;
    const ClassSums rows = class_sums(cells, counted, role);
    for (std::size_t k = 0; k < rows.support.size(); ++k) {
      const bool asked = metric.share != nullptr ? k == klass : rows.support[k] > 0.0 || rows.predicted[k] > 0.0;
      if (asked && (rows.support[k] < enough_rows || rows.predicted[k] < enough_rows)) return false;
    }
  }
  return linearised.candidate.has_value() && (!scope.production || linearised.difference.has_value());
}

std::size_t LabelCase::speaking_units() const {
  std::vector<double> units(cells.cells.size());
  std::ranges::transform(cells.cells, units.begin(), [](const Cell& cell) { return static_cast<double>(cell.count); });
  if (!cells.unit_cells.empty()) {
    std::ranges::fill(units, 0.0);
    for (const UnitCell& entry : cells.unit_cells) units[entry.cell] += 1.0;
  }
  return static_cast<std::size_t>(rests_on(metric, class_sums(cells, units, Role::candidate), klass));
}

std::optional<Tail> LabelCase::tail(double factor, double limit, ResampledTails& resampled) const {
  const bool relative = scope.relative();
  if (by_share()) {
    const stats::RateCount share = metric.share(sums[0], klass);
    const double share_limit = metric.share_of_value(limit);
    return share_limit >= 0.0 && share_limit <= 1.0
               ? tail_of(stats::rate_p_at_most(share, share_limit), stats::rate_p_at_least(share, share_limit))
               : std::nullopt;
  }
  const bool silent = relative && discordant_units == 0;  // a replicate differs from the next by production alone
  std::optional<Tail> own;
  if (!silent) own = by_influence() ? linearised_tail(linearised, factor, limit) : resampled.at(factor, limit);
  if (resampled.undefined) return std::nullopt;
  if (!(effective.n > 0.0)) return own;
  if (relative) {
    if (discordant_units >= few_speaking) return own;
    // candidate − k·production >= t says difference >= t + (k − 1)·production
    const double delta = inside_differences(limit + (factor - 1.0) * value(Role::production).value_or(0.0));
    return weaker(own, tail_of(stats::effective_tango_p_at_most(effective, delta),
                               stats::effective_tango_p_at_least(effective, delta)));
  }
  const auto share = few_outvoted();
  if (!share) return own;
  return weaker(
      own, tail_of(stats::effective_rate_p_at_most(*share, limit), stats::effective_rate_p_at_least(*share, limit)));
}

std::optional<stats::RateShare> LabelCase::few_outvoted() const {
  const auto seen = value(Role::candidate);
  if (!seen || !(*seen >= 0.0 && *seen <= 1.0) || !(effective.n > 0.0)) return std::nullopt;
  const bool extreme = *seen <= 0.0 || *seen >= 1.0;  // a spread of 0 says nothing, however many are outvoted
  if (outvoted_units >= few_speaking && !extreme) return std::nullopt;
  return stats::RateShare{*seen, effective.n};
}

std::optional<Interval> LabelCase::side_interval(Role role, double alpha) {
  if (metric.share != nullptr && !cells.linearised) {
    const auto share = stats::wilson_interval(metric.share(sums[index_of(role)], klass), alpha);
    if (!share) return std::nullopt;
    return Interval{metric.value_of_share(share->low), metric.value_of_share(share->high)};
  }
  std::optional<Interval> own;
  if (!by_influence())
    own = role == Role::candidate ? bootstrap.interval(0.0, alpha) : bootstrap.production_interval(alpha);
  else if (const auto& side = role == Role::candidate ? linearised.candidate : linearised.production)
    own = stats::mean_interval(*side, alpha);
  const auto share = role == Role::candidate ? few_outvoted() : std::nullopt;
  return share ? wider(own, stats::effective_wilson_interval(*share, alpha)) : own;
}

std::optional<Interval> LabelCase::difference_interval(double alpha) {
  std::optional<Interval> own;
  if (!by_influence())
    own = bootstrap.interval(1.0, alpha);
  else if (linearised.difference)
    own = stats::mean_interval(*linearised.difference, alpha);
  if (discordant_units >= few_speaking || !(effective.n > 0.0)) return own;
  return wider(own, stats::effective_tango_interval(effective, alpha));
}

}  // namespace modelgate
