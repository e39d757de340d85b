// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// How many errors and how many warnings GitHub keeps of one step; the rest it drops in silence.
inline constexpr std::size_t annotations_kept = 10;

/// GitHub stops a step's summary whole beyond 1,024 KiB; what other tools write beside us needs room, too.
inline constexpr std::size_t step_summary_cap = 900'000;

/// Workflow commands that put the verdict on the lines of the gate file: what blocks as ::error, worst first, warnings
/// as ::warning, of each at most annotations_kept, the last of them "and N more" where there are more. A verdict that
/// is not a pass always has an ::error. from_workspace turns the path of a gate file into that from the workspace,
/// empty where it lies outside.
std::string github_annotations(const Report& report,
                               const std::function<std::string(const std::string&)>& from_workspace);

/// What is to be appended to a step's summary of which this many bytes stand already: the page of summary.md with all
/// the rows there is room for, only its first lines where there is little, nothing where there is none.
std::string github_summary(const Report& report, std::size_t standing);

/// name=value lines for GITHUB_OUTPUT: verdict, exit-code, failed (0 only on a pass), and the first report of each kind
/// among these paths: junit, json, summary, html, metrics, sarif. A path with a line break is left out.
std::string github_outputs(const Report& report, const std::vector<std::string>& paths);

}  // namespace modelgate
