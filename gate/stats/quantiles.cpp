// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/quantiles.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace modelgate::stats {

namespace {

bool inside(double share) { return share > 0.0 && share < 1.0; }

template <class T>
bool usable(std::span<const T> values) {
  return !values.empty() && std::none_of(values.begin(), values.end(), [](T x) { return std::isnan(x); });
}

template <class T>
T order_statistic(std::vector<T>& values, std::size_t index) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

// Hyndman & Fan 1996, Am. Stat. 50:361, definition 7: h = (n − 1)q, between x_(⌊h⌋+1) and its successor.
template <class T>
std::optional<double> type7(std::span<const T> given, double q) {
  if (!usable(given) || !(q >= 0.0 && q <= 1.0)) return std::nullopt;
  std::vector<T> values(given.begin(), given.end());
  const double h = static_cast<double>(values.size() - 1) * q;
  const auto index = static_cast<std::size_t>(h);
  const auto low = static_cast<double>(order_statistic(values, index));
  const double part = h - std::floor(h);
  if (part == 0.0) return low;
  const auto next = std::min_element(values.begin() + static_cast<std::ptrdiff_t>(index) + 1, values.end());
  return low + part * (static_cast<double>(*next) - low);
}

double binomial_below(std::size_t n, double q, std::size_t r) {  // P(Binomial(n, q) < r)
  if (r == 0) return 0.0;
  if (r > n) return 1.0;
  return boost::math::cdf(boost::math::binomial_distribution<double>(static_cast<double>(n), q),
                          static_cast<double>(r - 1));
}

// Conover 1999, §3.2: P(x_(r) >= quantile) >= P(Binomial(n, q) < r).
template <class T>
std::optional<double> upper_bound(std::span<const T> given, double q, double confidence) {
  if (!usable(given) || !inside(q) || !inside(confidence)) return std::nullopt;
  const std::size_t n = given.size();
  if (binomial_below(n, q, n) < confidence) return std::nullopt;
  std::size_t below = 0;  // too small a rank
  std::size_t rank = n;
  while (rank - below > 1) {
    const std::size_t middle = below + (rank - below) / 2;
    (binomial_below(n, q, middle) >= confidence ? rank : below) = middle;
  }
  std::vector<T> values(given.begin(), given.end());
  return static_cast<double>(order_statistic(values, rank - 1));
}

}  // namespace

std::optional<double> quantile(std::span<const float> values, double q) { return type7(values, q); }
std::optional<double> quantile(std::span<const double> values, double q) { return type7(values, q); }

std::optional<double> quantile_upper_bound(std::span<const float> values, double q, double confidence) {
  return upper_bound(values, q, confidence);
}
std::optional<double> quantile_upper_bound(std::span<const double> values, double q, double confidence) {
  return upper_bound(values, q, confidence);
}

std::optional<double> quantile_lower_bound(std::span<const double> values, double q, double confidence) {
  std::vector<double> mirrored(values.size());
  std::transform(values.begin(), values.end(), mirrored.begin(), [](double x) { return -x; });
  const auto bound = quantile_upper_bound(std::span<const double>(mirrored), 1.0 - q, confidence);
  if (!bound) return std::nullopt;
  return -*bound;
}

// The largest value bounds the quantile with confidence 1 − q^n.
std::size_t samples_needed(double q, double confidence) {
  if (!inside(q) || !inside(confidence)) return 0;
  return static_cast<std::size_t>(std::ceil(std::log1p(-confidence) / std::log(q) - 1e-9));
}

}  // namespace modelgate::stats
