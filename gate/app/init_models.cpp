// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_models.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "gate/app/init_inputs.hpp"
#include "gate/app/options.hpp"
#include "gate/propose/names.hpp"

namespace modelgate {
namespace {

/// Number and class columns of recorded predictions, the id aside.
std::vector<const ColumnProfile*> possible_scores(const TableProfile& table, const std::string& id, bool texts) {
  std::vector<const ColumnProfile*> columns;
  for (const ColumnProfile& column : table.columns) {
    if (column.name == id || column.name == "row") continue;
    if (column.is_number() || column.kind == ColumnKind::boolean || (texts && column.kind == ColumnKind::text))
      columns.push_back(&column);
  }
  return columns;
}

std::vector<const ColumnProfile*> named(const TableProfile& table, const std::vector<std::string>& names) {
  std::vector<const ColumnProfile*> columns;
  for (const ColumnProfile& column : table.columns) {
    if (std::ranges::find(names, column.name) != names.end()) columns.push_back(&column);
  }
  return columns.size() == names.size() ? columns : std::vector<const ColumnProfile*>{};
}

std::vector<std::string> names_of(const std::vector<const ColumnProfile*>& columns) {
  std::vector<std::string> names(columns.size());
  std::ranges::transform(columns, names.begin(), &ColumnProfile::name);
  return names;
}

std::vector<const ColumnProfile*> score_columns(const TableProfile& table, const propose::Roles& roles,
                                                propose::Why& why) {
  if (roles.task == Task::multilabel && roles.labels.size() > 1) {
    std::vector<const ColumnProfile*> columns;
    for (const std::string& label : roles.labels) {
      if (const ColumnProfile* column = table.find(label)) columns.push_back(column);
    }
    why = {"named as the labels, in their order", true};
    if (columns.size() == roles.labels.size()) return columns;
  }
  if (auto columns = named(table, roles.classes); !columns.empty()) {
    why = {"a column for each class, named as it", true};
    return columns;
  }
  auto possible = possible_scores(table, roles.id, roles.task != Task::regression && roles.task != Task::ranking);
  const bool several = roles.task == Task::multiclass || roles.task == Task::multilabel;
  const std::size_t wanted = roles.task == Task::multilabel ? roles.labels.size() : roles.classes.size();
  if (several && possible.size() > 1 && (wanted == 0 || possible.size() == wanted)) {
    why = {"one for each class, in the file's order", false};
    return possible;
  }
  std::ranges::stable_sort(possible, [](const auto* a, const auto* b) {
    return propose::names_a_score(a->name) && !propose::names_a_score(b->name);
  });
  why = {possible.size() == 1 ? "the only column beside the id" : "looks most like a score", possible.size() == 1};
  if (possible.size() > 1) return {possible.front()};
  return possible;
}

Result<SettledModel> settle_recorded(Role role, const GivenModel& given, const TableProfile& predictions,
                                     const TableProfile& golden, const propose::Roles& roles) {
  SettledModel settled;
  settled.draft.source = ModelSource::recorded;
  settled.draft.path = given.written;
  if (roles.id.empty() && predictions.find("row") == nullptr)
    return data_error(
        fmt::format("modelgate init: {} cannot be joined to {}: no column of both tells the rows apart. "
                    "Give the predictions the golden rows' key under the same name, or a column row, the "
                    "golden row's number from 0.",
                    given.written, golden.written));
  const auto columns = score_columns(predictions, roles, settled.draft.columns_why);
  if (columns.empty())
    return data_error(
        fmt::format("modelgate init: no column of {} can be the {}'s predictions: numbers, or class "
                    "texts, beside the id {}.",
                    given.written, to_string(role), roles.id));
  settled.draft.columns = names_of(columns);
  settled.facts = propose::facts_of(columns);
  const bool texts = columns.size() == 1 && columns.front()->kind == ColumnKind::text;
  if (texts) settled.facts = {.width = 1, .low = 0.0, .high = 1.0, .whole = true, .sums_to_one = false};
  if (roles.task == Task::multiclass && columns.size() == roles.classes.size()) {
    if (!named(predictions, roles.classes).empty()) settled.classes = settled.draft.columns;
  }
  return settled;
}

Result<SettledModel> settle_columns(Role role, const GivenModel& given, const TableProfile& golden) {
  SettledModel settled;
  settled.draft.source = ModelSource::dataset;
  settled.draft.columns = given.columns;
  settled.draft.columns_why = {fmt::format("as --{} says", to_string(role)), true};
  std::vector<const ColumnProfile*> columns;
  for (const std::string& name : given.columns) {
    columns.push_back(golden.find(name));
    if (columns.back() == nullptr)
      return usage_error(fmt::format("modelgate init: --{} {}: {} has no column {}.", to_string(role), given.written,
                                     golden.written, name));
  }
  settled.facts = propose::facts_of(columns);
  return settled;
}

}  // namespace

Result<GivenModel> given_model(Role role, const std::string& word) {
  GivenModel given;
  given.written = word;
  if (word.empty()) return given;
  if (word.starts_with("dataset:")) {
    given.source = ModelSource::dataset;
    given.columns = split_commas(std::string_view(word).substr(8));
    return given;
  }
  if (word.ends_with(".pt") || word.ends_with(".pt2")) {
    given.source = ModelSource::live;
    return given;
  }
  if (word.ends_with(".parquet") || word.ends_with(".csv")) {
    given.source = ModelSource::recorded;
    constexpr std::array formats{DataFormat::parquet, DataFormat::csv};
    auto profile = profile_table(fmt::format("the {}'s predictions", to_string(role)), word, word, formats);
    if (!profile) return std::unexpected(profile.error());
    given.profile = std::move(*profile);
    return given;
  }
  return usage_error(fmt::format(
      "modelgate init: --{} {}: a model is a TorchScript file (.pt), an AOTInductor package (.pt2), recorded "
      "predictions (.parquet or .csv, a file or glob), or golden columns (dataset:COLUMN). Other frameworks "
      "come as recorded predictions.",
      to_string(role), word));
}

Result<SettledModel> settle_model(Role role, const GivenModel& given, const TableProfile& golden,
                                  const DatasetSpec& dataset, const propose::Roles& roles) {
  switch (given.source) {
    case ModelSource::live: return settle_live(role, given, golden, dataset, roles);
    case ModelSource::recorded:
      if (given.profile) return settle_recorded(role, given, *given.profile, golden, roles);
      return data_error(fmt::format("modelgate init: {} was not read.", given.written));
    case ModelSource::dataset: return settle_columns(role, given, golden);
    case ModelSource::absent: break;
  }
  return SettledModel{};
}

}  // namespace modelgate
