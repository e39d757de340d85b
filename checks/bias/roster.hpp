// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "checks/groups.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// Which groups of an attribute are judged: all that have rows, or those the gate file declares; and which of them all
/// others are compared with.
struct Roster {
  std::vector<bool> declared;            ///< by group of the grouping
  std::vector<std::string> absent;       ///< declared, but no row has them
  std::optional<std::size_t> reference;  ///< group of the grouping; nothing: every pair is compared
  std::string trouble;                   ///< a full sentence where the reference group cannot serve, else ""

  /// Whether this pair of groups is compared.
  bool compares(std::size_t one, std::size_t other) const {
    return !reference || one == *reference || other == *reference;
  }
};

/// The roster of a planned attribute over the groups seen. A reference group is named as reports name groups: "F", or
/// "F, 18-29" for a crossing.
Roster roster_of(const PlannedCheck& planned, const Grouping& grouping);

}  // namespace modelgate
