// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/pair_test.hpp"

#include <algorithm>
#include <utility>

#include "gate/stats/two_means.hpp"
#include "gate/stats/two_rates.hpp"

namespace modelgate {
namespace {

/// p of "the difference is at most this" or "the ratio is at least this", whatever the method: accurate where it is
/// small, since pairs are ordered by it.
using PHolds = std::optional<double> (*)(const PairOfRates& pair, GapKind gap, double limit);

std::optional<double> score_p(stats::RateCount first, stats::RateCount second, GapKind gap, double limit) {
  return gap == GapKind::difference ? stats::newcombe_p_at_most(first, second, limit)
                                    : stats::koopman_p_at_least(first, second, limit);
}

std::optional<double> count_p(const PairOfRates& pair, GapKind gap, double limit) {
  return score_p(pair.first->count, pair.second->count, gap, limit);
}

std::optional<double> effective_p(const PairOfRates& pair, GapKind gap, double limit) {
  return score_p(pair.first->effective, pair.second->effective, gap, limit);
}

stats::TwoMeans means_of(const PairOfRates& pair) {
  return {pair.first->mean.value_or(stats::MeanEstimate{}), pair.second->mean.value_or(stats::MeanEstimate{}),
          pair.covariance};
}

std::optional<double> linearised_p(const PairOfRates& pair, GapKind gap, double limit) {
  return gap == GapKind::difference ? stats::difference_p_at_most(means_of(pair), limit)
                                    : stats::ratio_p_at_least(means_of(pair), limit);
}

/// The tails of each method add up to 1, so that one p of a side tells both.
/// Of a symmetric interval the side that is not seen lies further from its limit than the one that is.
std::optional<PairVerdict> verdict_of(PHolds p_of, const PairOfRates& pair, GapKind gap, double limit, double alpha,
                                      bool symmetric) {
  const auto holds = p_of(pair, gap, limit);
  if (!holds) return std::nullopt;
  PairVerdict verdict{.value = 0.0, .p_fail = *holds, .passes = false};
  if (!(1.0 - *holds < alpha)) return verdict;
  const bool difference = gap == GapKind::difference;
  if (symmetric && (difference ? limit >= 0.0 : limit <= 1.0)) {
    verdict.passes = true;
    return verdict;
  }
  const auto beyond = p_of(pair, gap, difference ? -limit : 1.0 / limit);
  verdict.passes = beyond && *beyond < alpha;
  return verdict;
}

bool thin(const PairOfRates& pair) { return pair.first->thin || pair.second->thin; }
bool by_means(const PairOfRates& pair) { return pair.first->mean && pair.second->mean; }

std::optional<PairVerdict> weaker(const std::optional<PairVerdict>& a, const std::optional<PairVerdict>& b) {
  if (!a || !b) return a ? a : b;
  return PairVerdict{.value = 0.0, .p_fail = std::max(a->p_fail, b->p_fail), .passes = a->passes && b->passes};
}

std::optional<Interval> wider(const std::optional<Interval>& a, const std::optional<Interval>& b) {
  if (!a || !b) return a ? a : b;
  return Interval{std::min(a->low, b->low), std::max(a->high, b->high)};
}

std::optional<Interval> score_interval(stats::RateCount first, stats::RateCount second, GapKind gap, double alpha) {
  return gap == GapKind::difference ? stats::newcombe_interval(first, second, alpha)
                                    : stats::koopman_interval(first, second, alpha);
}

}  // namespace

PairOfRates turned(const GroupSide& x, const GroupSide& y, GapKind gap, double covariance) {
  const bool x_larger = x.rate() >= y.rate();
  const bool x_first = gap == GapKind::difference ? x_larger : !x_larger;
  return x_first ? PairOfRates{&x, &y, false, covariance} : PairOfRates{&y, &x, true, covariance};
}

std::optional<double> gap_of(const PairOfRates& pair, GapKind gap) {
  if (gap == GapKind::difference) return pair.first->rate() - pair.second->rate();
  if (!(pair.second->rate() > 0.0)) return std::nullopt;
  return pair.first->rate() / pair.second->rate();
}

std::optional<PairVerdict> test_pair(const PairOfRates& pair, GapKind gap, double limit, double alpha) {
  const std::optional<double> value = gap_of(pair, gap);
  if (!value) return std::nullopt;
  std::optional<PairVerdict> verdict;
  if (gap == GapKind::ratio && !(limit > 0.0))
    verdict = PairVerdict{.value = *value, .p_fail = 1.0, .passes = true};  // no ratio lies below 0
  else if (!by_means(pair))
    verdict = verdict_of(count_p, pair, gap, limit, alpha, false);
  else if (verdict = verdict_of(linearised_p, pair, gap, limit, alpha, true); thin(pair))
    verdict = weaker(verdict, verdict_of(effective_p, pair, gap, limit, alpha, false));
  if (verdict) verdict->value = *value;
  return verdict;
}

std::optional<Interval> interval_of(const PairOfRates& pair, GapKind gap, double alpha) {
  if (!by_means(pair)) return score_interval(pair.first->count, pair.second->count, gap, alpha);
  const auto linearised = gap == GapKind::difference ? stats::difference_interval(means_of(pair), alpha)
                                                     : stats::ratio_interval(means_of(pair), alpha);
  if (!thin(pair)) return linearised;
  return wider(linearised, score_interval(pair.first->effective, pair.second->effective, gap, alpha));
}

}  // namespace modelgate
