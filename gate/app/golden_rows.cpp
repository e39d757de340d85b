// SPDX-License-Identifier: Apache-2.0
#include "gate/app/golden_rows.hpp"

#include <algorithm>
#include <cstddef>

#include "gate/app/judging.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

GoldenRequest golden_request(const Plan& plan) {
  return {plan.dataset, plan.task, plan.model(Role::candidate).output.classes, category_columns_of(plan), {}, {}};
}

Result<RowColumns> read_golden_rows(const GoldenRequest& request) {
  const auto reader = GoldenReader::open(request);
  if (!reader) return std::unexpected(reader.error());
  constexpr std::size_t chunk = 65'536;
  RowColumns rows;
  std::vector<Scores> no_scores;
  for (;;) {
    const auto read = (*reader)->next(chunk, {}, rows, no_scores);
    if (!read) return std::unexpected(read.error());
    if (*read == 0) break;
  }
  if (const auto finished = (*reader)->finish(rows); !finished) return std::unexpected(finished.error());
  return rows;
}

Plan at_budgeted_level(Plan plan) {
  if (!plan.ledger) return plan;
  const double budget = static_cast<double>(std::max<std::size_t>(1, plan.ledger->budget));
  for (PlannedCheck& check : plan.checks) {
    if (!is_measured(check.family)) check.confidence = 1.0 - (1.0 - check.confidence) / budget;
  }
  return plan;
}

}  // namespace modelgate
