// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

namespace modelgate {

/// How far two numbers may lie apart and still be the same; the larger of the two bounds holds, as in Python's
/// math.isclose. Nothing is as far from a number as what is none.
struct SameWithin {
  double absolute = 0.0;
  double relative = 0.0;  ///< of the larger of the two numbers

  bool operator==(const SameWithin&) const = default;

  /// Whether numbers this far apart are the same, size being the larger of them without its sign.
  bool allows(double difference, double size) const {
    return difference == 0.0 || (std::isfinite(difference) && difference <= std::max(absolute, relative * size));
  }
};

}  // namespace modelgate
