// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/schedule.hpp"

#include <algorithm>
#include <optional>

#include "gate/stats/random.hpp"

namespace modelgate {

std::size_t affordable(const Allowance& allowance, std::size_t cells, double seconds_each) {
  if (cells == 0) return 0;
  const double each = std::max(seconds_each, 1e-9) * static_cast<double>(cells);
  const double most = allowance.seconds / each;
  return most < static_cast<double>(allowance.per_cell) ? static_cast<std::size_t>(std::max(0.0, most))
                                                        : allowance.per_cell;
}

std::uint64_t decision_seed(std::uint64_t seed, std::size_t cell, std::size_t number) {
  constexpr unsigned kept_out = 11;
  return stats::mix64(stats::mix64(seed) + (cell << 32U) + number) >> kept_out;
}

Result<void> take_decisions(const Experiment& trial, const Allowance& allowance, std::uint64_t seed, const Clock& clock,
                            Progress& progress, std::vector<Decision>& taken) {
  const double begin = clock.now_s();
  double longest = trial.expected_s;
  std::size_t done = 0;
  const std::size_t wanted = affordable(allowance, trial.cells.size(), longest);
  const auto told = wanted == 0 ? std::nullopt : std::optional{std::max<std::size_t>(wanted, 1) * trial.cells.size()};
  for (std::size_t number = 0; number < allowance.per_cell; ++number) {
    for (std::size_t cell = 0; cell < trial.cells.size(); ++cell) {
      const double now = clock.now_s();
      if (now - begin + longest > allowance.seconds) return progress.finish(trial.name), Result<void>{};
      const std::uint64_t own = decision_seed(seed, cell, number);
      auto decision = trial.decide(cell, own);
      const double took = clock.now_s() - now;
      if (!decision) return progress.finish(trial.name), std::unexpected(std::move(decision.error()));
      decision->cell = cell;
      decision->seed = own;
      decision->seconds = took - decision->waited_s;
      longest = done == 0 ? took : std::max(longest, took);
      taken.push_back(std::move(*decision));
      progress.update(trial.name, ++done, told);
    }
  }
  progress.finish(trial.name);
  return {};
}

}  // namespace modelgate
