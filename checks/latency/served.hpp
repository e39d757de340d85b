// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// What the values of `load` mean and what load server adds to the rules of a check, in Markdown.
inline constexpr std::string_view load_shapes_text =
    "How requests come, in the terms of MLPerf LoadGen (Reddi et al. 2020):\n\n"
    "- `load: single_stream` (what is meant without the key): one request after the other, the next when the last one "
    "is answered.\n"
    "- `load: offline`: all requests are there at once. Whenever the worker ends a batch it finds the next one "
    "waiting; "
    "the time of a batch is from completion to completion. Margins and limits as under single stream.\n"
    "- `load: server`, `rate: 100/s`, `clients: 4` (1): requests come at random times (Poisson) at this rate in all, "
    "from independent sources, whether or not the last one is answered. All instants are drawn from the seed before "
    "they come, and both models get the same ones. Requests wait in one queue, and their time counts from the intended "
    "arrival: whoever comes during a stall shows it, where single stream would show one slow request. Several sources "
    "of this kind together are a Poisson stream again, so that `clients` changes the draw and not its law.\n\n"
    "Load server takes absolute limits only: near the model's capacity a small slow-down multiplies the waiting, and a "
    "ratio would say more of the rate than of the models. Mean time of a request × rate is the share of the time in "
    "which the model works, its utilisation; from 1 on it cannot serve the rate and waiting grows without end. So "
    "nothing passes unless the interval of that share over the rounds lies below 1, and a check fails where it lies "
    "above 1 and production's below (first release: less than 1 % of the answers were interrupted). Requests still "
    "unanswered after twice the time in which they came are given up and count with what they had waited. The gate's "
    "own delay in sending is part of the times, never taken off, and stands in the report. Throughput under load "
    "server is the rate times the share of it that the model kept up with.\n";

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
