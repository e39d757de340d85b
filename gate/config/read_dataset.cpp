// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "gate/config/read.hpp"

namespace modelgate {
namespace {

/// One column, or for multilabel several; whichever does not belong to the task is refused.
std::vector<std::string> read_label_columns(const Section& label, const Scene& scene) {
  const bool several = scene.task == Task::multilabel;
  const std::string_view right = several ? "columns" : "column";
  const std::string_view wrong = several ? "column" : "columns";
  const std::string_view hint = several ? "write label: {columns: [NAME, ...]}; one column may hold a list of 0 and 1"
                                        : "write label: {column: NAME}";
  if (label.written(wrong)) {
    scene.problems.add(label.key_place(wrong),
                       fmt::format("\"{}\" of a label does not fit task {}", wrong, to_string(scene.task)),
                       std::string{hint});
  } else if (!label.written(right)) {
    scene.problems.add(label.place(), "\"label\" names no column", std::string{hint});
  }
  if (!label.given(right)) return {};
  if (!several) return {label.text("column")};
  return label.texts("columns");
}

LabelSpec read_label(const Section& dataset, const Scene& scene) {
  const YamlNode* const written = dataset.node("label");
  if (written == nullptr) return {};
  if (written->kind == YamlNode::Kind::scalar) {
    if (scene.task == Task::multilabel) {
      scene.problems.add(written->place, "a multilabel task names its label columns in a list",
                         fmt::format("write label: {{columns: [{}]}}", written->text));
    }
    return {.columns = {written->text}, .positive = std::nullopt};
  }
  const Section section = dataset.section("label");
  LabelSpec label;
  label.columns = read_label_columns(section, scene);
  if (section.given("positive")) {
    label.positive = section.text("positive");
    if (scene.task != Task::binary) {
      scene.problems.add(section.key_place("positive"),
                         fmt::format("\"positive\" is for binary tasks; this one is {}", to_string(scene.task)),
                         "remove it");
    }
  }
  return label;
}

void read_weight(const Section& section, DatasetSpec& dataset) {
  const YamlNode* const written = section.node("weight");
  if (written == nullptr) return;
  if (written->kind == YamlNode::Kind::scalar) {
    dataset.weight = written->text;
    return;
  }
  const Section weight = section.section("weight");
  dataset.weight = weight.text("column");
  const std::string kind = weight.text("kind");
  if (kind == "exposure") dataset.weight_kind = WeightKind::exposure;
  if (kind == "frequency") dataset.weight_kind = WeightKind::frequency;
}

void read_units(const Section& section, const Scene& scene, DatasetSpec& dataset) {
  dataset.cluster = section.text("cluster");
  dataset.query = section.text("query");
  if (!dataset.cluster.empty() && dataset.cluster == dataset.id) {
    scene.problems.add(section.value_place("cluster"), "\"cluster\" and \"id\" are the same column",
                       "an id is unique, so no rows would be judged together; remove cluster");
  }
  if (section.given("cluster") && section.text("population") == "fixed") {
    scene.problems.add(section.key_place("cluster"), "\"cluster\" means nothing with population: fixed",
                       "rows that are all that is meant carry no sampling error; remove one of them");
  }
  if (section.given("query") && scene.task != Task::ranking) {
    scene.problems.add(section.key_place("query"),
                       fmt::format("\"query\" is for ranking; this task is {}", to_string(scene.task)),
                       "remove it; rows of one unit are judged together with cluster");
  }
}

}  // namespace

std::string resolved_path(const std::string& written, const Place& place, const Scene& scene) {
  const bool is_address = written.find("://") != std::string::npos;
  const std::string& folder = scene.folders[static_cast<std::size_t>(place.file)];
  if (place.from_command_line() || is_address || folder.empty()) return written;
  return (std::filesystem::path(folder) / written).string();
}

DatasetSpec read_dataset(const Section& top, const Scene& scene) {
  const Section section = top.section("dataset");
  DatasetSpec dataset;
  dataset.line = section.place().line;
  dataset.written = section.text("path");
  dataset.path = dataset.written.empty() ? "" : resolved_path(dataset.written, section.value_place("path"), scene);
  dataset.id = section.text("id");
  dataset.label = read_label(section, scene);
  read_weight(section, dataset);
  read_units(section, scene, dataset);
  dataset.population = section.text("population") == "fixed" ? Population::fixed : Population::sample;
  dataset.sha256 = section.digest("sha256");
  dataset.min_rows = static_cast<std::size_t>(section.whole("min_rows"));
  return dataset;
}

}  // namespace modelgate
