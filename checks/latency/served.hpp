// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// What the values of `load` mean, for explain.
inline constexpr std::string_view load_text =
    "`load` (terms of MLPerf LoadGen): `single_stream`, the default, sends a request when the one before it is "
    "answered. `offline` has all requests at hand: the worker finds the next batch waiting whenever it ends one, and "
    "the time of a batch is from completion to completion. `server` sends requests at random times (Poisson) of "
    "`rate: 100/s` in all from `clients` (1) independent sources, whether or not the last one is answered; they wait "
    "in one queue, and their time counts from the intended arrival, so that whoever comes during a stall shows it. "
    "Both models get the same arrivals. Its limits are absolute ones only: near the model's capacity a small slow-down "
    "multiplies the waiting, and a ratio would say more of the rate than of the models.";

/// For explain: what load server adds to the other rules.
inline constexpr std::string_view serving_text =
    "Load server: mean time of a request × rate is the share of time in which the model works (its utilisation). "
    "From 1 on it cannot serve the rate and waiting grows without end, so nothing passes unless the interval of that "
    "share over the rounds is below 1; the check fails where it is above 1 and production's is below. Requests given "
    "up after twice the time in which they came count with what they had waited. The gate's own delay in sending is "
    "part of the times, never taken off, and stands in the report.";

/// Rows a second that the model answered under load server: the rate × the share it kept up with; nothing where nobody
/// came.
std::optional<double> served_rows_per_s(std::span<const Round> rounds, Role role, const LoadShape& shape);

/// Mean time of a request × rate, one value a round in which any was answered.
std::vector<double> round_utilisations(std::span<const Round> rounds, Role role, double rate);

/// Share of the model's answers under load server that other processes interrupted, counted as one an interruption; 1
/// where nobody came.
double interrupted_share(std::span<const Round> rounds, Role role);

/// Fills what is told of load server alone: utilisation of both models and how late the gate sent.
void report_serving(LatencyReport& report, const LatencyRun& run);

/// Load server, after the limit was judged: takes a pass back where the candidate is not shown to keep up with the
/// rate, and fails it where it is proven that it does not while production does. Nothing under other loads.
void judge_serving(CheckResult& result, const LatencyRun& run);

}  // namespace modelgate
