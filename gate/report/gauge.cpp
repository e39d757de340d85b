// SPDX-License-Identifier: Apache-2.0
#include "gate/report/gauge.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {

// junit_name leaves neither #, quotes nor backslashes; none of what it leaves needs an escape.
std::string label(std::string_view name, std::string_view value) {
  return fmt::format("{}=\"{}\"", name, junit_name(clean_line(value)));
}

std::string four_digits(double value) {
  const double rounded = std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr);
  return rounded == 0.0 ? "0" : fmt::format("{}", rounded);
}

Gauge::Gauge(std::string_view name, std::string_view help, const std::string& gate)
    : name_(name),
      gate_(gate),
      text_(fmt::format("# TYPE modelgate_{} gauge\n# HELP modelgate_{} {}\n", name, name, help)) {}

void Gauge::add(const std::string& labels, const std::string& value) {
  text_ += fmt::format("modelgate_{}{{{}{}{}}} {}\n", name_, gate_, labels.empty() ? "" : ",", labels, value);
  empty_ = false;
}

void Gauge::add(const std::string& labels, const std::optional<double>& value, Unit unit) {
  if (value && std::isfinite(*value)) add(labels, unit == Unit::rate ? fixed_text(*value, 4) : four_digits(*value));
}

}  // namespace modelgate
