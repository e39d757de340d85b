// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "gate/core/score_rules.hpp"
#include "gate/data/csv_cells.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

constexpr std::int64_t null_label = -2;
constexpr std::string_view label_is_null =
    "the label is null or NaN. Every golden row needs a label; mend or remove the row";

/// Which finite numbers a column may hold, in words.
struct Measure {
  std::string_view noun;
  std::string_view wanted;
  bool (*allowed)(double);
};
constexpr Measure any_number{"label", "finite", [](double) { return true; }};
constexpr Measure relevance{"relevance", "finite and not negative", [](double value) { return value >= 0; }};
constexpr Measure sampling{"weight", "finite and not negative", [](double value) { return value >= 0; }};
constexpr Measure frequency{"weight", "a whole number of rows, 0 or more (weight kind frequency)",
                            [](double value) { return value >= 0 && value == std::floor(value); }};
constexpr Measure exposure{"weight", "finite and above 0 (weight kind exposure)",
                           [](double value) { return value > 0; }};

/// Numbers: regression labels, relevances and weights.
class MeasureDecoder final : public RowDecoder {
 public:
  MeasureDecoder(BoundColumn column, std::vector<double> RowColumns::* target, Measure measure)
      : column_(std::move(column)), target_(target), measure_(measure) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    auto& values = rows.*target_;
    const Numbers numbers(*run.batch.column(static_cast<int>(column_.index)), run.begin, run.count);
    if (const auto flaw = first_flaw(numbers, DType::float64, NullPolicy{})) {
      const bool label = target_ == &RowColumns::label_value;
      return data_error(fmt::format("{}: {}.", place(run, column_.name, flaw->index),
                                    label ? label_is_null : "the weight is null or NaN. Mend or remove the row"));
    }
    const auto before = values.size();
    values.resize(before + static_cast<std::size_t>(run.count));
    store(numbers, 0, run.count, DType::float64, NullPolicy{}, reinterpret_cast<std::byte*>(values.data() + before), 1);
    for (auto i = before; i < values.size(); ++i) {
      if (std::isfinite(values[i]) && measure_.allowed(values[i])) continue;
      return data_error(fmt::format("{}: the {} must be {}. Mend or remove the row.",
                                    place(run, column_.name, static_cast<std::int64_t>(i - before)), measure_.noun,
                                    measure_.wanted));
    }
    return {};
  }

 private:
  BoundColumn column_;
  std::vector<double> RowColumns::* target_;
  Measure measure_;
};

/// Class labels that are indexes: 0/1, or 0…k−1.
class IndexLabels final : public RowDecoder {
 public:
  IndexLabels(BoundColumn column, Task task, std::vector<std::string> names)
      : column_(std::move(column)), task_(task), names_(std::move(names)) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    const Numbers numbers(*run.batch.column(static_cast<int>(column_.index)), run.begin, run.count);
    if (const auto flaw = first_flaw(numbers, DType::int64, NullPolicy{})) {
      const bool missing = flaw->kind == FlawKind::missing;
      return refuse(run, flaw->index, missing ? label_is_null : wanted());
    }
    values_.resize(static_cast<std::size_t>(run.count));
    store(numbers, 0, run.count, DType::int64, NullPolicy{}, reinterpret_cast<std::byte*>(values_.data()), 1);
    const auto classes = task_ == Task::binary ? 2
                         : names_.empty()      ? static_cast<std::int64_t>(most_classes)
                                               : std::ssize(names_);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] < 0 || values_[i] >= classes) return refuse(run, static_cast<std::int64_t>(i), wanted());
      rows.label_class.push_back(static_cast<std::int32_t>(values_[i]));
      highest_ = std::max(highest_, values_[i]);
    }
    return {};
  }

  Result<void> finish(RowColumns& rows) override {
    if (task_ == Task::binary) return {};
    rows.class_names = names_;
    if (!names_.empty()) return {};
    for (std::int64_t k = 0; k <= highest_; ++k) rows.class_names.push_back(fmt::format("{}", k));
    return {};
  }

 private:
  std::string wanted() const {
    if (task_ == Task::binary)
      return "the label is neither 0 nor 1. Mend the row, or declare which value is positive: label: "
             "{column: …, positive: …}";
    if (names_.empty())
      return fmt::format("the label is no class index from 0 to {}. Mend the row, or declare output.classes",
                         most_classes - 1);
    return fmt::format("the label is no class index from 0 to {} (output.classes: {})", names_.size() - 1,
                       fmt::join(names_, ", "));
  }
  std::unexpected<Error> refuse(const Run& run, std::int64_t row, std::string_view why) const {
    return data_error(fmt::format("{}: {}.", place(run, column_.name, row), why));
  }

  BoundColumn column_;
  Task task_;
  std::vector<std::string> names_;
  std::vector<std::int64_t> values_;
  std::int64_t highest_ = 0;
};

/// Class labels that are texts (or whole numbers taken as texts).
class TextLabels final : public RowDecoder {
 public:
  TextLabels(BoundColumn column, Task task, ClassTexts texts, bool empty_is_null, bool whole_dataset)
      : column_(std::move(column)),
        task_(task),
        texts_(std::move(texts)),
        coder_(empty_is_null),
        whole_dataset_(whole_dataset) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    const auto& array = *run.batch.column(static_cast<int>(column_.index));
    const auto code_of = [this](std::optional<std::string_view> text) {
      return text ? texts_.code(*text) : null_label;
    };
    const auto& codes = coder_.codes(array, run.begin, run.count, code_of);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] < 0) {
        const auto where = place(run, column_.name, static_cast<std::int64_t>(i));
        return codes[i] == null_label
                   ? data_error(fmt::format("{}: {}.", where, label_is_null))
                   : data_error(
                         fmt::format("{}: the label is none of the declared classes ({}). Mend the row, or correct "
                                     "output.classes.",
                                     where, fmt::join(texts_.names, ", ")));
      }
      rows.label_class.push_back(static_cast<std::int32_t>(codes[i]));
      seen_positive_ = seen_positive_ || codes[i] == 1;
    }
    return {};
  }

  Result<void> finish(RowColumns& rows) override {
    if (task_ != Task::binary) rows.class_names = texts_.names;
    // Else a misspelt word would quietly make every row negative.
    if (texts_.positive && whole_dataset_ && !seen_positive_ && !rows.label_class.empty()) {
      return data_error(
          fmt::format("Column {} never has the value label.positive names ({}) in {} rows. Correct the gate file, "
                      "or add positive rows.",
                      column_.name, *texts_.positive, rows.label_class.size()));
    }
    return {};
  }

 private:
  BoundColumn column_;
  Task task_;
  ClassTexts texts_;
  ValueCoder coder_;
  bool whole_dataset_;
  bool seen_positive_ = false;
};

std::unexpected<Error> wrong_type(const BoundRows& bound, const BoundColumn& column, std::string_view wanted) {
  if (is_text(*column.type) && bound.format == DataFormat::csv) {
    if (const auto where = place_of_no_number(bound.file, column.name)) {
      return data_error(
          fmt::format("{} is no number, as others of the column are. Correct the cell; {}.", *where, wanted));
    }
  }
  return data_error(
      fmt::format("{}, column {}: {}; it is {}.", bound.file, column.name, wanted, type_name(*column.type)));
}

RowDecoderResult make_class_labels(const GoldenRequest& request, const BoundRows& bound) {
  const auto& column = bound.label.front();
  auto texts = ClassTexts::of(request.task, request.dataset.label, request.class_names);
  const bool csv = bound.format == DataFormat::csv;
  const bool whole = is_whole(*column.type);
  if (is_text(*column.type) || (whole && (texts.positive || texts.numeric_names()))) {
    if (!texts.declared()) {
      return wrong_type(
          bound, column,
          request.task == Task::binary
              ? "a text label needs the text that means 1: label: {column: …, positive: …}"
              : "text labels need the class names in the order of the model's outputs: output: {classes: […]}");
    }
    if (texts.positive && column.type->id() == arrow::Type::BOOL) {
      std::ranges::transform(*texts.positive, texts.positive->begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
    return std::make_unique<TextLabels>(column, request.task, std::move(texts), csv, request.shards == 0);
  }
  if (!is_number(*column.type))
    return wrong_type(bound, column, "a class label must be text, a whole number or a boolean");
  if (texts.positive) return wrong_type(bound, column, "label.positive needs text, whole numbers or booleans");
  return std::make_unique<IndexLabels>(column, request.task, request.class_names);
}

}  // namespace

ClassTexts ClassTexts::of(Task task, const LabelSpec& label, const std::vector<std::string>& class_names) {
  ClassTexts texts;
  if (task == Task::binary && label.positive) {
    texts.positive = label.positive;
  } else {
    texts.names = class_names;
  }
  return texts;
}

bool ClassTexts::numeric_names() const {
  const auto whole = [](const std::string& name) {
    return !name.empty() && name.find_first_not_of("-0123456789") == std::string::npos;
  };
  return !names.empty() && std::ranges::all_of(names, whole);
}

std::int64_t ClassTexts::code(std::string_view text) const {
  if (positive) return text == *positive ? 1 : 0;
  const auto found = std::ranges::find(names, text);
  return found == names.end() ? -1 : found - names.begin();
}

RowDecoderResult make_label_decoder(const GoldenRequest& request, const BoundRows& bound) {
  const auto& column = bound.label.front();
  switch (request.task) {
    case Task::binary:
    case Task::multiclass: return make_class_labels(request, bound);
    case Task::regression:
      if (!is_number(*column.type)) return wrong_type(bound, column, "a regression label must be a number");
      return std::make_unique<MeasureDecoder>(column, &RowColumns::label_value, any_number);
    case Task::ranking:
      if (!is_number(*column.type))
        return wrong_type(bound, column, "a ranking's label, the relevance, must be a number");
      return std::make_unique<MeasureDecoder>(column, &RowColumns::label_value, relevance);
    case Task::multilabel: break;
  }
  return make_label_bits_decoder(request, bound);
}

RowDecoderResult make_weight_decoder(const BoundRows& bound, WeightKind kind) {
  const auto& column = bound.weight.front();
  if (!is_number(*column.type)) return wrong_type(bound, column, "a weight must be a number");
  const auto measure = kind == WeightKind::frequency ? frequency : kind == WeightKind::exposure ? exposure : sampling;
  return std::make_unique<MeasureDecoder>(column, &RowColumns::weight, measure);
}

}  // namespace modelgate
