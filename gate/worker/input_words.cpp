// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/input_words.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace modelgate {
namespace {

using Kind = InputMismatch::Kind;

constexpr std::string_view how_to_have_any_rows =
    "export the model for any number of rows: torch.export.export(model, inputs, dynamic_shapes=({0: "
    "torch.export.Dim(\"rows\")},)), with one such entry an input";

/// The number right behind mark, which is cut off with all before it.
std::optional<std::int64_t> number_after(std::string_view& words, std::string_view mark) {
  const std::size_t found = words.find(mark);
  if (found == std::string_view::npos) return std::nullopt;
  words.remove_prefix(found + mark.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  words.remove_prefix(static_cast<std::size_t>(end - words.data()));
  return number;
}

std::string first_line(std::string_view words) {
  constexpr std::size_t most = 500;
  words = words.substr(0, words.find('\n'));
  return std::string(words.substr(0, most));
}

/// About the number of rows, which is the gate's to choose.
std::string about_rows(const InputMismatch& mismatch, std::size_t rows) {
  const std::string limit = std::to_string(mismatch.expected);
  const std::string asked = " rows at a time, and the gate gave it " + std::to_string(rows) + "; ";
  const std::string any(how_to_have_any_rows);
  switch (mismatch.kind) {
    case Kind::too_small: return "the package takes at least " + limit + asked + any;
    case Kind::too_large:
      return "the package takes at most " + limit + asked + "write runtime.chunk: " + limit + ", or " + any;
    default:
      return "the package is compiled for exactly " + limit + asked + any + "; or write runtime.chunk: " + limit +
             " (and batch: " + limit + " in latency checks), which fits if the golden rows are a multiple of it";
  }
}

}  // namespace

std::optional<InputMismatch> read_mismatch(std::string_view words) {
  InputMismatch mismatch;
  const auto input = number_after(words, "input_handles[");
  if (!input) return std::nullopt;
  mismatch.input = static_cast<std::size_t>(*input);
  words = words.substr(0, words.find('\n'));
  if (words.find("unmatched dtype") != std::string_view::npos) {
    mismatch.kind = Kind::dtype;
    return mismatch;
  }
  constexpr std::array kinds{std::pair{std::string_view("unmatched dim value at "), Kind::size},
                             std::pair{std::string_view("dim value is too small at "), Kind::too_small},
                             std::pair{std::string_view("dim value is too large at "), Kind::too_large}};
  for (const auto& [mark, kind] : kinds) {
    if (words.find(mark) == std::string_view::npos) continue;
    const auto axis = number_after(words, mark);
    const auto expected = number_after(words, kind == Kind::size        ? "expected: "
                                              : kind == Kind::too_small ? ">= "
                                                                        : "<= ");
    if (!axis || !expected) return std::nullopt;
    mismatch.kind = kind;
    mismatch.axis = static_cast<std::size_t>(*axis);
    mismatch.expected = *expected;
    return mismatch;
  }
  return std::nullopt;
}

std::string explain_failure(std::string_view words, std::size_t rows) {
  const std::string said = first_line(words);
  const auto mismatch = read_mismatch(words);
  if (!mismatch) return said.empty() ? "the package failed without a word" : said;
  const std::string input = "input " + std::to_string(mismatch->input + 1) + " of the gate file";
  std::string text;
  if (mismatch->kind == Kind::dtype) {
    text = input + " has another dtype than the package is compiled for; set its dtype";
  } else if (mismatch->axis == 0) {
    text = about_rows(*mismatch, rows);
  } else {
    text = input + " has not the shape that the package is compiled for (dimension " + std::to_string(mismatch->axis) +
           "); name the columns that this model takes";
  }
  return text + ". (The package: " + said + ")";
}

}  // namespace modelgate
