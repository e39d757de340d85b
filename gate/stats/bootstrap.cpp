// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

#include "gate/stats/quantiles.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate::stats {

namespace {

constexpr std::size_t first_replicates = 2000;
constexpr std::size_t most_replicates = 64000;  // 2,000 doubled five times
constexpr double tail_alpha = 0.005;            // 99 % Clopper–Pearson interval of a tail
constexpr double counted_p = 0.001;             // below, a count of replicates says too little
constexpr double most_undefined = 0.01;

std::optional<double> contrast(const PairedValue& value, double factor) {
  if (!value.candidate || !std::isfinite(*value.candidate)) return std::nullopt;
  if (factor == 0.0) return value.candidate;
  if (!value.production || !std::isfinite(*value.production)) return std::nullopt;
  return *value.candidate - factor * *value.production;
}

bool excludes(std::size_t count, std::size_t replicates, double alpha) {
  const auto tail = clopper_pearson_interval({.events = count, .n = replicates}, tail_alpha);
  return tail && (alpha < tail->low || alpha > tail->high);
}

bool many(std::size_t undefined, std::size_t replicates) {
  return static_cast<double>(undefined) > most_undefined * static_cast<double>(replicates);
}

Interval percentile(std::span<const double> sorted, double alpha) {
  return {.low = quantile(sorted, alpha).value_or(sorted.front()),
          .high = quantile(sorted, 1.0 - alpha).value_or(sorted.back())};
}

// p by counting, (count + 1)/(B + 1) (Davison & Hinkley 1997, §4.4); far out by the normal with the linearised (else
// the replicates') standard error, but never above what the count already shows.
double tail_p(std::size_t count, std::size_t replicates, double distance, double std_error) {
  const double counted = (static_cast<double>(count) + 1.0) / (static_cast<double>(replicates) + 1.0);
  if (counted >= counted_p || !(std_error > 0.0)) return counted;
  return std::min(counted_p, normal_tail(distance / std_error));
}

double spread(std::span<const double> values) {
  double mean = 0.0;
  for (const double x : values) mean += x / static_cast<double>(values.size());
  double square = 0.0;
  for (const double x : values) square += (x - mean) * (x - mean);
  return values.size() < 2 ? 0.0 : std::sqrt(square / static_cast<double>(values.size() - 1));
}

struct Tails {
  std::size_t at_most = 0;  // replicates at or below the limit, and the undefined ones
  std::size_t at_least = 0;
};

Tails tails_of(std::span<const double> sorted, double limit, std::size_t undefined) {
  const auto up_to = std::upper_bound(sorted.begin(), sorted.end(), limit) - sorted.begin();
  const auto from = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), limit);
  return {.at_most = static_cast<std::size_t>(up_to) + undefined,
          .at_least = static_cast<std::size_t>(from) + undefined};
}

// A fail is compared with a level that Holm sets later and lower, so its p takes all replicates there are; once it is
// surely below what counting can tell, the linearised z decides, and more of them change nothing.
bool needs_more(const Tails& tails, std::size_t total, double alpha, FailTail fails) {
  if (fails == FailTail::none) return false;
  const std::size_t count = fails == FailTail::at_most ? tails.at_most : tails.at_least;
  if (!(static_cast<double>(count) < alpha * static_cast<double>(total))) return false;
  const auto tail = clopper_pearson_interval({.events = count, .n = total}, tail_alpha);
  return !tail || !(tail->high < counted_p);
}

}  // namespace

PairedBootstrap::PairedBootstrap(ResampleSource source, PairedStatistic statistic, unsigned threads)
    : source_(std::move(source)), statistic_(std::move(statistic)), threads_(std::max(1U, threads)) {
  if (source_.redraw) observed_ = statistic_(source_.observed);
}

// Replicate r depends on r alone, so threads may share the range in any way.
void PairedBootstrap::grow(std::size_t replicates) {
  const std::size_t from = replicates_.size();
  if (replicates <= from || !source_.redraw) return;
  replicates_.resize(replicates);
  const auto fill = [&](std::size_t first, std::size_t last) {
    std::vector<double> sums(source_.observed.size());
    for (std::size_t r = first; r < last; ++r) {
      source_.redraw(static_cast<std::uint32_t>(r), sums);
      replicates_[r] = statistic_(sums);
    }
  };
  std::vector<std::jthread> workers;
  const std::size_t share = (replicates - from + threads_ - 1) / threads_;
  for (std::size_t first = from + share; first < replicates; first += share) {
    workers.emplace_back(fill, first, std::min(first + share, replicates));
  }
  fill(from, std::min(from + share, replicates));
}

std::vector<double> PairedBootstrap::contrasts(double factor, std::size_t replicates) const {
  std::vector<double> values;
  values.reserve(replicates);
  for (const PairedValue& replicate : first(replicates)) {
    if (const auto value = contrast(replicate, factor)) values.push_back(*value);
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::optional<BootstrapJudgement> PairedBootstrap::judge(double factor, double limit, double alpha,
                                                         const TailNeeds& needs) {
  const auto value = contrast(observed_, factor);
  if (!value || std::isnan(limit) || !usable_level(alpha)) return std::nullopt;
  std::vector<double> sorted;
  Tails tails;
  std::size_t total = first_replicates;
  bool settled = false;
  for (;; total *= 2) {
    grow(total);
    sorted = contrasts(factor, total);
    tails = tails_of(sorted, limit, total - sorted.size());
    settled = excludes(tails.at_most, total, alpha) && excludes(tails.at_least, total, alpha);
    if ((settled && !needs_more(tails, total, alpha, needs.fails)) || 2 * total > most_replicates) break;
  }
  const std::size_t undefined = total - sorted.size();
  if (sorted.empty()) return std::nullopt;
  const double error = spread(sorted);
  const double far_error = needs.std_error.value_or(error);
  return BootstrapJudgement{.value = *value,
                            .interval = percentile(sorted, alpha),
                            .std_error = error,
                            .p_at_most = tail_p(tails.at_most, total, *value - limit, far_error),
                            .p_at_least = tail_p(tails.at_least, total, limit - *value, far_error),
                            .replicates = total,
                            .undefined = undefined,
                            .too_many_undefined = many(undefined, total),
                            .zero_width = !(sorted.front() < sorted.back()),
                            .on_the_line = !settled};
}

std::optional<Interval> PairedBootstrap::interval(double factor, double alpha) {
  if (!contrast(observed_, factor) || !usable_level(alpha)) return std::nullopt;
  grow(first_replicates);
  const auto sorted = contrasts(factor, first_replicates);
  if (sorted.empty() || many(first_replicates - sorted.size(), first_replicates)) return std::nullopt;
  return percentile(sorted, alpha);
}

std::optional<Interval> PairedBootstrap::production_interval(double alpha) {
  if (!observed_.production || !std::isfinite(*observed_.production) || !usable_level(alpha)) return std::nullopt;
  grow(first_replicates);
  std::vector<double> values;
  for (const PairedValue& replicate : first(first_replicates)) {
    if (replicate.production && std::isfinite(*replicate.production)) values.push_back(*replicate.production);
  }
  if (values.empty() || many(first_replicates - values.size(), first_replicates)) return std::nullopt;
  std::sort(values.begin(), values.end());
  return percentile(values, alpha);
}

}  // namespace modelgate::stats
