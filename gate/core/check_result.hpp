// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gate/core/interval.hpp"
#include "gate/core/outcome.hpp"
#include "gate/core/pictures.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/repeats.hpp"
#include "gate/core/samples.hpp"
#include "gate/core/waiver.hpp"

namespace modelgate {

/// A value with its interval; both absent where undefined. Never NaN.
struct Estimate {
  std::optional<double> value;
  std::optional<Interval> interval;
};

/// One hypothesis of the error budget: the requirement holds here. A result has one part, a bias result one a
/// pair and rate.
struct Part {
  std::string label;        ///< "" or "F vs M, tpr"
  bool passes = false;      ///< the whole interval lies on the good side, at the check's confidence
  double p_fail = 1.0;      ///< one-sided p of "requirement met", raw; small speaks for fail
  double p_adjusted = 1.0;  ///< Holm over the family of its error budget; filled by verdict
  std::optional<double>
      discordant;  ///< rows that can speak (b+c); verdict withholds fail below 10 (25 at small levels)
  bool hard_margin_excluded =
      false;           ///< guard: harm beyond hard_margin is excluded (relative), or the estimate is good (absolute)
  bool fails = false;  ///< proven beyond the limit after the correction; filled by verdict
  std::optional<double> discordant_needed;  ///< set by verdict where only too few discordant rows keep it from failing
  bool on_the_line = false;                 ///< resampling could not tell the side: never a pass or fail
};

/// Rates of one group of an attribute, both models where the check compares them.
struct GroupRate {
  std::string group;                  ///< "F" or "F, 18-29"
  std::string rate;                   ///< selection_rate, tpr, fpr, …
  std::size_t n = 0;                  ///< denominator
  std::optional<std::size_t> events;  ///< the candidate's numerator; nothing where the value is no share of rows
  Estimate candidate;
  Estimate production;
  bool assessable = true;
  bool declared = true;  ///< false: the attribute names its groups and this is none of them: listed, never judged
};

/// The gap or ratio of one pair of groups.
struct PairGap {
  std::string first;
  std::string second;
  std::string rate;
  std::size_t first_n = 0;
  std::size_t second_n = 0;
  Estimate gap;
  double p = 1.0;
  double p_adjusted = 1.0;
};

/// Percentiles of one model's request latency, intervals by a bootstrap of whole rounds.
struct LatencySide {
  Estimate p50_ms;
  Estimate p90_ms;
  Estimate p95_ms;
  Estimate p99_ms;
  Estimate p999_ms;
  std::optional<double> rows_per_s;
  Estimate utilisation{};  ///< load server: mean time of a request × rate; from 1 on requests pile up without end
};

struct LatencyReport {
  LoadShape shape;
  std::size_t requests = 0;  ///< candidate requests counted
  std::size_t rounds = 0;
  LatencySide candidate;
  LatencySide production;
  std::optional<Estimate> wall;         ///< ratio − 1 by wall time
  std::optional<Estimate> cpu;          ///< ratio − 1 by CPU time
  double gate_cost_us = 0.0;            ///< the border's own cost per request, alike for both
  std::optional<double> late_p50_us{};  ///< load server: how late the gate sent requests to an idle model
  std::optional<double> late_p99_us{};
  std::size_t control_rounds = 0;         ///< production against production
  std::optional<Estimate> control_wall;   ///< their ratio − 1 by wall time
  std::optional<Estimate> control_cpu;    ///< the same by CPU time
  std::optional<double> preempted_share;  ///< of the candidate's turns, interrupted by other processes
  double seconds = 0.0;                   ///< that the rounds took
  double waited_s = 0.0;                  ///< before, for other gates' rounds on this machine
  std::string allocator;                  ///< "pinned" or "system"
  MachineState machine;
};

/// Expected calibration error of one model over 15 equal-width bins, beside what a perfectly calibrated model would
/// show on the same rows (labels redrawn from the scores).
struct CalibrationError {
  double error = 0.0;
  double if_calibrated = 0.0;       ///< mean of the redraws
  double if_calibrated_high = 0.0;  ///< 95 % of the redraws lie at or below
};

/// Evidence beside a Brier score, never a limit; a side is absent where its model is not usable.
struct Calibration {
  std::optional<CalibrationError> candidate;
  std::optional<CalibrationError> production;
};

/// A slice value and how many of its rows went from right to wrong; it informs and never decides.
struct FlipSlice {
  std::string column;
  std::string value;
  std::size_t right_to_wrong = 0;
  std::size_t rows = 0;
};

/// Negative flips: production right, candidate wrong.
struct Flips {
  std::size_t right_to_wrong = 0;
  std::size_t wrong_to_right = 0;
  std::size_t rows = 0;           ///< rows looked at; 0: not counted
  std::vector<FlipSlice> slices;  ///< where flips concentrate, the most beyond their fair share first, at most 5
};

/// One judged limit in one place (overall, slice or attribute); checks fill the evidence, verdict the outcome and the
/// message.
struct CheckResult {
  std::string id;  ///< stable: no measured value, version, date or path
  PlannedCheck planned;
  std::vector<std::pair<std::string, std::string>> slice;  ///< column → value; empty: overall
  Outcome outcome = Outcome::error;
  Reason reason = Reason::internal;
  bool blocking = true;
  Estimate candidate;
  Estimate production;
  Estimate difference;               ///< candidate − production, raw sign; latency: ratio − 1
  std::optional<double> margin;      ///< the limit as compared, in the metric's unit (percent resolved)
  std::string shown;                 ///< label of the part whose numbers stand above; empty: the only one
  std::string method;                ///< "Tango score", "paired DeLong", …
  std::size_t rows = 0;              ///< rows (units) judged
  std::optional<std::size_t> units;  ///< independent units, where weights or clusters are used
  std::optional<double> kish;        ///< effective units of sampling weights: (sum of weights)^2 / sum of squares
  std::optional<std::size_t>
      rows_needed;          ///< of what is undecided: about so many rows in all would decide; seconds for latency
  std::string detail;       ///< one clause that explains a not_assessable, error or warning
  std::string message;      ///< what is known, why it is not enough, what would decide; filled by verdict
  std::vector<Part> parts;  ///< empty only for not_assessable and error
  std::vector<GroupRate> groups;
  std::vector<PairGap> pairs;      ///< worst first, one a part; the largest gaps only where there are very many
  std::size_t pairs_left_out = 0;  ///< judged pairs beyond those; the error budget counts them as hypotheses with p = 1
  std::optional<double> value_all_groups;
  std::optional<LatencyReport> latency;
  std::optional<Flips> flips;
  std::optional<Calibration> calibration;
  std::vector<ChangedRow> changed_rows;  ///< parity, determinism: those furthest apart first, at most most_named_rows
  Pictures pictures;                     ///< for reports; empty unless something is worth drawing
  std::optional<WaiverInForce> waiver;   ///< set exactly where the outcome is waived
  double seconds = 0.0;                  ///< wall time of the judging

  /// Whether the policy's error budget pays for it, not that of what the gate file adds to its policy.
  bool of_policy() const {
    return planned.of_policy && (slice.empty() || std::ranges::find(planned.added_values, slice.front().second) ==
                                                      planned.added_values.end());
  }
};

}  // namespace modelgate
