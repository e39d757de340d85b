// SPDX-License-Identifier: Apache-2.0
#include "gate/app/row_evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "checks/flips.hpp"
#include "gate/core/number_text.hpp"
#include "gate/data/flips_file.hpp"

namespace modelgate {

void remove_row_evidence(const ReportTargets& targets) {
  for (const std::string& path : targets.flips) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
}

Result<void> add_row_evidence(const Plan& plan, const ScoreTable& table, const ReportTargets& targets,
                              Verdict& verdict) {
  explain_flips(table, verdict.checks, plan.reports.suppress_below);
  const bool asked = plan.reports.row_evidence != RowEvidence::off && !targets.flips.empty();
  if (!asked || std::ranges::none_of(verdict.checks, is_broken_comparison)) return {};
  const std::vector<std::size_t> rows = flipped_rows(table);
  if (rows.empty()) return {};
  for (const std::string& path : targets.flips) {
    if (const auto written = write_flips(path, table, rows, plan.reports); !written) return written;
    verdict.warnings.push_back(fmt::format("{} holds {} rows that went from right to wrong, with their {}.", path,
                                           count_text(rows.size()),
                                           plan.reports.row_evidence == RowEvidence::plain ? "ids" : "hashed ids"));
  }
  return {};
}

}  // namespace modelgate
