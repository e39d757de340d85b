// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/seed.hpp"

#include <iterator>

namespace modelgate {

std::optional<double> Seeder::loss_at(std::size_t step) {
  const auto known = known_.find(step);
  if (known != known_.end()) return known->second;
  return known_[step] = loss_(worsening_.at(step));
}

std::optional<SeededModel> Seeder::find(double target) {
  std::size_t low = 0;
  std::size_t high = worsening_.steps;
  const auto first = loss_at(low);
  const auto last = loss_at(high);
  if (!first || !last || *first > target || *last < target) return std::nullopt;
  if (*first == target) return SeededModel{0, 0.0, target};
  for (const auto& [step, loss] : known_) {  // other targets have narrowed it already
    if (!loss || step <= low || step >= high) continue;
    if (*loss <= target) low = step;
    if (*loss > target) high = step;
  }
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    const auto loss = loss_at(middle);
    if (!loss) return std::nullopt;
    (*loss <= target ? low : high) = middle;
  }
  const auto below = loss_at(low);
  const auto above = loss_at(high);
  if (!below) return std::nullopt;
  if (!above || !(*above > *below)) return SeededModel{low, 0.0, *below};
  return SeededModel{low, (target - *below) / (*above - *below), target};
}

}  // namespace modelgate
