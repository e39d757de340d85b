// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/app/report_targets.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// Removes the flips.parquet of an earlier run from the report folders: rows must not outlive the report they explain.
void remove_row_evidence(const ReportTargets& targets);

/// Answers "what broke?": slices where rows went from right to wrong, into every blocking comparison of labels; and,
/// where reports.row_evidence asks for them, the rows themselves as flips.parquet in every report folder.
Result<void> add_row_evidence(const Plan& plan, const ScoreTable& table, const ReportTargets& targets,
                              Verdict& verdict);

}  // namespace modelgate
