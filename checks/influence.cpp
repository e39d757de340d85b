// SPDX-License-Identifier: Apache-2.0
#include "checks/influence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/unit_sums.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// The sums of one group and one model, and what a unit of each sum moves the metric by.
struct GroupSums {
  std::vector<stats::CompensatedSum> sums;
  std::optional<double> value;
  std::vector<double> slopes;
};

void differentiate(GroupSums& group, const SumsOfRows& of) {
  std::vector<double> sums(group.sums.size());
  std::ranges::transform(group.sums, sums.begin(), &stats::CompensatedSum::value);
  std::vector<double> scales(sums.size());
  std::ranges::transform(sums, scales.begin(), [](double sum) { return std::abs(sum); });
  if (of.scales) of.scales(sums, scales);
  group.value = of.metric(sums);
  if (!group.value) return;
  std::optional<std::vector<double>> slopes = stats::gradient(of.metric, sums, scales);
  if (slopes)
    group.slopes = *std::move(slopes);
  else
    group.value.reset();  // on the rim of its domain a metric has no influence function
}

}  // namespace

std::vector<stats::PairedEstimate> linearise_rows(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                  std::span<const GroupValues> values, const RowInfluence& influence) {
  const Grouping& grouping = *cache.grouping(scope);
  const Weighing& weighing = cache.weighing();
  const std::size_t rows = cache.table().rows.rows;
  UnitSums sums(cache.group_units(scope), grouping.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t group = grouping.code(row);
    if (group < grouping.size())
      sums.add(row, group, influence(row, group), weighing.weight(row), weighing.copies_of(row));
  }
  const std::vector<stats::InfluenceSums> groups = std::move(sums).take();
  std::vector<stats::PairedEstimate> estimates;
  estimates.reserve(groups.size());
  for (std::size_t group = 0; group < groups.size(); ++group)
    estimates.push_back(groups[group].estimate(values[group].candidate, values[group].production));
  return estimates;
}

std::vector<stats::PairedEstimate> linearise_sums(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                  const SumsOfRows& of) {
  const Grouping& grouping = *cache.grouping(scope);
  const Weighing& weighing = cache.weighing();
  std::vector<std::array<GroupSums, 2>> groups(grouping.size());
  std::vector<double> terms(of.sums);
  const std::size_t rows = cache.table().rows.rows;
  for (const Role role : both_roles) {
    if (cache.trouble(role) != nullptr) continue;
    for (auto& group : groups) group[index_of(role)].sums.resize(of.sums);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t group = grouping.code(row);
      if (group >= groups.size()) continue;
      of.terms(row, role, terms);
      for (std::size_t j = 0; j < of.sums; ++j)
        groups[group][index_of(role)].sums[j].add(weighing.weight(row) * terms[j]);
    }
    for (auto& group : groups) differentiate(group[index_of(role)], of);
  }
  std::vector<GroupValues> values;
  values.reserve(groups.size());
  for (const auto& group : groups) values.push_back({group[0].value, group[1].value});
  return linearise_rows(cache, scope, values, [&](std::size_t row, std::size_t group) {
    std::array<double, 2> influence{};
    for (const Role role : both_roles) {
      const GroupSums& side = groups[group][index_of(role)];
      if (side.slopes.empty()) continue;
      of.terms(row, role, terms);
      double sum = 0.0;
      for (std::size_t j = 0; j < of.sums; ++j) sum += side.slopes[j] * terms[j];
      influence[index_of(role)] = weighing.weight(row) * sum;
    }
    return influence;
  });
}

std::optional<Tail> linearised_tail(const stats::PairedEstimate& estimate, double factor, double limit) {
  const std::optional<stats::MeanEstimate> contrast = estimate.contrast(factor);
  if (!contrast || contrast->zero_variance()) return std::nullopt;
  return tail_of(stats::mean_p_at_most(*contrast, limit), stats::mean_p_at_least(*contrast, limit));
}

void fill_linearised(CheckResult& result, const stats::PairedEstimate& estimate, const Weighing& weighing, double alpha,
                     bool fixed) {
  const auto side = [&](const std::optional<stats::MeanEstimate>& mean) {
    return mean ? estimate_of(mean->mean, stats::mean_interval(*mean, alpha), fixed) : Estimate{};
  };
  result.candidate = side(estimate.candidate);
  result.production = side(estimate.production);
  result.difference = side(estimate.difference);
  fill_units(result, estimate, weighing);
}

void fill_units(CheckResult& result, const stats::PairedEstimate& estimate, const Weighing& weighing) {
  const std::optional<stats::MeanEstimate>& known = estimate.candidate ? estimate.candidate : estimate.production;
  if (!known) return;
  result.units = known->units;
  if (weighing.sampled) result.kish = known->kish;
}

bool says_enough(double kish) { return kish >= min_effective_units; }

bool refuse_few_units(CheckResult& result, std::size_t units, double kish, const Weighing& weighing) {
  if (units >= min_units && says_enough(kish)) return false;
  if (std::isnan(kish)) {
    not_assessable(result, Reason::undefined, "The weights are too large to be summed; divide all by one number.");
    return true;
  }
  if (units >= min_units) {
    not_assessable(
        result, Reason::too_few_rows,
        fmt::format("A few {0} carry most of the weight: {1} {0} say as much as {2:.1f} here; at least {3:.0f} are "
                    "needed.",
                    weighing.units.empty() ? "rows" : "units", count_text(units), kish, min_effective_units));
    return true;
  }
  not_assessable(
      result, Reason::too_few_rows,
      fmt::format("{} rows need at least {} {} here; there are {}.", weighing.units.empty() ? "Weighted" : "Clustered",
                  min_units, weighing.units.empty() ? "of them" : "units", count_text(units)));
  return true;
}

}  // namespace modelgate
