// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "gate/config/read.hpp"

namespace modelgate {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

LabelSpec read_label(const Section& dataset, const Scene& scene) {
  const YamlNode* const written = dataset.node("label");
  if (written == nullptr) return {};
  if (written->kind == YamlNode::Kind::scalar) return {.columns = {written->text}, .positive = std::nullopt};
  const Section section = dataset.section("label");
  LabelSpec label;
  if (section.given("column")) {
    label.columns = {section.text("column")};
  } else if (!section.written("column") && !section.written("columns")) {
    scene.problems.add(section.place(), "\"label\" names no column", "write label: {column: NAME}");
  }
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

std::string read_weight(const Section& dataset) {
  const YamlNode* const written = dataset.node("weight");
  if (written == nullptr) return {};
  return written->kind == YamlNode::Kind::scalar ? written->text : dataset.section("weight").text("column");
}

}  // namespace

std::string resolved_path(const std::string& written, const Place& place, const Scene& scene) {
  const bool is_address = written.find("://") != std::string::npos;
  if (place.from_command_line() || is_address || scene.folder.empty()) return written;
  return (std::filesystem::path(scene.folder) / written).string();
}

DatasetSpec read_dataset(const Section& top, const Scene& scene) {
  const Section section = top.section("dataset");
  DatasetSpec dataset;
  dataset.line = section.place().line;
  dataset.written = section.text("path");
  dataset.path = dataset.written.empty() ? "" : resolved_path(dataset.written, section.value_place("path"), scene);
  dataset.id = section.text("id");
  dataset.label = read_label(section, scene);
  dataset.weight = read_weight(section);
  dataset.population = section.text("population") == "fixed" ? Population::fixed : Population::sample;
  dataset.sha256 = lower(section.text("sha256"));
  dataset.min_rows = static_cast<std::size_t>(section.whole("min_rows"));
  return dataset;
}

}  // namespace modelgate
