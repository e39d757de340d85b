// SPDX-License-Identifier: Apache-2.0
#include "gate/config/metric_name.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "gate/config/quantity.hpp"

namespace modelgate {
namespace {

constexpr std::int64_t most_ranks = 1'000'000'000;

/// Shortest digits that give the number back, never an exponent: part of ids.
std::string plain_digits(double value) {
  std::array<char, 400> digits{};  // the smallest double has 324 decimals and 17 digits
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  return {digits.data(), end.ptr};
}

std::optional<MetricName> with_ranks(std::string_view stem, std::string_view written) {
  const auto ranks = parse_whole(written);
  if (!ranks || *ranks < 1 || *ranks > most_ranks) return std::nullopt;
  return MetricName{fmt::format("{}@{}", stem, *ranks), static_cast<double>(*ranks)};
}

std::optional<MetricName> with_share(std::string_view stem, std::string_view written) {
  if (written.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  const auto share = parse_number(written);
  if (!share || !(*share > 0.0 && *share < 1.0)) return std::nullopt;
  return MetricName{fmt::format("{}@{}", stem, plain_digits(*share)), *share};
}

}  // namespace

std::string_view stem_of(std::string_view metric) { return metric.substr(0, metric.find('@')); }

std::string example_of(const CheckSpec& spec) {
  switch (spec.parameter) {
    case MetricParameter::ranks: return fmt::format("{}@{}", spec.metric, spec.tasks == flags(Task::ranking) ? 10 : 5);
    case MetricParameter::share:
      return fmt::format("{}@{}", spec.metric, spec.tasks == flags(Task::regression) ? "0.9" : "0.01");
    case MetricParameter::none: break;
  }
  return std::string{spec.metric};
}

MetricName read_metric_name(const Section& entry, const CheckSpec& spec) {
  const std::string written = entry.text("metric");
  const bool has_parameter = written.find('@') != std::string::npos;
  const std::string_view number =
      has_parameter ? std::string_view{written}.substr(spec.metric.size() + 1) : std::string_view{};
  const auto refuse = [&](std::string what, std::string hint) {
    entry.problems().add(entry.value_place("metric"), std::move(what), std::move(hint));
    return MetricName{std::string{spec.metric}, 0.0};
  };
  const bool is_ranks = spec.parameter == MetricParameter::ranks;
  if (spec.parameter == MetricParameter::none) {
    if (!has_parameter) return {written, 0.0};
    return refuse(fmt::format("{} takes nothing behind an @", spec.metric), fmt::format("write {}", spec.metric));
  }
  if (!has_parameter) {
    if (spec.parameter_optional) return {written, 0.0};
    return refuse(fmt::format("{} lacks its {}", spec.metric, is_ranks ? "number of ranks" : "share"),
                  fmt::format("such as {}", example_of(spec)));
  }
  if (auto name = is_ranks ? with_ranks(spec.metric, number) : with_share(spec.metric, number)) return *name;
  return refuse(fmt::format("behind the @ of {} stands {}", spec.metric,
                            is_ranks ? "a whole number of ranks from 1" : "a share between 0 and 1"),
                fmt::format("such as {}", example_of(spec)));
}

}  // namespace modelgate
