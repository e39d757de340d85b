// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/report/read_report.hpp"

namespace modelgate {

/// Changes of one kind, the gravest first; every line clean.
struct DiffSection {
  std::string title;
  std::vector<std::string> lines;
};

/// What a reviewer asks of two reports of one gate.
struct ReportDiff {
  std::string gate;
  std::vector<DiffSection> sections;  ///< only those that have a line
  std::size_t unchanged = 0;          ///< checks in both with the same limit, outcome, and value within its interval
};

/// What changed from one report to a later one: verdict, models, data and gate by their digests, limits (named loosened
/// or tightened), checks by id, outcomes, values beyond the interval they had.
ReportDiff diff_of(const StoredReport& before, const StoredReport& after);

/// The sections on checks that are in both, added or removed; counts what did not change.
void add_check_sections(ReportDiff& diff, const Verdict& before, const Verdict& after);

/// For a terminal, no line wider than width.
std::string diff_text(const ReportDiff& diff, std::size_t width);

/// For a comment on a merge request, within 60,000 bytes.
std::string diff_markdown(const ReportDiff& diff);

}  // namespace modelgate
