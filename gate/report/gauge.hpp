// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gate/core/check_spec.hpp"

namespace modelgate {

/// name="value" of an OpenMetrics sample, the value made harmless.
std::string label(std::string_view name, std::string_view value);

/// A number with four digits that matter, for GitLab compares them as text.
std::string four_digits(double value);

/// One family of gauges: its samples, and their heads only where there are any.
class Gauge {
 public:
  /// gate: the label that every sample has; it outlives the object, as name does.
  Gauge(std::string_view name, std::string_view help, const std::string& gate);

  void add(const std::string& labels, const std::string& value);
  /// Nothing where the value is not known; rates with 4 decimals, others with 4 digits.
  void add(const std::string& labels, const std::optional<double>& value, Unit unit);

  std::string take() { return empty_ ? std::string{} : std::move(text_); }

 private:
  std::string_view name_;
  const std::string& gate_;
  std::string text_;
  bool empty_ = true;
};

}  // namespace modelgate
