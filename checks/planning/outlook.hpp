// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "checks/planning/pilot.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Share of the rows that the planner takes two models to disagree on where no pilot report says it.
inline constexpr double assumed_discordant = 0.10;
/// Power that rows and margins are planned for.
inline constexpr double planned_power = 0.9;

/// What one planned check can decide in one place, before any model runs.
struct Outlook {
  std::size_t check = 0;    ///< index into the plan's checks
  std::string scope;        ///< "sex=F, age_band=60+"; empty: overall
  std::size_t rows = 0;     ///< rows of the place
  double units = 0.0;       ///< effective rows the estimate rests on: of one label, of unequal weight, of clusters
  bool from_pilot = false;  ///< the spread is a pilot's, not assumed
  bool counted = false;     ///< in the chance that an equal model is blocked

  std::optional<double> margin;            ///< the limit as compared, in the metric's unit
  std::optional<std::size_t> rows_needed;  ///< rows of this place, mixed as they are, for 90 % power at the margin
  std::optional<double> smallest;          ///< the smallest margin that an equal model passes with 90 % power
  std::optional<double> pass_chance;       ///< that an equal model passes at the margin
  std::optional<double> unblocked_chance;  ///< that it does not block under its policy
  std::string note;                        ///< a clause: why there are no numbers, or what they stand on
  bool unjudgeable = false;                ///< the data cannot answer here: not_assessable, whatever the models do
  bool same_as_production = true;          ///< false: the numbers are about groups alike, not about an equal model

  /// An equal model passes too seldom at this margin (under 80 % of runs).
  bool blind() const { return pass_chance && *pass_chance < 0.8; }
};

/// How much the planner is asked for: only chances (quick), or also rows and margins.
enum class Detail { chances, all };

/// The outlook of every planned check in every place, in the order of the plan. Without a pilot 10 % of the rows are
/// taken to be discordant. Never errors: what is not known stands in the note.
std::vector<Outlook> outlooks_of(const Plan& plan, const RowColumns& rows, const Pilot* pilot, Detail detail);

}  // namespace modelgate
