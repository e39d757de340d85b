// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/date.hpp"
#include "gate/core/outcome.hpp"

namespace modelgate {

/// One entry of the waivers file: who tolerates what one check says, why, how bad it may be, and until when.
struct Waiver {
  std::string check;  ///< id of one result, a slice's included
  std::string owner;
  std::string reason;
  Date until;                   ///< the last day on which it is in force
  std::optional<double> worst;  ///< the candidate's value that is still tolerated; none: only a result without a value
  int line = 0;
};

/// The waivers of a gate and the day on which they are applied.
struct WaiverBook {
  std::string file;  ///< as the messages name it
  std::vector<Waiver> waivers;
  Date today;
  std::string sha256;  ///< of the file's bytes; empty: no file
};

/// What stands beside a waived result.
struct WaiverInForce {
  Waiver waiver;
  Outcome instead_of = Outcome::fail;  ///< what the result would have been: fail, inconclusive or not_assessable
};

}  // namespace modelgate
