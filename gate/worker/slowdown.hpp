// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace modelgate {

/// A seeded slow-down, asked for by `modelgate selftest` only: after each request's work, before its answer, it burns
/// `share` of the CPU time that this thread spent on the request, from the answer before on, so that requests cost
/// 1 + share times the CPU time they would. With a share of 0 it reads the same clocks and burns nothing: both sides of
/// a pair pay alike for the reading.
class Slowdown {
 public:
  explicit Slowdown(double share);

  /// Burns what the request costs; nothing on the first call, before which no request began.
  void pay();

 private:
  double share_;
  double clock_cost_s_;
  std::optional<double> paid_;  // this thread's CPU clock when the last request was paid for
};

}  // namespace modelgate
