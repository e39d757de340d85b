// SPDX-License-Identifier: Apache-2.0
#include "gate/app/golden_rows.hpp"

#include "gate/app/judging.hpp"

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

}  // namespace modelgate
