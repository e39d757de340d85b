// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "checks/check.hpp"
#include "gate/core/check_result.hpp"

namespace modelgate {

/// Most results that get pictures, so that a report of thousands of slices stays one that a browser opens.
inline constexpr std::size_t most_pictured_results = 100;

/// Latency curves end here: beyond it a single hiccup would flatten all that a limit speaks of (p99 at most).
inline constexpr double last_latency_share = 0.995;

/// Draws what a report shows beside the numbers of decided results: every result that is no pass (blocking, then
/// warning, then waived; proven failures first), then passes over all rows whose picture is not yet drawn; at most 100.
/// Score metrics get ROC or precision-recall, probability metrics reliability, label metrics confusion, regression the
/// errors' ECDF, latency the requests' ECDF, each of the judged rows alone; bias and ranking nothing, nor averages over
/// the labels of a multilabel task. Weights count in curves and reliability. reports.suppress_below: places, bins,
/// cells and steps of a curve of fewer rows are not drawn. What cannot be drawn is absent; outcomes stay as they are.
/// The same whatever the threads and the order of the rows.
void draw_pictures(const Evidence& evidence, std::span<CheckResult> results, unsigned threads);

}  // namespace modelgate
