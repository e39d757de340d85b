// SPDX-License-Identifier: Apache-2.0
#include "gate/data/golden_binding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace modelgate {
namespace {

class Binder {
 public:
  Binder(const GoldenRequest& request, const std::vector<std::string>& names, const std::string& file)
      : request_(request), names_(names), file_(file) {}

  Result<GoldenBinding> bind() {
    for (const auto& set : request_.input_sets) {
      binding_.inputs.emplace_back();
      for (const auto& input : set) {
        auto places = bind_input(input);
        if (!places) return std::unexpected(places.error());
        binding_.inputs.back().push_back(std::move(*places));
      }
    }
    if (auto bound = bind_rows(); !bound) return std::unexpected(bound.error());
    for (const auto& columns : request_.prediction_columns) {
      auto places = add(columns, ColumnUse::decimal, "predictions: dataset");
      if (!places) return std::unexpected(places.error());
      binding_.predictions.push_back(std::move(*places));
    }
    return std::move(binding_);
  }

 private:
  using Places = std::vector<std::size_t>;

  Result<Places> add(const std::vector<std::string>& wanted, ColumnUse use, std::string_view role) {
    auto names = expand_columns(wanted, names_, file_, role);
    if (!names) return std::unexpected(names.error());
    Places places;
    for (const auto& name : *names) places.push_back(binding_.columns.add(name, use));
    return places;
  }

  Result<Places> bind_input(const InputSpec& input) {
    const bool mask = input.kind == InputSpec::Kind::mask_of;
    const bool text = input.dtype == DType::string || input.kind == InputSpec::Kind::files;
    const bool floating = input.dtype == DType::float32 || input.dtype == DType::float64;
    const auto use = text                        ? ColumnUse::text
                     : !input.vocabulary.empty() ? ColumnUse::few_texts
                     : floating                  ? ColumnUse::decimal
                                                 : ColumnUse::integer;
    const auto wanted = mask ? std::vector{input.mask_of} : input.columns;
    auto places = add(wanted, use, mask ? "mask_of" : "an input");
    if (!places) return places;
    if (places->empty()) return data_error(fmt::format("An input of {} has no columns; name them.", file_));
    for (const auto place : *places) {
      const auto& name = binding_.columns.needs()[place].name;
      if (!is_label(name)) continue;
      return data_error(
          fmt::format("{}: column {} is the label and also an input of the model, which would see the answer. "
                      "Take it out of the inputs (narrow a pattern such as \"*\").",
                      file_, name));
    }
    return places;
  }

  /// Label columns may be a pattern; one that matches nothing is an error of its own, later.
  bool is_label(const std::string& name) const {
    const auto labels = expand_columns(request_.dataset.label.columns, names_, file_, "dataset.label");
    return labels && std::ranges::find(*labels, name) != labels->end();
  }

  Result<void> bind_rows() {
    const auto& dataset = request_.dataset;
    const auto one = [](const std::string& name) {
      return name.empty() ? std::vector<std::string>{} : std::vector{name};
    };
    const auto take = [this](Places& target, const std::vector<std::string>& wanted, ColumnUse use,
                             std::string_view role) {
      auto places = add(wanted, use, role);
      if (!places) return Result<void>(std::unexpected(places.error()));
      target = std::move(*places);
      return Result<void>();
    };
    auto done = take(binding_.label, dataset.label.columns, label_use(), "dataset.label");
    if (done && binding_.label.size() > 1 && request_.task != Task::multilabel) {
      done = data_error(fmt::format("{}: several label columns need task multilabel.", file_));
    }
    if (done) done = take(binding_.weight, one(dataset.weight), ColumnUse::decimal, "dataset.weight");
    if (done) done = take(binding_.cluster, one(dataset.cluster), ColumnUse::text, "dataset.cluster");
    if (done) done = take(binding_.query, one(dataset.query), ColumnUse::text, "dataset.query");
    if (done) done = take(binding_.id, one(dataset.id), ColumnUse::text, "dataset.id");
    if (done) done = take(binding_.categories, request_.category_columns, ColumnUse::few_texts, "a slice or attribute");
    return done;
  }

  /// Texts are read as texts, so that "007" or "1.0" in a CSV stay what they are.
  ColumnUse label_use() const {
    if (request_.task == Task::regression || request_.task == Task::ranking) return ColumnUse::decimal;
    if (request_.task == Task::multilabel) return ColumnUse::integer;
    const auto texts = ClassTexts::of(request_.task, request_.dataset.label, request_.class_names);
    return texts.positive || texts.numeric_names() ? ColumnUse::few_texts : ColumnUse::integer;
  }

  const GoldenRequest& request_;
  const std::vector<std::string>& names_;
  const std::string& file_;
  GoldenBinding binding_;
};

}  // namespace

Result<GoldenBinding> GoldenBinding::of(const GoldenRequest& request, const std::vector<std::string>& names,
                                        const std::string& file) {
  return Binder(request, names, file).bind();
}

std::vector<std::vector<std::vector<std::string>>> GoldenBinding::input_names() const {
  std::vector<std::vector<std::vector<std::string>>> names;
  for (const auto& set : inputs) {
    names.emplace_back();
    for (const auto& places : set) {
      names.back().emplace_back();
      for (const auto place : places) names.back().back().push_back(columns.needs()[place].name);
    }
  }
  return names;
}

std::vector<BoundColumn> GoldenBinding::bound(const std::vector<std::size_t>& places) const {
  std::vector<BoundColumn> found;
  found.reserve(places.size());
  for (const auto place : places) found.push_back(columns.bound(place));
  return found;
}

Result<std::vector<InputSpec>> with_mask_lengths(std::vector<InputSpec> inputs) {
  for (auto& mask : inputs) {
    if (mask.kind != InputSpec::Kind::mask_of || mask.length > 0) continue;
    const auto padded = std::ranges::find_if(inputs, [&](const InputSpec& other) {
      return other.kind == InputSpec::Kind::columns && other.pad && other.columns == std::vector{mask.mask_of};
    });
    if (padded == inputs.end()) {
      return data_error(fmt::format("mask_of: {} names no input with pad: and length:.", mask.mask_of));
    }
    mask.length = padded->length;
    mask.truncate = padded->truncate;
  }
  return inputs;
}

std::string dataset_words(const DatasetSpec& dataset) {
  return fmt::format("The dataset {}", dataset.written.empty() ? dataset.path : dataset.written);
}

}  // namespace modelgate
