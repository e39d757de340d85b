// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Two-sided interval of level 1−2α unless said otherwise; low <= high, both finite or ±infinity where the method says
/// so.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

}  // namespace modelgate
