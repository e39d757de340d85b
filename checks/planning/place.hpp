// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "checks/judge.hpp"
#include "checks/planning/outlook.hpp"
#include "checks/planning/pilot.hpp"
#include "checks/planning/tallies.hpp"
#include "checks/spread.hpp"

namespace modelgate {

/// Where AUC, F1, precision and the rates of groups are taken to lie without a pilot.
inline constexpr double likely_value = 0.8;

/// One check in one place, with all that is known of it before a run.
struct PlannedPlace {
  const PlannedCheck& check;
  const Spread* spread = nullptr;  ///< null: not known before a run
  const GroupTally& group;
  std::size_t klass = 1;                   ///< the label of Basis::label_rows
  const PilotCheck* pilot = nullptr;       ///< of this check and place
  std::size_t pilot_rows = 0;              ///< rows of the pilot's place
  std::optional<double> pilot_discordant;  ///< in the pilot's rows at large
  bool plain = true;                       ///< rows count alike and one by one
  Outlook& outlook;                        ///< to be filled

  double alpha() const { return alpha_of(check); }
};

/// A limit against production, for a candidate that equals it.
void look_at_margin(PlannedPlace& place, Detail detail);

/// A fixed limit, for a model as good as the pilot's production (its candidate where it had none); place.pilot is set.
void look_at_limit(PlannedPlace& place, Detail detail);

/// Why the data cannot answer here, by the guards of the checks; empty where they can.
std::string guard_of(const PlannedPlace& place);

/// This place is not assessable, whatever the models do.
void cannot_judge(Outlook& outlook, const PlannedCheck& check, std::string why);

/// Rows of the place from the factor by which they must grow.
void tell_rows(Outlook& outlook, std::optional<double> growth);

}  // namespace modelgate
