// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/holm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace modelgate::stats {

// Holm 1979, Scand. J. Statist. 6:65: sorted p_(1) <= … <= p_(m); adjusted p_(i) = max over j <= i of min(1, (m − j +
// 1)·p_(j)).
std::vector<HolmStep> holm(std::span<const double> p, double alpha) {
  const std::size_t m = p.size();
  const auto value = [&](std::size_t i) { return std::isnan(p[i]) ? 1.0 : p[i]; };
  std::vector<std::size_t> order(m);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
  std::vector<HolmStep> steps(m);
  double running = 0.0;
  for (std::size_t rank = 0; rank < m; ++rank) {
    const auto left = static_cast<double>(m - rank);
    running = std::max(running, std::min(1.0, left * value(order[rank])));
    steps[order[rank]] = {.p_adjusted = running, .level = alpha / left};
  }
  return steps;
}

}  // namespace modelgate::stats
