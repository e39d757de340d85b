// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <variant>

#include "checks/bias/bias_checks.hpp"
#include "checks/bias/every_group.hpp"
#include "checks/explain.hpp"
#include "checks/influence.hpp"
#include "checks/judge.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "Each group's mean residual, prediction − label: whether a group is systematically given too much "
        "or too little.",
    .why_it_blocks =
        "Errors that cancel over all rows can hide that one group is always overcharged and another "
        "undercharged.",
    .statistic_and_source = "The linearised t of the mean residual (HC1; sums over clusters), towards both sides.",
    .parameters_and_defaults =
        "`max`: the largest mean residual allowed, up or down, in the label's own unit. `attributes`: columns or "
        "crossings \"a & b\" with the groups. `min_group_size` (20): rows of each group. `small_groups: report`: "
        "smaller ones are only listed. `confidence` (95%, one-sided).",
    .passes_when = "In every group the whole interval lies between −max and max, and every group is large enough.",
    .fails_when =
        "Some group's p-value of \"the mean residual is within the limit\" is small enough after Holm's "
        "correction over the gate file.",
    .cannot_decide_when =
        "A group is below `min_group_size`, or all of its residuals are the same: not assessable and "
        "named. Few rows of a group: inconclusive.",
    .example = "checks:\n  bias:\n    - {metric: mean_bias, attributes: [region], max: 10}",
};

double residual(const ScoreTable& table, Role role, std::size_t row) {
  return std::visit([&](const auto& scores) { return static_cast<double>(scores[row]); }, table.model(role).scores) -
         table.rows.label_value[row];
}

/// Mean residuals of every group under both models.
Result<std::vector<stats::PairedEstimate>> mean_residuals(AttributeCase& attribute) {
  const ScoreTable& table = attribute.cache.table();
  if (table.rows.label_value.size() != table.rows.rows)
    return data_error("The golden rows carry no labels of the kind this metric needs.");
  for (const Role role : both_roles) {
    const auto rows = std::visit([](const auto& scores) { return scores.size(); }, table.model(role).scores);
    if (attribute.usable(role) && rows != table.rows.rows)
      return model_error(Reason::wrong_shape,
                         fmt::format("The {} model gives no value for every row.", to_string(role)));
  }
  const SumsOfRows mean{.sums = 2,
                        .terms =
                            [&](std::size_t row, Role role, std::span<double> out) {
                              out[0] = residual(table, role, row);
                              out[1] = 1.0;
                            },
                        .metric = [](std::span<const double> sums) -> std::optional<double> {
                          return sums[1] > 0.0 ? std::optional{sums[0] / sums[1]} : std::nullopt;
                        },
                        .scales = [](std::span<const double> sums,
                                     std::span<double> scales) { scales[0] = std::max(std::abs(sums[0]), sums[1]); }};
  return linearise_sums(attribute.cache, attribute.planned.attribute, mean);
}

/// Towards both sides: as far as the value lies from 0.
std::optional<Part> part_of(const AttributeCase& attribute, const stats::MeanEstimate& mean) {
  const double limit = attribute.planned.limit.value;
  Part part;
  part.hard_margin_excluded = std::abs(mean.mean) <= limit;
  if (attribute.fixed()) {
    part.passes = part.hard_margin_excluded;
    part.p_fail = part.passes ? 1.0 : 0.0;
    return part;
  }
  const auto above = stats::mean_p_at_most(mean, limit);    // small: the mean is above the limit
  const auto below = stats::mean_p_at_least(mean, -limit);  // small: it is below minus the limit
  if (!above || !below) return std::nullopt;
  const double alpha = alpha_of(attribute.planned);
  part.passes = 1.0 - *above < alpha && 1.0 - *below < alpha;
  part.p_fail = mean.mean >= 0.0 ? *above : *below;
  return part;
}

CheckResult judge_group(const AttributeCase& attribute, std::size_t group, const stats::PairedEstimate& estimate) {
  CheckResult result;
  result.planned = attribute.planned;
  result.outcome = Outcome::inconclusive;
  result.rows = attribute.grouping.rows[group];
  fill_linearised(result, estimate, attribute.cache.weighing(), alpha_of(attribute.planned), attribute.fixed());
  result.difference = {};
  result.margin = attribute.planned.limit.value;
  result.method = "linearised t";
  if (!attribute.candidate) return result;
  const auto& mean = estimate.candidate;
  if (!mean) {
    not_assessable(result, Reason::undefined, "The mean residual has no value.");
    return result;
  }
  if (!attribute.fixed() && refuse_few_units(result, mean->units, mean->kish, attribute.cache.weighing()))
    return result;
  if (auto part = part_of(attribute, *mean)) {
    part->label = attribute.grouping.name(group);
    result.parts = {*std::move(part)};
  } else {
    not_assessable(result, Reason::zero_variance, "Every row has the same residual.");
  }
  return result;
}

std::vector<CheckResult> judge_mean_bias(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_attribute(planned, evidence, [](AttributeCase& attribute) {
    const auto estimates = mean_residuals(attribute);
    if (!estimates) return fail_with(attribute.result, estimates.error());
    EveryGroup every(attribute, Direction::lower_is_better, "rows");
    for (std::size_t group = 0; group < attribute.grouping.size(); ++group) {
      const CheckResult judged = judge_group(attribute, group, (*estimates)[group]);
      every.take_listed(group, judged, judged.rows);
    }
    every.finish();
  });
}

}  // namespace

RegisteredCheck group_mean_bias_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec;
  spec.family = Family::bias;
  spec.metric = "mean_bias";
  spec.tasks = flags(Task::regression);
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::plain;
  spec.limits = flags(LimitWord::max);
  spec.scope = flags(ScopeKey::attributes, ScopeKey::min_group_size);
  spec.percent_margin = false;
  spec.honours_weight = true;
  spec.honours_cluster = true;
  spec.highest = std::numeric_limits<double>::max();
  spec.summary = "No group is systematically predicted too high or too low.";
  spec.explain = text;
  return {spec, judge_mean_bias, nullptr};
}

}  // namespace modelgate
