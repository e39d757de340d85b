// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/every_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/judge.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// What is compared: the difference to production, or the value itself, turned so that more is worse.
std::optional<double> badness(const CheckResult& result, Direction direction) {
  const Estimate& judged = is_relative(result.planned.limit) ? result.difference : result.candidate;
  if (!judged.value) return std::nullopt;
  if (result.planned.metric == "mean_bias") return std::abs(*judged.value);  // both sides are bad
  return direction == Direction::higher_is_better ? -*judged.value : *judged.value;
}

}  // namespace

bool EveryGroup::worse(const CheckResult& judged) const {
  const auto here = badness(judged, direction_);
  const auto known = badness(attribute_.result, direction_);
  return here && (!known || *here > *known);
}

void EveryGroup::take_listed(std::size_t group, CheckResult judged, std::size_t n) {
  const std::string name = attribute_.grouping.name(group);
  GroupRate shown;
  shown.group = name;
  shown.rate = attribute_.planned.metric;
  shown.n = n;
  shown.candidate = judged.candidate;
  shown.production = judged.production;
  shown.assessable = n >= std::max<std::size_t>(attribute_.planned.min_group_size, 1);
  shown.declared = attribute_.roster.declared[group];
  if (!shown.assessable && shown.declared)
    attribute_.small.push_back(fmt::format("{} ({}: {})", name, attribute_.planned.metric, n));
  for (Part& part : judged.parts) part.label = name;
  judged.rows = n;
  if (judged.outcome == Outcome::error || (shown.assessable && shown.declared)) take(name, judged);
  attribute_.result.groups.push_back(std::move(shown));
}

void EveryGroup::take(const std::string& group, const CheckResult& judged) {
  CheckResult& result = attribute_.result;
  if (!std::exchange(any_, true) || worse(judged)) {
    result.candidate = judged.candidate;
    result.production = judged.production;
    result.difference = judged.difference;
    result.margin = judged.margin;
    result.shown = judged.parts.empty() ? std::string{} : group;
    worst_ = group;
    worst_rows_ = judged.rows;
  }
  if (!judged.method.empty()) result.method = judged.method + ", every group";
  if (judged.outcome == Outcome::error) return fail_with(result, {ErrorKind::data, judged.reason, judged.detail});
  if (judged.outcome == Outcome::not_assessable || judged.parts.empty()) {  // nothing judged is never a pass
    const std::string_view why =
        judged.detail.empty() ? "its value cannot be judged." : std::string_view{judged.detail};
    thin_ += fmt::format("{}{}: {}", thin_.empty() ? "" : " ", group, why);
    thin_reason_ = judged.outcome == Outcome::not_assessable ? judged.reason : Reason::undefined;
  }
  result.parts.insert(result.parts.end(), judged.parts.begin(), judged.parts.end());
}

void EveryGroup::finish() {
  CheckResult& result = attribute_.result;
  if (result.outcome == Outcome::error) return;
  const bool relative = is_relative(attribute_.planned.limit);
  if (!attribute_.candidate || (relative && !attribute_.production)) return;
  if (any_ && !worst_.empty() && result.parts.size() > 1)
    add_detail(result, fmt::format("{} is worst off of {} groups, over {} {}.", worst_, result.parts.size(),
                                   count_text(worst_rows_), rows_));
  name_missing_groups(attribute_);
  if (result.outcome == Outcome::not_assessable) return add_detail(result, thin_);
  if (!thin_.empty()) return not_assessable(result, thin_reason_, thin_);
  if (result.parts.empty())
    not_assessable(result, Reason::undefined, "No group of the attribute has enough rows to be judged.");
}

}  // namespace modelgate
