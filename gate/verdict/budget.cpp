// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/budget.hpp"

#include <algorithm>
#include <cstddef>

#include "gate/core/measured.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/holm.hpp"

namespace modelgate {
namespace {

/// Fewest rows on which the models disagree before a fail is believed (statistics of the paired score test: below 10 a
/// false fail comes in up to 8 % of cases at level .05; at corrected levels under a tenth of it, 25 are needed).
constexpr double fewest_discordant = 10;
constexpr double fewest_discordant_at_small_levels = 25;

bool timed(const CheckResult& result) { return is_measured(result.planned.family); }

double discordant_needed(double level) {
  return level < gate_alpha / 10 ? fewest_discordant_at_small_levels : fewest_discordant;
}

/// A bias result has one part a pair, in the same order: readers of the pairs find the adjusted p there, too.
void tell_the_pairs(CheckResult& result) {
  if (result.pairs.size() != result.parts.size()) return;
  for (std::size_t i = 0; i < result.pairs.size(); ++i) result.pairs[i].p_adjusted = result.parts[i].p_adjusted;
}

struct Entry {
  std::size_t result;
  Part* part;
};

/// Which results share a budget: what the gate file adds must not thin out what its policy proves.
struct Purse {
  bool of_timed;
  bool of_policy;

  /// What is known without error needs nothing of any purse.
  bool pays_for(const CheckResult& result) const {
    return result.planned.severity == Severity::block && !is_exact(result.planned) && timed(result) == of_timed &&
           result.of_policy() == of_policy;
  }
};

/// The parts that a purse pays for, in the order of the gate file.
std::vector<Entry> family_of(std::vector<CheckResult>& results, const Purse& purse) {
  std::vector<Entry> family;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!purse.pays_for(results[i]) || results[i].outcome == Outcome::error) continue;
    for (Part& part : results[i].parts) family.push_back({i, &part});
  }
  return family;
}

/// Pairs that were judged but not listed, all further from a fail than the listed ones: they still cost their share.
std::size_t unlisted_hypotheses(const std::vector<CheckResult>& results, const Purse& purse) {
  std::size_t count = 0;
  for (const CheckResult& result : results)
    if (purse.pays_for(result) && result.outcome != Outcome::error) count += result.pairs_left_out;
  return count;
}

/// alpha: what the adjusted p is held against; level: what the raw p had to reach, which sets the guard.
void mark(std::vector<bool>& fails, const Entry& entry, double alpha, double level) {
  Part& part = *entry.part;
  if (!(part.p_adjusted <= alpha) || part.on_the_line) return;
  const double needed = discordant_needed(level);
  if (part.discordant && *part.discordant < needed) {
    part.discordant_needed = needed;
    return;
  }
  part.fails = true;
  fails[entry.result] = true;
}

/// Holm over everything of the golden rows that the purse pays for.
void spend_on_rows(std::vector<CheckResult>& results, bool of_policy, double alpha, std::vector<bool>& fails) {
  const Purse purse{.of_timed = false, .of_policy = of_policy};
  const std::vector<Entry> family = family_of(results, purse);
  std::vector<double> p;
  p.reserve(family.size());
  for (const Entry& entry : family) p.push_back(entry.part->p_fail);
  p.insert(p.end(), unlisted_hypotheses(results, purse), 1.0);
  const std::vector<stats::HolmStep> holm = stats::holm(p, alpha);
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i].part->p_adjusted = holm[i].p_adjusted;
    mark(fails, family[i], alpha, holm[i].level);
  }
}

void spend_on_timed(std::vector<CheckResult>& results, bool of_policy, std::vector<bool>& fails) {
  const Purse purse{.of_timed = true, .of_policy = of_policy};
  // Left-out checks count, too: the family is the gate file's, never that of --only.
  const auto sharers =
      std::ranges::count_if(results, [&](const CheckResult& result) { return purse.pays_for(result); });
  const auto share = static_cast<double>(std::max<std::ptrdiff_t>(sharers, 1));
  for (const Entry& entry : family_of(results, purse)) {
    entry.part->p_adjusted = std::min(1.0, entry.part->p_fail * share);
    mark(fails, entry, gate_alpha, gate_alpha / share);
  }
}

}  // namespace

std::vector<bool> spend_error_budget(std::vector<CheckResult>& results, double alpha) {
  std::vector<bool> fails(results.size(), false);
  for (const bool of_policy : {true, false}) {
    spend_on_rows(results, of_policy, alpha, fails);
    spend_on_timed(results, of_policy, fails);
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool alone = results[i].planned.severity == Severity::warn || is_exact(results[i].planned);
    if (!alone || results[i].outcome == Outcome::error) continue;
    const double own = timed(results[i]) || is_exact(results[i].planned) ? gate_alpha : alpha;
    for (Part& part : results[i].parts) {
      part.p_adjusted = part.p_fail;
      mark(fails, {i, &part}, own, own);
    }
  }
  for (CheckResult& result : results) tell_the_pairs(result);
  return fails;
}

}  // namespace modelgate
