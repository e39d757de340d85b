// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gate/core/check_result.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/outcome.hpp"

namespace modelgate {

/// One kind of decision the self-test repeats: a check, and how much worse the seeded model truly is.
struct TrialCell {
  Family family = Family::latency;
  std::string check;    ///< its name; empty: every check at once, on two copies of one model
  std::string label;    ///< "A/A", "+2 %", "1/2 margin"
  double truth = 0.0;   ///< the true loss; latency: the slow-down over the margin; else in margins, as truly seeded
  double margin = 0.0;  ///< as the limit has it; 0 without a check
};

/// One fresh decision and what was true of it.
struct Decision {
  std::size_t cell = 0;
  std::uint64_t seed = 0;
  Outcome outcome = Outcome::error;  ///< of the cell's check; of the whole gate where the cell names none
  Reason reason = Reason::none;
  bool blocks = false;                    ///< under the gate's policy; a fail always does, unless severity: warn
  std::map<std::string, Outcome> checks;  ///< outcome of every seeded check; empty for latency
  Estimate difference;                    ///< of the cell's check: candidate − production; latency: ratio − 1
  std::size_t rounds = 0;                 ///< latency
  double seconds = 0.0;                   ///< the decision took, waiting for other gates left out
  double waited_s = 0.0;
};

}  // namespace modelgate
