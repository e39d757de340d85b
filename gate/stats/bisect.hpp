// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate::stats {

/// Where holds(x) turns from true to false on [low, high], to the last bits; holds must be monotone. low where it never
/// holds, high where it always does.
template <class Predicate>
double bisect(Predicate holds, double low, double high) {
  for (int step = 0; step < 200; ++step) {
    const double middle = low + (high - low) / 2.0;
    if (!(low < middle && middle < high)) break;
    (holds(middle) ? low : high) = middle;
  }
  return low + (high - low) / 2.0;
}

}  // namespace modelgate::stats
