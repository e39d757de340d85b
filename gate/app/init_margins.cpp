// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_margins.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/planning/outlook.hpp"

namespace modelgate {
namespace {

/// The plan with every line at every margin of the ladder: line i, rung r is check i × rungs + r.
Plan laddered(const Plan& plan) {
  Plan all = plan;
  all.checks.clear();
  for (const PlannedCheck& check : plan.checks) {
    for (const double margin : propose::margin_ladder()) {
      all.checks.push_back(check);
      all.checks.back().limit.value = margin;
      all.checks.back().limit.relative = false;
    }
  }
  return all;
}

struct Seen {
  std::vector<propose::MarginChances> chances;
  std::size_t places = 0;
  std::size_t hopeless = 0;  ///< of them
};

std::vector<Seen> look(const Plan& plan, const RowColumns& rows) {
  const auto ladder = propose::margin_ladder();
  std::vector<Seen> seen(plan.checks.size());
  for (Seen& one : seen) {
    for (const double margin : ladder) one.chances.push_back({margin, {}});
  }
  for (const Outlook& outlook : outlooks_of(laddered(plan), rows, nullptr, Detail::chances)) {
    Seen& one = seen[outlook.check / ladder.size()];
    const std::size_t rung = outlook.check % ladder.size();
    if (rung == 0) ++one.places;
    if (rung == 0 && outlook.unjudgeable) ++one.hopeless;
    if (!outlook.unjudgeable) one.chances[rung].places.push_back(outlook.pass_chance);
  }
  return seen;
}

}  // namespace

std::vector<std::string> settle_margins(std::vector<propose::CheckLine>& lines, const Plan& plan,
                                        const RowColumns& rows) {
  std::vector<std::string> told;
  const std::vector<Seen> seen = look(plan, rows);
  std::vector<propose::CheckLine> kept;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (seen[i].places > 0 && seen[i].hopeless == seen[i].places && !lines[i].scope.empty()) {
      told.push_back(
          fmt::format("{} by {} is left out: no group has rows enough to be judged.", lines[i].metric, lines[i].scope));
      continue;
    }
    if (lines[i].by_rows) settle_margin(lines[i], seen[i].chances, seen[i].hopeless);
    kept.push_back(std::move(lines[i]));
  }
  lines = std::move(kept);
  return told;
}

}  // namespace modelgate
