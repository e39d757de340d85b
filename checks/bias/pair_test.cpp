// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/pair_test.hpp"

#include <utility>

#include "gate/stats/two_rates.hpp"

namespace modelgate {
namespace {

/// p of "the gap is at most the limit", and whether it lies within it on both sides.
std::optional<PairVerdict> test_difference(const PairOfRates& pair, double value, double limit, double alpha) {
  const auto within = stats::newcombe_p_at_most(pair.first, pair.second, limit);
  if (!within) return std::nullopt;
  PairVerdict verdict{.value = value, .p_fail = *within, .passes = false};
  if (!(1.0 - *within < alpha)) return verdict;  // the two tails of the score interval add up to 1
  const auto other_side = stats::newcombe_p_at_most(pair.first, pair.second, -limit);
  verdict.passes = other_side && *other_side < alpha;
  return verdict;
}

std::optional<PairVerdict> test_ratio(const PairOfRates& pair, double value, double limit, double alpha) {
  if (!(limit > 0.0)) return PairVerdict{.value = value, .p_fail = 1.0, .passes = true};  // no ratio lies below 0
  const auto within = stats::koopman_p_at_least(pair.first, pair.second, limit);
  const auto beyond = stats::koopman_p_at_most(pair.first, pair.second, limit);
  const auto other_side = stats::koopman_p_at_least(pair.first, pair.second, 1.0 / limit);
  if (!within || !beyond || !other_side) return std::nullopt;
  return PairVerdict{.value = value, .p_fail = *within, .passes = *beyond < alpha && *other_side < alpha};
}

}  // namespace

PairOfRates turned(stats::RateCount x, stats::RateCount y, GapKind gap) {
  const bool x_larger = x.rate() >= y.rate();
  const bool x_first = gap == GapKind::difference ? x_larger : !x_larger;
  return x_first ? PairOfRates{x, y, false} : PairOfRates{y, x, true};
}

std::optional<double> gap_of(const PairOfRates& pair, GapKind gap) {
  if (gap == GapKind::difference) return pair.first.rate() - pair.second.rate();
  if (pair.second.events == 0) return std::nullopt;
  return pair.first.rate() / pair.second.rate();
}

std::optional<PairVerdict> test_pair(const PairOfRates& pair, GapKind gap, double limit, double alpha) {
  const std::optional<double> value = gap_of(pair, gap);
  if (!value) return std::nullopt;
  return gap == GapKind::difference ? test_difference(pair, *value, limit, alpha)
                                    : test_ratio(pair, *value, limit, alpha);
}

std::optional<Interval> interval_of(const PairOfRates& pair, GapKind gap, double alpha) {
  return gap == GapKind::difference ? stats::newcombe_interval(pair.first, pair.second, alpha)
                                    : stats::koopman_interval(pair.first, pair.second, alpha);
}

}  // namespace modelgate
