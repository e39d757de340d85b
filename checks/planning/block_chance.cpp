// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/block_chance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/requirement.hpp"

namespace modelgate {
namespace {

struct Tallied {
  double all_pass = 1.0;
  double sum_of_blocks = 0.0;
  double largest_block = 0.0;
  std::size_t counted = 0;
  std::size_t unjudgeable = 0;
  std::size_t unknown = 0;  ///< limits against production whose spread nobody knows
  std::size_t absolute = 0;
  std::size_t improvements = 0;
  bool assumed = false;
  bool measured = false;
};

bool may_block(const PlannedCheck& check) { return check.severity == Severity::block; }

void count_left_out(Tallied& tallied, const PlannedCheck& check) {
  if (check.limit.word == LimitWord::min_improvement)
    ++tallied.improvements;
  else if (is_relative(check.limit))
    ++tallied.unknown;
  else
    ++tallied.absolute;
}

Tallied tally(const Plan& plan, const std::vector<Outlook>& outlooks) {
  Tallied tallied;
  std::optional<std::size_t> left_out;  // a check's places stand together: it is named once
  for (const Outlook& outlook : outlooks) {
    const PlannedCheck& check = plan.checks[outlook.check];
    if (!may_block(check)) continue;
    if (!outlook.counted || !outlook.unblocked_chance) {
      if (left_out != outlook.check) count_left_out(tallied, check);
      left_out = outlook.check;
      continue;
    }
    const double block = 1.0 - *outlook.unblocked_chance;
    ++tallied.counted;
    if (outlook.unjudgeable && block > 0.0) ++tallied.unjudgeable;
    if (!outlook.unjudgeable) (outlook.from_pilot ? tallied.measured : tallied.assumed) = true;
    tallied.all_pass *= 1.0 - block;
    tallied.sum_of_blocks += block;
    tallied.largest_block = std::max(tallied.largest_block, block);
  }
  return tallied;
}

std::string assumption_of(const Plan& plan, const Tallied& tallied) {
  std::string text =
      tallied.counted == 1 ? "1 result" : fmt::format("{} results taken as independent", tallied.counted);
  const double most = std::min(1.0, tallied.sum_of_blocks);
  if (most - tallied.largest_block > 0.01)
    text += fmt::format(
        " (rows shared by checks and slices mostly make it less; it lies between {:.0f} and {:.0f} % "
        "however they depend)",
        100.0 * tallied.largest_block, 100.0 * most);
  if (tallied.assumed) text += ", models that disagree on 10 % of the rows";
  if (tallied.measured) text += ", spread as in the pilot report";
  if (plan.ledger && plan.ledger->budget > 1)
    text += fmt::format(", pass at its level over the ledger's budget of {}", plan.ledger->budget);
  if (tallied.unjudgeable > 0) text += fmt::format(", {} of them without the rows to be judged", tallied.unjudgeable);
  std::vector<std::string> out;
  if (tallied.absolute > 0)
    out.push_back(fmt::format("{} absolute limit{}", tallied.absolute, tallied.absolute == 1 ? "" : "s"));
  if (tallied.unknown > 0)
    out.push_back(fmt::format("{} limit{} on losses or latency, whose spread no row count tells", tallied.unknown,
                              tallied.unknown == 1 ? "" : "s"));
  if (tallied.improvements > 0) out.push_back(fmt::format("{} that ask for an improvement", tallied.improvements));
  if (!out.empty()) text += fmt::format("; not counted: {}", fmt::join(out, ", "));
  return text;
}

}  // namespace

std::optional<BlockChance> block_chance_of(const Plan& plan, const std::vector<Outlook>& outlooks) {
  if (plan.dataset.population == Population::fixed) return std::nullopt;  // no sampling error, no chance
  const Tallied tallied = tally(plan, outlooks);
  if (tallied.counted == 0) return std::nullopt;
  return BlockChance{1.0 - tallied.all_pass, assumption_of(plan, tallied)};
}

std::optional<BlockChance> block_chance_of(const Plan& plan, const RowColumns& rows, const Pilot* pilot) {
  return block_chance_of(plan, outlooks_of(plan, rows, pilot, Detail::chances));
}

std::string_view ways_to_lower_block_chance(const Plan& plan) {
  const bool guarded = std::ranges::none_of(
      plan.checks, [](const PlannedCheck& check) { return check.on_inconclusive == OnInconclusive::block; });
  return guarded ? "More rows or wider margins" : "More rows, wider margins or on_inconclusive: guard";
}

}  // namespace modelgate
