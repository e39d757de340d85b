// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// A seeded slow-down, asked for by `modelgate selftest` only: after each request's work it burns `share` of the CPU
/// time that the work took. With a share of 0 it reads the same clocks and burns nothing, so that both sides of a pair
/// pay alike for the reading. Only this thread's CPU time counts.
class Slowdown {
 public:
  explicit Slowdown(double share) : share_(share) {}

  void work_begins();
  void work_ended();

 private:
  double share_;
  double begin_s_ = 0.0;
};

}  // namespace modelgate
