// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/power.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "gate/stats/paired_rates.hpp"

namespace modelgate::stats {

namespace {

/// Discordant rows from which the normal approximation serves planning.
constexpr double many_discordant = 100.0;

bool usable(double margin, double alpha) { return margin > 0.0 && margin < 1.0 && usable_level(alpha); }

std::size_t rounded_up(double rows) { return static_cast<std::size_t>(std::ceil(rows - 1e-9)); }

double passes_given(std::uint64_t n, std::uint64_t discordant, double margin, double critical) {
  const auto passes = [&](std::uint64_t b) {
    const PairedCounts counts{.both = n - discordant, .only_candidate = b, .only_production = discordant - b};
    return *tango_z(counts, -margin) > critical;
  };
  if (!passes(discordant)) return 0.0;
  std::uint64_t low = 0;  // the fewest candidate-only rows that pass
  std::uint64_t high = discordant;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (passes(middle))
      high = middle;
    else
      low = middle + 1;
  }
  if (high == 0) return 1.0;
  const boost::math::binomial_distribution<double> fair(static_cast<double>(discordant), 0.5);
  return boost::math::cdf(boost::math::complement(fair, static_cast<double>(high - 1)));
}

}  // namespace

// n = (z_α + z_β)²·disc/m²: the variance of the mean of n values b − c in {−1, 0, 1} is disc/n when both are equal.
std::optional<std::size_t> rows_for_paired_rate(double discordant, double margin, double alpha, double power) {
  if (!usable(margin, alpha) || !(discordant >= 0.0 && discordant <= 1.0) || !(power > 0.0 && power < 1.0)) {
    return std::nullopt;
  }
  const double z = normal_critical(alpha);
  const double reach = z + normal_critical(1.0 - power);
  return rounded_up(std::max(reach * reach * discordant / (margin * margin), z * z * (1.0 - margin) / margin));
}

std::optional<std::size_t> rows_for_mean(double se_one, double margin, double alpha, double power) {
  if (!(margin > 0.0) || !usable_level(alpha) || !(se_one >= 0.0) || !(power > 0.0 && power < 1.0)) return std::nullopt;
  const double reach = (normal_critical(alpha) + normal_critical(1.0 - power)) * se_one / margin;
  return std::max<std::size_t>(2, rounded_up(reach * reach));
}

std::optional<std::size_t> rows_to_decide(std::size_t n, double std_error, double distance, double alpha) {
  if (n == 0 || !(std_error >= 0.0) || !(distance > 0.0) || !usable_level(alpha)) return std::nullopt;
  const double reach = normal_critical(alpha) * std_error / distance;
  const double rows = static_cast<double>(n) * reach * reach;
  if (!(rows < 1e15)) return std::nullopt;  // no number of rows worth naming
  return std::max(n, rounded_up(rows));
}

std::optional<double> paired_rate_pass_chance(std::size_t n, double discordant, double margin, double alpha) {
  if (n == 0 || !usable(margin, alpha) || !(discordant >= 0.0 && discordant <= 1.0)) return std::nullopt;
  const double critical = normal_critical(alpha);
  const boost::math::binomial_distribution<double> rows(static_cast<double>(n), discordant);
  const double mean = static_cast<double>(n) * discordant;
  const double reach = 8.0 * std::sqrt(mean * (1.0 - discordant)) + 1.0;
  const auto first = static_cast<std::uint64_t>(std::max(0.0, mean - reach));
  const auto last = static_cast<std::uint64_t>(std::min(static_cast<double>(n), std::ceil(mean + reach)));
  // Above some 500 terms every stride-th speaks for its neighbours: the pass chance is smooth there.
  const std::uint64_t stride = 1 + (last - first) / 512;
  double chance = 0.0;
  double mass = 0.0;
  for (std::uint64_t s = first; s <= last; s += stride) {
    const double weight = boost::math::pdf(rows, static_cast<double>(s));
    mass += weight;
    chance += weight * passes_given(n, s, margin, critical);
  }
  return mass > 0.0 ? std::min(1.0, chance / mass) : 0.0;
}

std::optional<double> mean_pass_chance(double std_error, double margin, double alpha) {
  if (!(std_error >= 0.0) || !(margin > 0.0) || !usable_level(alpha)) return std::nullopt;
  return std_error == 0.0 ? 1.0 : normal_cdf(margin / std_error - normal_critical(alpha));
}

std::optional<std::size_t> rows_for_pass_chance(double discordant, double margin, double alpha, double power) {
  const auto formula = rows_for_paired_rate(discordant, margin, alpha, power);
  if (!formula || static_cast<double>(*formula) * discordant >= many_discordant) return formula;
  const auto enough = [&](std::size_t n) {
    return paired_rate_pass_chance(n, discordant, margin, alpha).value_or(0.0) >= power;
  };
  std::size_t high = *formula;
  while (!enough(high)) high += high / 4 + 1;
  std::size_t low = 0;  // the chance saws upwards: some rows fewer may do, too
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

std::optional<double> smallest_paired_rate_margin(std::size_t n, double discordant, double alpha, double power) {
  if (n == 0 || !usable_level(alpha) || !(discordant >= 0.0 && discordant <= 1.0) || !(power > 0.0 && power < 1.0))
    return std::nullopt;
  const double rows = static_cast<double>(n);
  if (rows * discordant >= many_discordant) return smallest_mean_margin(std::sqrt(discordant / rows), alpha, power);
  const auto seen = [&](double margin) {
    return paired_rate_pass_chance(n, discordant, margin, alpha).value_or(0.0) >= power;
  };
  double low = 0.0;
  double high = 1.0 - 1e-9;
  if (!seen(high)) return std::nullopt;
  while (high - low > 1e-9) {
    const double middle = low + (high - low) / 2.0;
    (seen(middle) ? high : low) = middle;
  }
  return high;
}

std::optional<double> smallest_mean_margin(double std_error, double alpha, double power) {
  if (!(std_error >= 0.0) || !usable_level(alpha) || !(power > 0.0 && power < 1.0)) return std::nullopt;
  return (normal_critical(alpha) + normal_critical(1.0 - power)) * std_error;
}

std::optional<double> mean_fail_chance(double std_error, double margin, double alpha) {
  if (!(std_error >= 0.0) || !(margin > 0.0) || !usable_level(alpha)) return std::nullopt;
  return std_error == 0.0 ? 0.0 : normal_tail(margin / std_error + normal_critical(alpha));
}

std::optional<double> alike_pass_chance(double std_error, double limit, double alpha) {
  const auto one_side = mean_pass_chance(std_error, limit, alpha);
  return one_side ? std::optional{std::max(0.0, 2.0 * *one_side - 1.0)} : std::nullopt;
}

std::optional<double> smallest_alike_limit(double std_error, double alpha, double power) {
  if (!(power > 0.0 && power < 1.0)) return std::nullopt;
  return smallest_mean_margin(std_error, alpha, (1.0 + power) / 2.0);
}

}  // namespace modelgate::stats
