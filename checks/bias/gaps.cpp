// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/gaps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "checks/judge.hpp"
#include "gate/stats/two_rates.hpp"

namespace modelgate {
namespace {

/// Two groups' rates, turned so that a difference is >= 0 and a ratio <= 1.
struct TurnedPair {
  const CountedGroup* first = nullptr;
  const CountedGroup* second = nullptr;
  stats::RateCount a;
  stats::RateCount b;
};

TurnedPair turned(const CountedGroup& x, const CountedGroup& y, Role role, GapKind gap) {
  const bool x_larger = x.rate(role).rate() >= y.rate(role).rate();
  const bool x_first = gap == GapKind::difference ? x_larger : !x_larger;
  const CountedGroup& first = x_first ? x : y;
  const CountedGroup& second = x_first ? y : x;
  return {&first, &second, first.rate(role), second.rate(role)};
}

/// The gap itself; nothing for a ratio to a group that is never selected.
std::optional<double> value_of(const TurnedPair& pair, GapKind gap) {
  if (gap == GapKind::difference) return pair.a.rate() - pair.b.rate();
  if (pair.b.events == 0) return std::nullopt;
  return pair.a.rate() / pair.b.rate();
}

struct PairTails {
  std::optional<double> speaks_against;  ///< p of "the limit holds"
  std::optional<double> proves;          ///< p of "the gap is at least the limit", towards the side seen
  std::optional<double> proves_other;    ///< the same towards the other side
};

PairTails tails_of(const TurnedPair& pair, GapKind gap, double limit) {
  if (gap == GapKind::difference)
    return {stats::newcombe_p_at_most(pair.a, pair.b, limit), stats::newcombe_p_at_least(pair.a, pair.b, limit),
            stats::newcombe_p_at_most(pair.a, pair.b, -limit)};
  if (!(limit > 0.0)) return {1.0, 0.0, 0.0};  // no ratio lies below 0
  return {stats::koopman_p_at_least(pair.a, pair.b, limit), stats::koopman_p_at_most(pair.a, pair.b, limit),
          stats::koopman_p_at_least(pair.a, pair.b, 1.0 / limit)};
}

std::optional<Part> part_of(const AttributeCase& attribute, const TurnedPair& pair, GapKind gap, double value,
                            std::string label) {
  const Requirement need = requirement_of(attribute.planned, Direction::lower_is_better);
  const double alpha = alpha_of(attribute.planned);
  Part part;
  part.label = std::move(label);
  part.hard_margin_excluded = need.met_by(value);
  if (attribute.fixed()) {
    part.passes = need.met_by(value);
    part.p_fail = part.passes ? 1.0 : 0.0;
    return part;
  }
  const PairTails tails = tails_of(pair, gap, need.limit);
  if (!tails.speaks_against || !tails.proves || !tails.proves_other) return std::nullopt;
  part.passes = *tails.proves < alpha && *tails.proves_other < alpha;
  part.p_fail = *tails.speaks_against;
  return part;
}

std::optional<Interval> interval_of(const TurnedPair& pair, GapKind gap, double alpha) {
  return gap == GapKind::difference ? stats::newcombe_interval(pair.a, pair.b, alpha)
                                    : stats::koopman_interval(pair.a, pair.b, alpha);
}

bool worse(double value, const std::optional<double>& than, GapKind gap) {
  return !than || (gap == GapKind::difference ? value > *than : value < *than);
}

/// The largest difference (smallest ratio) of one model over the assessable groups.
std::optional<double> extreme_gap(const std::vector<CountedGroup>& groups, Role role, GapKind gap) {
  std::optional<double> extreme;
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (std::size_t j = i + 1; j < groups.size(); ++j) {
      if (!groups[i].assessable || !groups[j].assessable) continue;
      const auto value = value_of(turned(groups[i], groups[j], role, gap), gap);
      if (value && worse(*value, extreme, gap)) extreme = value;
    }
  return extreme;
}

/// fairlearn's value over all groups, small ones too, where a rate without rows counts as 0.
std::optional<double> value_all_groups(const std::vector<CountedGroup>& groups, GapKind gap) {
  double low = 1.0;
  double high = 0.0;
  for (const CountedGroup& group : groups) {
    const double rate = group.counts.n() == 0 ? 0.0 : group.rate(Role::candidate).rate();
    low = std::min(low, rate);
    high = std::max(high, rate);
  }
  if (groups.empty() || (gap == GapKind::ratio && !(high > 0.0))) return std::nullopt;
  return gap == GapKind::difference ? high - low : low / high;
}

class GapJudge {
 public:
  GapJudge(AttributeCase& attribute, GapKind gap) : attribute_(attribute), gap_(gap) {}

  void judge_rate(const GroupRateKind& kind) {
    const std::vector<CountedGroup> groups = count_groups(attribute_, kind);
    if (attribute_.production) {
      if (const auto value = extreme_gap(groups, Role::production, gap_); value && worse(*value, production_, gap_))
        production_ = value;
    }
    if (!attribute_.candidate) return;
    if (const auto value = value_all_groups(groups, gap_); value && worse(*value, all_groups_, gap_))
      all_groups_ = value;
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t j = i + 1; j < groups.size(); ++j)
        if (groups[i].assessable && groups[j].assessable) judge_pair(groups[i], groups[j], kind);
  }

  void finish() {
    CheckResult& result = attribute_.result;
    if (production_) result.production.value = production_;
    if (!attribute_.candidate) return;
    result.value_all_groups = all_groups_;
    result.margin = attribute_.planned.limit.value;
    if (result.candidate.value && production_) result.difference.value = *result.candidate.value - *production_;
    if (attribute_.grouping.size() < 2)
      return not_assessable(result, Reason::undefined,
                            "The attribute has one group only, so there is nothing to compare.");
    name_small_groups(attribute_);
    if (result.outcome == Outcome::not_assessable) return;
    if (unanswered_ > 0)
      not_assessable(result, Reason::too_few_events,
                     fmt::format("{} pairs of groups have no selected row to form a ratio with.", unanswered_));
  }

 private:
  void judge_pair(const CountedGroup& x, const CountedGroup& y, const GroupRateKind& kind) {
    const TurnedPair pair = turned(x, y, Role::candidate, gap_);
    const auto value = value_of(pair, gap_);
    auto part = value ? part_of(attribute_, pair, gap_, *value,
                                fmt::format("{} vs {}, {}", pair.first->name, pair.second->name, kind.name))
                      : std::nullopt;
    if (!part) {
      ++unanswered_;
      return;
    }
    const Estimate gap = estimate_of(*value, interval_of(pair, gap_, alpha_of(attribute_.planned)), attribute_.fixed());
    CheckResult& result = attribute_.result;
    if (worse(*value, result.candidate.value, gap_)) {
      result.candidate = gap;
      result.shown = part->label;
    }
    result.pairs.push_back(
        {pair.first->name, pair.second->name, std::string(kind.name), pair.a.n, pair.b.n, gap, part->p_fail});
    result.parts.push_back(std::move(*part));
  }

  AttributeCase& attribute_;
  GapKind gap_;
  std::optional<double> production_;
  std::optional<double> all_groups_;
  std::size_t unanswered_ = 0;
};

}  // namespace

std::vector<CheckResult> judge_gaps(const PlannedCheck& planned, const Evidence& evidence,
                                    std::span<const GroupRateKind> kinds, GapKind gap) {
  return judge_attribute(planned, evidence, [&](AttributeCase& attribute) {
    attribute.result.method =
        gap == GapKind::difference ? "Newcombe score, every pair of groups" : "Koopman score, every pair of groups";
    GapJudge judge(attribute, gap);
    for (const GroupRateKind& kind : kinds) judge.judge_rate(kind);
    judge.finish();
  });
}

}  // namespace modelgate
