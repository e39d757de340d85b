// SPDX-License-Identifier: Apache-2.0
#include "gate/config/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <string>
#include <utility>

#include "gate/config/quantity.hpp"
#include "gate/config/suggest.hpp"

namespace modelgate {
namespace {

/// Why a limit cannot stand, and what to write instead.
struct Refusal {
  std::string what;
  std::string hint;
};
using Parsed = std::expected<Limit, Refusal>;

std::unexpected<Refusal> refuse(std::string what, std::string hint = {}) {
  return std::unexpected(Refusal{std::move(what), std::move(hint)});
}

std::string_view example_of(Unit unit) {
  switch (unit) {
    case Unit::rate: return "0.02 or 2pp";
    case Unit::seconds: return "20ms or 0.5s";
    case Unit::bytes: return "500MiB";
    case Unit::per_second: return "100/s";
    case Unit::plain:
    case Unit::ratio: return "a bare number";
  }
  return "a bare number";
}

/// What one of the written unit is worth in the metric's unit, or why the unit cannot stand.
std::expected<double, Refusal> worth(const Quantity& quantity, const CheckSpec& spec) {
  const std::string& unit = quantity.unit;
  std::optional<double> value;
  switch (spec.unit) {
    case Unit::rate:
      if (unit.empty()) value = 1.0;
      if (unit == "pp") value = 0.01;
      break;
    case Unit::seconds: value = seconds_in(unit); break;
    case Unit::bytes: value = bytes_in(unit); break;
    case Unit::per_second:
      if (unit.empty() || unit == "/s") value = 1.0;
      break;
    case Unit::plain:
    case Unit::ratio:
      if (unit.empty()) value = 1.0;
      break;
  }
  if (value) return *value;
  if (unit.empty()) {
    const std::string_view kind = spec.unit == Unit::seconds ? "a duration" : "a size";
    return refuse(fmt::format("{} is {}: its limit needs a unit", spec.metric, kind),
                  fmt::format("write {}", example_of(spec.unit)));
  }
  if (unit == "pp") {
    return refuse(fmt::format("pp is for rates; {} is none", spec.metric),
                  fmt::format("write {}", example_of(spec.unit)));
  }
  return refuse(fmt::format("{} has no unit \"{}\"", spec.metric, unit),
                fmt::format("write {}", example_of(spec.unit)));
}

Parsed percent(const Quantity& quantity, LimitWord word, const CheckSpec& spec) {
  if (!is_relative(word)) {
    const bool is_rate = spec.unit == Unit::rate;
    return refuse("% is relative to production; min and max are limits on the candidate itself",
                  is_rate ? fmt::format("write {:.15g} or {:.15g}pp", quantity.value / 100.0, quantity.value)
                          : fmt::format("write {}", example_of(spec.unit)));
  }
  if (!spec.percent_margin) {
    return refuse(fmt::format("{} can be zero or negative, so a share of it has no meaning", spec.metric),
                  fmt::format("write {}", example_of(spec.unit)));
  }
  return Limit{.word = word, .value = quantity.value / 100.0, .relative = true, .text = {}};
}

Parsed parse_limit(const std::string& text, LimitWord word, const CheckSpec& spec) {
  const auto quantity = parse_quantity(text);
  if (!quantity)
    return refuse(fmt::format("\"{}\" needs a number", to_string(word)),
                  fmt::format("write {}", example_of(spec.unit)));
  if (quantity->unit == "%") return percent(*quantity, word, spec);
  const auto unit = worth(*quantity, spec);
  if (!unit) return std::unexpected(unit.error());
  // 5pp is to be the double nearest to 0.05, which 5 * 0.01 is not.
  const double value = quantity->unit == "pp" ? quantity->value / 100.0 : quantity->value * *unit;
  return Limit{.word = word, .value = value, .relative = false, .text = {}};
}

std::optional<Refusal> range_refusal(const Limit& limit, const CheckSpec& spec) {
  if (limit.value >= spec.lowest && limit.value <= spec.highest) return std::nullopt;
  std::string hint;
  if (spec.unit == Unit::rate && limit.value > 1.0 && limit.value <= 100.0) {
    hint = fmt::format("write {:.15g} or {:.15g}pp", limit.value / 100.0, limit.value);
  }
  return Refusal{fmt::format("{} lies between {:.15g} and {:.15g}; {} is outside", spec.metric, spec.lowest,
                             spec.highest, limit.text),
                 hint};
}

std::optional<Refusal> margin_refusal(const Limit& limit, const CheckSpec& spec) {
  const std::string_view word = to_string(limit.word);
  if (limit.value < 0.0) return Refusal{fmt::format("\"{}\" cannot be negative", word), "write the size alone"};
  if (limit.value == 0.0 && limit.word == LimitWord::max_regression) {
    return Refusal{"an equal model almost never passes at margin 0",
                   "write the loss that would not matter, or min_improvement: 0 to demand a proven improvement"};
  }
  const bool shrinks = spec.direction == Direction::higher_is_better;
  const double whole_range =
      limit.relative ? (shrinks ? 1.0 : 0.0) : (spec.unit == Unit::rate ? spec.highest - spec.lowest : 0.0);
  if (whole_range > 0.0 && limit.value >= whole_range) {
    std::string hint =
        spec.unit == Unit::rate && !limit.relative && limit.value <= 100.0 && limit.value > 1.0
            ? fmt::format("write {:.15g}pp, or {:.15g}% for a share of production", limit.value, limit.value)
            : std::string{};
    return Refusal{
        fmt::format("{} cannot change by as much as {}: this limit would decide nothing", spec.metric, limit.text),
        std::move(hint)};
  }
  return std::nullopt;
}

std::string words_taken(const CheckSpec& spec) {
  std::vector<std::string_view> words;
  for (const LimitWord word : all_limit_words) {
    if (has(spec.limits, word)) words.push_back(to_string(word));
  }
  return one_of(words);
}

std::optional<Limit> read_limit(const Section& entry, std::string_view key, LimitWord word, const CheckSpec& spec) {
  const std::string text = entry.text(key);
  auto limit = parse_limit(text, word, spec);
  const Place place = entry.value_place(key);
  if (!limit) {
    entry.problems().add(place, limit.error().what, limit.error().hint);
    return std::nullopt;
  }
  limit->text = text;
  if (const auto refusal = is_relative(word) ? margin_refusal(*limit, spec) : range_refusal(*limit, spec)) {
    entry.problems().add(place, refusal->what, refusal->hint);
    return std::nullopt;
  }
  return *limit;
}

void check_contradictions(const Section& entry, const std::vector<Limit>& limits) {
  const auto find = [&](LimitWord word) { return std::ranges::find(limits, word, &Limit::word); };
  const auto low = find(LimitWord::min);
  const auto high = find(LimitWord::max);
  if (low == limits.end() || high == limits.end() || low->value < high->value) return;
  entry.problems().add(entry.value_place("max"),
                       fmt::format("\"max\" {} is not above \"min\" {}", high->text, low->text),
                       "nothing could pass both");
}

}  // namespace

std::vector<Limit> read_limits(const Section& entry, const CheckSpec& spec) {
  std::vector<Limit> limits;
  bool written = false;
  for (const LimitWord word : all_limit_words) {
    const std::string_view key = to_string(word);
    written = written || entry.written(key);
    if (!entry.given(key)) continue;
    if (!has(spec.limits, word)) {
      entry.problems().add(entry.key_place(key), fmt::format("\"{}\" is no limit of {}", key, spec.metric),
                           fmt::format("{} takes {}", spec.metric, words_taken(spec)));
    } else if (auto limit = read_limit(entry, key, word, spec)) {
      limits.push_back(std::move(*limit));
    }
  }
  if (!written) {
    entry.problems().add(entry.value_place("metric"), fmt::format("{} has no limit", spec.metric),
                         fmt::format("add {}", words_taken(spec)));
  }
  check_contradictions(entry, limits);
  return limits;
}

std::optional<std::string> fine_margin_warning(const PlannedCheck& check, bool pinned_allocator) {
  constexpr double finest = 0.02;           // two processes of one file differ by up to so much
  constexpr double finest_unpinned = 0.10;  // and with the system's allocator by far more, for as long as they live
  const bool margin = check.limit.word == LimitWord::max_regression && check.limit.relative;
  const bool timed = check.family == Family::latency || check.metric == "throughput";
  const double least = pinned_allocator ? finest : finest_unpinned;
  if (!timed || !margin || !(check.limit.value < least)) return std::nullopt;
  const std::string place =
      check.file.empty() ? fmt::format("line {}", check.line) : fmt::format("{}:{}", check.file, check.line);
  if (!pinned_allocator) {
    return fmt::format(
        "{} ({}): with runtime.allocator: system two processes of the same model can differ by 10 % and more, so a "
        "margin of {} will seldom be decided; write 10% or more, or leave the allocator pinned",
        check.base_id, place, check.limit.text);
  }
  return fmt::format(
      "{} ({}): two processes of the same model differ by up to 2 %, so a margin of {} will seldom be decided; "
      "5% is usual",
      check.base_id, place, check.limit.text);
}

std::optional<double> read_hard_margin(const Section& entry, const CheckSpec& spec, OnInconclusive policy) {
  if (!entry.given("hard_margin")) return std::nullopt;
  const auto refuse_key = [&](std::string what, std::string hint) {
    entry.problems().add(entry.key_place("hard_margin"), std::move(what), std::move(hint));
    return std::nullopt;
  };
  if (!entry.written("max_regression")) return refuse_key("\"hard_margin\" needs \"max_regression\"", "remove it");
  if (policy != OnInconclusive::guard) {
    return refuse_key(fmt::format("\"hard_margin\" means nothing with on_inconclusive: {}", to_string(policy)),
                      "it belongs to on_inconclusive: guard");
  }
  const auto hard = read_limit(entry, "hard_margin", LimitWord::max_regression, spec);
  const auto margin = parse_limit(entry.text("max_regression"), LimitWord::max_regression, spec);
  if (!hard || !margin) return std::nullopt;
  if (hard->relative != margin->relative) {
    return refuse_key("\"hard_margin\" and \"max_regression\" have different units", "write both in % or neither");
  }
  if (hard->value < margin->value) {
    return refuse_key("\"hard_margin\" is smaller than \"max_regression\"",
                      "it is the larger harm that must be excluded");
  }
  return hard->value;
}

}  // namespace modelgate
