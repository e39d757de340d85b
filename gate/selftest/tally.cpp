// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/tally.hpp"

#include <algorithm>

#include "gate/stats/quantiles.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

constexpr double tail = 0.025;

}  // namespace

ObservedRate share_of(std::size_t events, std::size_t n) {
  return {events, n, stats::clopper_pearson_interval({events, n}, tail)};
}

double excludable_rate(std::size_t n) {
  const ObservedRate none = share_of(0, n);
  return none.interval ? none.interval->high : 1.0;
}

void OutcomeTally::add(const Decision& decision, Outcome outcome) {
  ++n;
  seconds.push_back(decision.seconds);
  switch (outcome) {
    case Outcome::pass: ++pass; return;
    case Outcome::fail: ++fail; return;
    case Outcome::inconclusive: ++inconclusive; break;
    case Outcome::not_assessable: ++not_assessable; break;
    default: ++error; break;
  }
  if (decision.blocks) ++blocks_undecided;
}

std::optional<double> OutcomeTally::median_s() const { return stats::quantile(std::span<const double>(seconds), 0.5); }
std::optional<double> OutcomeTally::p90_s() const { return stats::quantile(std::span<const double>(seconds), 0.9); }

OutcomeTally tally_of(std::span<const Decision> decisions, std::size_t cell, const std::string& check) {
  OutcomeTally tally;
  for (const Decision& decision : decisions) {
    if (decision.cell != cell) continue;
    if (check.empty()) {
      tally.add(decision, decision.outcome);
    } else if (const auto found = decision.checks.find(check); found != decision.checks.end()) {
      tally.add(decision, found->second);
    }
  }
  return tally;
}

OutcomeTally pooled(std::span<const Decision> decisions, std::span<const std::size_t> cells) {
  OutcomeTally tally;
  for (const Decision& decision : decisions) {
    if (std::ranges::find(cells, decision.cell) != cells.end()) tally.add(decision, decision.outcome);
  }
  return tally;
}

Outcome together(std::span<const Outcome> outcomes) {
  const auto has = [&](Outcome outcome) { return std::ranges::find(outcomes, outcome) != outcomes.end(); };
  for (const Outcome worst : {Outcome::error, Outcome::fail, Outcome::not_assessable, Outcome::inconclusive})
    if (has(worst)) return worst;
  return outcomes.empty() ? Outcome::not_assessable : Outcome::pass;
}

}  // namespace modelgate
