// SPDX-License-Identifier: Apache-2.0
#include "checks/judge.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gate/stats/power.hpp"

namespace modelgate {
namespace {

bool passes(const Requirement& need, const std::optional<Tail>& tail, double alpha) {
  return tail && !tail->on_the_line && (need.at_least ? tail->at_most : tail->at_least) < alpha;
}

double contrast(const Measured& measured, const Requirement& need) {
  return need.factor == 0.0 ? measured.candidate : measured.candidate - need.factor * measured.production;
}

/// No sampling error: the side of the value is the answer.
Part fixed_part(const PlannedCheck& planned, const Measured& measured, const Requirement& need) {
  Part part;
  part.label = measured.label;
  const double value = contrast(measured, need);
  part.passes = need.met_by(value);
  part.p_fail = part.passes || std::isnan(value) ? 1.0 : 0.0;
  const std::optional<Requirement> hard = hard_requirement_of(planned, measured.direction);
  part.hard_margin_excluded = hard ? hard->met_by(contrast(measured, *hard)) : part.passes;
  return part;
}

}  // namespace

double alpha_of(const PlannedCheck& planned) { return 1.0 - planned.confidence; }

std::optional<Tail> tail_of(std::optional<double> at_most, std::optional<double> at_least) {
  if (!at_most || !at_least) return std::nullopt;
  return Tail{*at_most, *at_least, false};
}

std::optional<Tail> weaker(const std::optional<Tail>& one, const std::optional<Tail>& other) {
  if (!one || !other) return one ? one : other;
  return Tail{std::max(one->at_most, other->at_most), std::max(one->at_least, other->at_least),
              one->on_the_line || other->on_the_line};
}

std::optional<Interval> wider(const std::optional<Interval>& one, const std::optional<Interval>& other) {
  if (!one || !other) return one ? one : other;
  return Interval{std::min(one->low, other->low), std::max(one->high, other->high)};
}

double inside_differences(double limit) { return std::clamp(limit, -1.0 + 1e-9, 1.0 - 1e-9); }

Estimate estimate_of(double value, std::optional<Interval> interval, bool fixed) {
  if (!std::isfinite(value)) return {};
  return {value, fixed ? Interval{value, value} : interval};
}

std::optional<Part> judge_part(const PlannedCheck& planned, const Measured& measured, const TailOf& tails) {
  const Requirement need = requirement_of(planned, measured.direction);
  if (measured.fixed) return fixed_part(planned, measured, need);
  const std::optional<Tail> tail = tails(need.factor, need.limit);
  if (!tail) return std::nullopt;
  const double alpha = alpha_of(planned);
  Part part;
  part.label = measured.label;
  part.discordant = measured.discordant;
  part.on_the_line = tail->on_the_line;
  part.passes = passes(need, tail, alpha);
  part.p_fail = need.at_least ? tail->at_least : tail->at_most;
  if (!(part.p_fail >= 0.0 && part.p_fail <= 1.0)) part.p_fail = 1.0;  // NaN speaks for nothing
  if (const std::optional<Requirement> hard = hard_requirement_of(planned, measured.direction))
    part.hard_margin_excluded = part.passes || passes(*hard, tails(hard->factor, hard->limit), alpha);
  else
    part.hard_margin_excluded = need.met_by(contrast(measured, need));
  return part;
}

void not_assessable(CheckResult& result, Reason reason, std::string detail) {
  result.outcome = Outcome::not_assessable;
  result.reason = reason;
  result.detail = std::move(detail);
  result.rows_needed.reset();
}

void fail_with(CheckResult& result, const Error& error) {
  result.outcome = Outcome::error;
  result.reason = error.reason;
  result.detail = error.message;
  result.parts.clear();
}

std::optional<std::size_t> rows_needed(const CheckResult& result, const Measured& measured, std::size_t units,
                                       double std_error) {
  if (units == 0 || !(std_error > 0.0)) return std::nullopt;
  const PlannedCheck& planned = result.planned;
  const Requirement need = requirement_of(planned, measured.direction);
  const double alpha = alpha_of(planned);
  std::optional<std::size_t> wanted;
  if (planned.limit.word == LimitWord::max_regression)
    wanted = stats::rows_for_mean(std_error * std::sqrt(static_cast<double>(units)),
                                  resolved_margin(planned, measured.production), alpha);
  if (!wanted || *wanted <= units)
    wanted = stats::rows_to_decide(units, std_error, std::abs(contrast(measured, need) - need.limit), alpha);
  if (!wanted) return std::nullopt;
  const double scaled = static_cast<double>(result.rows) * static_cast<double>(*wanted) / static_cast<double>(units);
  if (!(scaled < 1e12)) return std::nullopt;
  return static_cast<std::size_t>(std::ceil(scaled));
}

}  // namespace modelgate
