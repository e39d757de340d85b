// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/gaps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "checks/bias/shared_units.hpp"
#include "checks/judge.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// One judged pair, small: a thousand groups have half a million of them.
struct Judged {
  std::uint32_t rate = 0;
  std::uint16_t first = 0;  ///< index into the groups of the rate
  std::uint16_t second = 0;
  PairVerdict verdict;
  bool good = false;  ///< the value itself is within the limit
};

bool worse(double value, const std::optional<double>& than, GapKind gap) {
  return !than || (gap == GapKind::difference ? value > *than : value < *than);
}

/// fairlearn's value over all groups, small ones too, where a rate without rows counts as 0.
std::optional<double> value_all_groups(const std::vector<CountedGroup>& groups, GapKind gap) {
  double low = 1.0;
  double high = 0.0;
  for (const CountedGroup& group : groups) {
    const GroupSide& side = group.side(Role::candidate);
    const double rate = side.defined() ? side.rate() : 0.0;
    low = std::min(low, rate);
    high = std::max(high, rate);
  }
  if (groups.empty() || (gap == GapKind::ratio && !(high > 0.0))) return std::nullopt;
  return gap == GapKind::difference ? high - low : low / high;
}

std::string_view method_of(bool linearised, GapKind gap) {
  if (linearised) return gap == GapKind::difference ? "linearised t" : "linearised t of the log ratio";
  return gap == GapKind::difference ? "Newcombe score" : "Koopman score";
}

class GapJudge {
 public:
  GapJudge(AttributeCase& attribute, std::span<const GroupRateKind> kinds, GapKind gap)
      : attribute_(attribute), kinds_(kinds), gap_(gap) {}

  Result<void> judge() {
    for (const GroupRateKind& kind : kinds_) {
      auto groups = count_groups(attribute_, kind);
      if (!groups) return std::unexpected(groups.error());
      groups_.push_back(*std::move(groups));
      shared_.emplace_back(attribute_, kind, groups_.back(), Role::candidate);
      judge_rate(static_cast<std::uint32_t>(groups_.size() - 1));
    }
    finish();
    return {};
  }

 private:
  void judge_rate(std::uint32_t rate) {
    const std::vector<CountedGroup>& groups = groups_[rate];
    if (attribute_.candidate)
      if (const auto value = value_all_groups(groups, gap_); value && worse(*value, all_groups_, gap_))
        all_groups_ = value;
    if (!attribute_.roster.trouble.empty()) return;
    const auto compared = [&](std::size_t i, std::size_t j) {
      return groups[i].judged && groups[j].judged && attribute_.roster.compares(groups[i].group, groups[j].group);
    };
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t j = i + 1; j < groups.size(); ++j) {
        if (!compared(i, j)) continue;
        if (attribute_.production) see_production(groups[i], groups[j]);
        if (attribute_.candidate) judge_pair(rate, i, j);
      }
  }

  void see_production(const CountedGroup& x, const CountedGroup& y) {
    const GroupSide& one = x.side(Role::production);
    const GroupSide& other = y.side(Role::production);
    if (!one.defined() || !other.defined()) return;
    const auto value = gap_of(turned(one, other, gap_), gap_);
    if (value && worse(*value, production_, gap_)) production_ = value;
  }

  void judge_pair(std::uint32_t rate, std::size_t i, std::size_t j) {
    const PairOfRates pair = rates(rate, i, j);
    const Requirement need = requirement_of(attribute_.planned, Direction::lower_is_better);
    std::optional<PairVerdict> verdict;
    if (!attribute_.fixed())
      verdict = test_pair(pair, gap_, need.limit, alpha_of(attribute_.planned));
    else if (const auto value = gap_of(pair, gap_))
      verdict = PairVerdict{*value, need.met_by(*value) ? 1.0 : 0.0, need.met_by(*value)};
    if (!verdict) {
      if (unanswered_++ == 0)
        first_unanswered_ = fmt::format("{} and {}", groups_[rate][i].name, groups_[rate][j].name);
      return;
    }
    if (pair.swapped) std::swap(i, j);
    judged_.push_back(
        {rate, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(j), *verdict, need.met_by(verdict->value)});
  }

  void finish() {
    CheckResult& result = attribute_.result;
    if (production_) result.production.value = production_;
    if (!attribute_.candidate) return;
    result.value_all_groups = all_groups_;
    result.margin = attribute_.planned.limit.value;
    if (!judged_.empty()) show_worst();
    list_pairs();
    if (result.candidate.value && production_) result.difference.value = *result.candidate.value - *production_;
    refuse();
  }

  void show_worst() {
    const auto larger_gap = [&](const Judged& a, const Judged& b) {
      return worse(a.verdict.value, b.verdict.value, gap_);
    };
    const Judged& worst = *std::ranges::min_element(judged_, larger_gap);
    CheckResult& result = attribute_.result;
    result.candidate = estimate(worst);
    result.shown = label(worst);
    const Judged& clearest =
        *std::ranges::min_element(judged_, {}, [](const Judged& pair) { return pair.verdict.p_fail; });
    const bool proven = clearest.verdict.p_fail < alpha_of(attribute_.planned);
    add_detail(result, sentence(proven ? clearest : worst));
    if (proven && label(clearest) != result.shown) add_detail(result, gap_sentence(clearest));
    if (all_groups_ && std::abs(*all_groups_ - worst.verdict.value) > 1e-9)
      add_detail(result,
                 fmt::format("Over all groups, also those that are not judged: {}.", fixed_text(*all_groups_, 4)));
  }

  /// The gap of a pair that speaks more clearly than the largest one, which may rest on few rows.
  std::string gap_sentence(const Judged& pair) const {
    const Estimate gap = estimate(pair);
    const std::string value = fixed_text(pair.verdict.value, 4);
    const std::string_view name = gap_ == GapKind::difference ? "difference" : "ratio";
    if (!gap.interval) return fmt::format("That {} is {}.", name, value);
    return fmt::format("That {} is {}, interval [{}, {}].", name, value, fixed_text(gap.interval->low, 4),
                       fixed_text(gap.interval->high, 4));
  }

  /// Worst first: what speaks against the limit, by its p-value. Where not all can be listed, one pair that does not
  /// pass and one beyond the limit are kept, so that the listed ones alone tell the outcome.
  void list_pairs() {
    const auto by_p = [](const Judged& a, const Judged& b) { return a.verdict.p_fail < b.verdict.p_fail; };
    std::ranges::stable_sort(judged_, by_p);
    if (judged_.size() > most_pairs) {
      const auto rest = judged_.begin() + static_cast<std::ptrdiff_t>(most_pairs);
      keep_one(rest, most_pairs - 1, [](const Judged& pair) { return !pair.verdict.passes; });
      keep_one(rest, most_pairs - 2, [](const Judged& pair) { return !pair.good; });
      attribute_.result.pairs_left_out = judged_.size() - most_pairs;
      judged_.erase(rest, judged_.end());
    }
    for (const Judged& pair : judged_) list(pair);
  }

  template <class Iterator, class Wanted>
  void keep_one(Iterator rest, std::size_t place, Wanted wanted) {
    if (std::any_of(judged_.begin(), rest, wanted)) return;
    if (const auto found = std::find_if(rest, judged_.end(), wanted); found != judged_.end())
      std::swap(judged_[place], *found);
  }

  void list(const Judged& pair) {
    const CountedGroup& first = groups_[pair.rate][pair.first];
    const CountedGroup& second = groups_[pair.rate][pair.second];
    attribute_.result.pairs.push_back({first.name, second.name, std::string(kinds_[pair.rate].name),
                                       first.side(Role::candidate).count.n, second.side(Role::candidate).count.n,
                                       estimate(pair), pair.verdict.p_fail});
    Part part;
    part.label = label(pair);
    part.passes = pair.verdict.passes;
    part.p_fail = pair.verdict.p_fail;
    part.hard_margin_excluded = pair.good;
    attribute_.result.parts.push_back(std::move(part));
  }

  void refuse() {
    CheckResult& result = attribute_.result;
    name_missing_groups(attribute_);
    if (result.outcome == Outcome::not_assessable) return;
    if (unanswered_ > 0) {
      std::string known = std::exchange(result.detail, {});
      not_assessable(result, Reason::too_few_events,
                     fmt::format("{} {} without a yes in either group, so there is no ratio; first {}.", unanswered_,
                                 unanswered_ == 1 ? "pair is" : "pairs are", first_unanswered_));
      add_detail(result, known);
    } else if (result.parts.empty()) {
      not_assessable(result, Reason::undefined, "A gap needs two groups that can be judged; " + judged_groups() + ".");
    }
  }

  std::string judged_groups() const {
    const auto judged = std::ranges::count_if(groups_.front(), &CountedGroup::judged);
    return groups_.front().size() == 1 ? "the attribute has one group only"
                                       : fmt::format("{} of {} can", judged, groups_.front().size());
  }

  PairOfRates rates(std::uint32_t rate, std::size_t i, std::size_t j) const {
    const CountedGroup& one = groups_[rate][i];
    const CountedGroup& other = groups_[rate][j];
    return turned(one.side(Role::candidate), other.side(Role::candidate), gap_,
                  shared_[rate].covariance(one.group, other.group));
  }

  Estimate estimate(const Judged& pair) const {
    const PairOfRates turned_pair = rates(pair.rate, pair.first, pair.second);
    return estimate_of(pair.verdict.value, interval_of(turned_pair, gap_, alpha_of(attribute_.planned)),
                       attribute_.fixed());
  }

  std::string label(const Judged& pair) const {
    const std::vector<CountedGroup>& groups = groups_[pair.rate];
    return fmt::format("{} vs {}, {}", groups[pair.first].name, groups[pair.second].name, kinds_[pair.rate].name);
  }

  /// Who is worse off, with both rates and denominators.
  std::string sentence(const Judged& pair) const {
    const GroupRateKind& kind = kinds_[pair.rate];
    const CountedGroup* low = &groups_[pair.rate][pair.first];
    const CountedGroup* high = &groups_[pair.rate][pair.second];
    if (low->side(Role::candidate).rate() > high->side(Role::candidate).rate()) std::swap(low, high);
    const auto side = [&](const CountedGroup& group) {
      const GroupSide& of = group.side(Role::candidate);
      if (of.mean)  // weighted or of clusters: a count of rows would be another share
        return fmt::format("{} (of {} {})", fixed_text(of.rate(), 4), count_text(of.count.n), kind.rows);
      return fmt::format("{} ({} of {} {})", fixed_text(of.rate(), 4), count_text(of.count.events),
                         count_text(of.count.n), kind.rows);
    };
    if (!(low->side(Role::candidate).rate() < high->side(Role::candidate).rate()))
      return fmt::format("{} and {} have the same {}: {}.", low->name, high->name, kind.name, side(*low));
    const bool higher_is_better = kind.direction == Direction::higher_is_better;
    const CountedGroup& harmed = higher_is_better ? *low : *high;
    const CountedGroup& other = higher_is_better ? *high : *low;
    return fmt::format("{} has the {} {}: {} against {} of {}.", harmed.name, higher_is_better ? "lower" : "higher",
                       kind.name, side(harmed), side(other), other.name);
  }

  AttributeCase& attribute_;
  std::span<const GroupRateKind> kinds_;
  GapKind gap_;
  std::vector<std::vector<CountedGroup>> groups_;  ///< by rate
  std::vector<SharedUnits> shared_;                ///< by rate
  std::vector<Judged> judged_;
  std::optional<double> production_;
  std::optional<double> all_groups_;
  std::size_t unanswered_ = 0;
  std::string first_unanswered_;
};

}  // namespace

std::vector<CheckResult> judge_gaps(const PlannedCheck& planned, const Evidence& evidence,
                                    std::span<const GroupRateKind> kinds, GapKind gap) {
  return judge_attribute(planned, evidence, [&](AttributeCase& attribute) {
    attribute.result.method =
        fmt::format("{}, {}", method_of(attribute.cache.weighing().linearised(), gap),
                    planned.reference_group.empty() ? "every pair of groups" : "every group to the reference");
    if (const Result<void> judged = GapJudge(attribute, kinds, gap).judge(); !judged)
      fail_with(attribute.result, judged.error());
  });
}

}  // namespace modelgate
