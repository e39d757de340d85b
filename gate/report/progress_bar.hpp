// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "gate/core/clock.hpp"
#include "gate/core/progress.hpp"

namespace modelgate {

/// One line on a terminal, rewritten in place at most ten times a second and erased at the end of its phase:
/// "replay  ████████░░░░  61%  612,000 of 1,000,000 rows  412,000 rows/s  1 s left". Stream and clock outlive it.
class ProgressBar final : public Progress {
 public:
  /// width: columns of the terminal.
  ProgressBar(std::ostream& out, const Clock& clock, std::size_t width = 80);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() override;

  void update(std::string_view phase, std::size_t done, std::optional<std::size_t> total) override;
  void finish(std::string_view phase) override;

 private:
  void begin(std::string_view phase, double now);
  std::string line(std::size_t done, std::optional<std::size_t> total, double now) const;
  void erase();

  std::ostream& out_;
  const Clock& clock_;
  std::size_t width_;
  std::string phase_;
  double started_ = 0.0;
  double shown_ = 0.0;
  bool visible_ = false;
};

}  // namespace modelgate
