// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace modelgate {

/// What `modelgate explain` and the check reference say of a check, by section; every section must be filled.
struct Explanation {
  std::string_view what_it_checks;
  std::string_view why_it_blocks;
  std::string_view statistic_and_source;
  std::string_view parameters_and_defaults;
  std::string_view passes_when;
  std::string_view fails_when;
  std::string_view cannot_decide_when;
  std::string_view example;  ///< lines of a gate file
};

/// The Markdown of an explanation, sections in their fixed order.
std::string markdown(const Explanation& explanation);

/// The same for a metric that honours weights and clusters: the statistic says what they change.
std::string weighable_markdown(const Explanation& explanation);

/// Sections that many checks share, word for word.
namespace shared_text {
inline constexpr std::string_view slice_parameters =
    "`min` or `max`, whichever bounds the metric's bad side: a limit on the candidate. `max_regression`: the most it "
    "may lose against production (`0.02`, `2pp`, "
    "or `2%` of "
    "production). `min_improvement`: the least it must gain. `slices`: judged on each value of a column or crossing, "
    "`min_rows` (20) rows at least. `confidence` (95%, one-sided), `hard_margin` (3 × the margin, for `guard`).";
/// What weights and clusters change, appended to the statistic of every metric that honours them.
inline constexpr std::string_view weighted =
    " With `weight` (sampling), `cluster` or `target_prevalence`: the linearised t on influences summed by unit, units "
    "− "
    "1 degrees of freedom (Binder 1983; ROC AUC: Obuchowski 1997), percent margins by candidate − (1 − r) · "
    "production; "
    "at least 20 units in every slice. A `frequency` counts as so many rows. The prevalence of the golden rows is "
    "taken "
    "as known, which makes the intervals a little wide.";
inline constexpr std::string_view passes =
    "The whole interval lies on the good side of the limit at the check's confidence: a regression of the margin or "
    "more is "
    "excluded, not merely unseen.";
inline constexpr std::string_view fails =
    "The p-value of \"the limit is met\" is small enough after Holm's correction over all blocking checks, slices and "
    "groups of "
    "the gate file (5% for the whole gate; the checks of a policy that it extends have 5% of their own).";
}  // namespace shared_text

}  // namespace modelgate
