// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace modelgate {

/// A monotonic clock that tests can stand in for.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since an arbitrary start; never goes back.
  virtual double now_s() const = 0;
};

/// The machine's own monotonic clock.
class SteadyClock final : public Clock {
 public:
  double now_s() const override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
};

}  // namespace modelgate
