// SPDX-License-Identifier: Apache-2.0
#include "checks/outputs/named_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t named_in_words = 5;

}  // namespace

std::string difference_size(double difference) { return fmt::format("{:.3g}", difference); }

std::string apart_words(double difference) {
  return std::isfinite(difference) ? "by " + difference_size(difference) : std::string("to or from no finite number");
}

std::string beyond_words(const SameWithin& same) {
  if (same == SameWithin{}) return {};
  const std::string share = difference_size(same.relative) + " of the number";
  if (same.relative == 0.0) return " by more than " + difference_size(same.absolute);
  if (same.absolute == 0.0) return " by more than " + share;
  return fmt::format(" by more than {} and {}", difference_size(same.absolute), share);
}

std::string named_rows(std::span<const ChangedRow> rows, std::size_t all, RowWords words) {
  const std::size_t named = std::min(rows.size(), named_in_words);
  if (named == 0) return {};
  std::string text = words.sizes ? "Most of all " : "They are ";
  for (std::size_t i = 0; i < named; ++i) {
    text += fmt::format("{}row {}", i == 0 ? "" : ", ", count_text(rows[i].row + 1));
    if (words.sizes) text += " " + apart_words(rows[i].difference);
    if (words.answers) text += fmt::format(" in its answer {}", rows[i].answer);
  }
  if (all > named) text += fmt::format(" and {} more", count_text(all - named));
  return text + ".";
}

}  // namespace modelgate
