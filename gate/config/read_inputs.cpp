// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "gate/config/quantity.hpp"
#include "gate/config/read.hpp"

namespace modelgate {
namespace {

constexpr std::array<std::pair<std::string_view, DType>, 7> dtypes{{{"float32", DType::float32},
                                                                    {"float64", DType::float64},
                                                                    {"int64", DType::int64},
                                                                    {"int32", DType::int32},
                                                                    {"uint8", DType::uint8},
                                                                    {"bool", DType::boolean},
                                                                    {"string", DType::string}}};
constexpr std::int64_t most_values_a_row = 1LL << 30;

DType dtype_of(std::string_view word) {
  const auto* const hit = std::ranges::find(dtypes, word, &std::pair<std::string_view, DType>::first);
  return hit == dtypes.end() ? DType::float32 : hit->second;
}

bool is_float(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }

/// Reads one input; each method looks at one side of it.
class InputReader {
 public:
  InputReader(const Section& section, const Scene& scene) : section_(section), scene_(scene) {}

  InputSpec read() {
    input_.line = section_.place().line;
    input_.dtype = dtype_of(section_.text("dtype"));
    read_source();
    read_shape();
    read_nulls();
    read_vocabulary();
    read_padding();
    check_strings();
    return input_;
  }

 private:
  void refuse(std::string_view key, std::string what, std::string hint = {}) {
    section_.problems().add(section_.key_place(key), std::move(what), std::move(hint));
  }

  void only_with(std::string_view key, bool fits, std::string_view what) {
    if (section_.given(key) && !fits) refuse(key, fmt::format("\"{}\" {}", key, what));
  }

  void read_source() {
    constexpr std::array<std::string_view, 3> sources{"columns", "files", "mask_of"};
    const auto written = std::ranges::count_if(sources, [&](std::string_view key) { return section_.written(key); });
    if (written != 1) {
      section_.problems().add(section_.place(),
                              written == 0 ? "an input without a source" : "an input with more than one source",
                              "write exactly one of columns, files or mask_of");
    }
    if (section_.given("files")) {
      input_.kind = InputSpec::Kind::files;
      input_.columns = {section_.text("files")};
    } else if (section_.given("mask_of")) {
      input_.kind = InputSpec::Kind::mask_of;
      input_.mask_of = section_.text("mask_of");
    } else {
      input_.columns = section_.texts("columns");
    }
  }

  bool from_columns() const { return input_.kind == InputSpec::Kind::columns; }

  void read_shape() {
    std::int64_t values = 1;
    for (const std::string& length : section_.texts("shape")) {
      input_.shape.push_back(parse_whole(length).value_or(1));
      values = values > most_values_a_row ? values : values * input_.shape.back();
    }
    if (values > most_values_a_row) {
      refuse("shape", fmt::format("\"shape\" holds more than {} values a row", most_values_a_row));
    }
    if (input_.kind == InputSpec::Kind::files && !section_.written("shape")) {
      refuse("files", "\"files\" needs \"shape\"", "write the shape of one row's array, such as shape: [3, 224, 224]");
    }
    only_with("shape", input_.kind != InputSpec::Kind::mask_of, "does not apply to a mask: it has that of its column");
  }

  void read_nulls() {
    if (!section_.given("nulls")) return;
    only_with("nulls", from_columns(), "applies to columns only");
    const std::string text = section_.text("nulls");
    if (text == "error") return;
    if (text == "nan") {
      input_.nulls.kind = NullPolicy::Kind::nan;
      if (!is_float(input_.dtype)) {
        refuse("nulls", fmt::format("{} has no NaN", section_.text("dtype")), "write nulls: error or a number");
      }
      return;
    }
    input_.nulls = {.kind = NullPolicy::Kind::number, .number = section_.number("nulls")};
    check_fits_dtype("nulls", input_.nulls.number);
  }

  void check_fits_dtype(std::string_view key, double number) {
    if (is_float(input_.dtype)) return;
    if (input_.dtype == DType::string) {
      refuse(key, fmt::format("\"{}\" has no number in an input of strings", key));
    } else if (std::floor(number) != number || (input_.dtype == DType::uint8 && (number < 0 || number > 255)) ||
               (input_.dtype == DType::boolean && number != 0.0 && number != 1.0) ||
               (input_.dtype == DType::int32 && std::abs(number) > 2147483647.0) ||
               std::abs(number) > 9007199254740991.0) {
      refuse(key, fmt::format("\"{}\" does not fit {}", key, section_.text("dtype")));
    }
  }

  void read_vocabulary() {
    if (section_.given("vocabulary")) {
      input_.vocabulary = resolved_path(section_.text("vocabulary"), section_.value_place("vocabulary"), scene_);
      only_with("vocabulary", from_columns(), "applies to columns only");
      const bool codes = input_.dtype == DType::int64 || input_.dtype == DType::int32;
      only_with("vocabulary", codes, "gives whole-number codes: write dtype: int64");
    }
    if (section_.given("unknown")) {
      input_.unknown = section_.whole("unknown");
      only_with("unknown", section_.written("vocabulary"), "needs \"vocabulary\"");
    }
  }

  void read_padding() {
    const bool pads = section_.written("pad");
    if (section_.given("pad")) {
      input_.pad = section_.number("pad");
      check_fits_dtype("pad", *input_.pad);
      only_with("pad", from_columns() && input_.columns.size() <= 1, "applies to a single column of lists");
      only_with("pad", !section_.written("shape"), "and \"shape\" exclude each other: length is the shape");
      if (!section_.written("length")) refuse("pad", "\"pad\" needs \"length\"", "write length: N");
    }
    input_.length = section_.whole("length");
    input_.truncate = section_.flag("truncate");
    only_with("length", pads, "needs \"pad\"");
    only_with("truncate", pads, "needs \"pad\"");
  }

  void check_strings() {
    if (input_.dtype != DType::string) return;
    if (!from_columns() || input_.columns.size() > 1) {
      refuse("dtype", "an input of strings is a single column", "write one input for each");
    }
    only_with("shape", false, "does not apply to strings");
  }

  const Section& section_;
  const Scene& scene_;
  InputSpec input_;
};

/// A mask takes its length from the padded input whose column it names.
void link_mask(InputSpec& mask, const Section& section, const std::vector<InputSpec>& inputs) {
  const auto padded = std::ranges::find_if(inputs, [&](const InputSpec& input) {
    return input.pad && input.columns.size() == 1 && input.columns.front() == mask.mask_of;
  });
  if (padded == inputs.end()) {
    section.problems().add(section.value_place("mask_of"),
                           fmt::format("no padded input has the column \"{}\"", mask.mask_of),
                           "a mask belongs to an input with pad and length in the same list");
    return;
  }
  mask.length = padded->length;
  mask.truncate = padded->truncate;
}

}  // namespace

std::vector<InputSpec> read_inputs(const Section& owner, const Scene& scene) {
  const YamlNode* const list = owner.node("inputs");
  if (list == nullptr) return {};
  std::vector<InputSpec> inputs;
  std::vector<Section> sections;
  for (const YamlNode& item : list->items) {
    sections.emplace_back(&item, Where::input, item.place, scene.problems);
    inputs.push_back(InputReader(sections.back(), scene).read());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].kind == InputSpec::Kind::mask_of) link_mask(inputs[i], sections[i], inputs);
  }
  return inputs;
}

}  // namespace modelgate
