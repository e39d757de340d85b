// SPDX-License-Identifier: Apache-2.0
#include "gate/config/resolved_text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/emitter.h>

#include <filesystem>
#include <string_view>

#include "gate/config/keys.hpp"

namespace modelgate {
namespace {

/// Writes a tree through yaml-cpp's emitter, which knows what must stand in quotes.
class Writer {
 public:
  Writer(const YamlNode& root, const Problems& problems) : root_(root), problems_(problems) {
    const YamlNode* const extends = root.find("extends");
    if (extends != nullptr) folder_ = std::filesystem::path(extends->text).parent_path();
  }

  std::string text() {
    out_ << YAML::BeginMap;
    for (const Key& row : all_keys()) {
      const YamlNode* const value = row.where == Where::top && row.name != "extends" ? root_.find(row.name) : nullptr;
      if (value == nullptr) continue;
      out_ << YAML::Key << std::string{row.name} << YAML::Value;
      if (row.name == "checks") {
        families(*value);
      } else {
        top_value(row, *value);
      }
    }
    out_ << YAML::EndMap;
    return std::string{out_.c_str()} + "\n";
  }

 private:
  void families(const YamlNode& checks) {
    out_ << YAML::BeginMap;
    for (std::size_t i = 0; i < checks.keys.size(); ++i) {
      out_ << YAML::Key << checks.keys[i].text << YAML::Value << YAML::BeginSeq;
      for (const YamlNode& entry : checks.items[i].items) {
        out_ << YAML::Flow;
        value(find_key(Where::families, checks.keys[i].text), entry);
        out_ << YAML::Comment(origin_of(entry));
      }
      out_ << YAML::EndSeq;
    }
    out_ << YAML::EndMap;
  }

  /// A section as a block, one key a line, each key of the parent with a comment; what lies deeper in flow style.
  void top_value(const Key& row, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map || row.shape != Shape::section) {
      if (node.kind != YamlNode::Kind::scalar) out_ << YAML::Flow;
      value(&row, node);
      comment(node);
      return;
    }
    out_ << YAML::BeginMap;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      out_ << YAML::Key << node.keys[i].text << YAML::Value;
      if (node.items[i].kind != YamlNode::Kind::scalar) out_ << YAML::Flow;
      value(find_key(row.inside, node.keys[i].text), node.items[i]);
      comment(node.items[i]);
    }
    out_ << YAML::EndMap;
  }

  void comment(const YamlNode& node) {
    if (node.place.file > 0 || node.over.line > 0) out_ << YAML::Comment(origin_of(node));
  }

  std::string place_text(const Place& place) const {
    return fmt::format("{}:{}", problems_.file_of(place), place.line);
  }

  std::string origin_of(const YamlNode& node) const {
    const std::string place = place_text(node.place);
    return node.over.line > 0 ? fmt::format("{}, over {}", place, place_text(node.over)) : place;
  }

  /// row: of the key behind which the node stands, or the elements of the list that stands there; may be null.
  void value(const Key* row, const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::null: out_ << YAML::Null; return;
      case YamlNode::Kind::scalar: scalar(row, node); return;
      case YamlNode::Kind::list:
        out_ << YAML::BeginSeq;
        for (const YamlNode& item : node.items) value(row, item);
        out_ << YAML::EndSeq;
        return;
      case YamlNode::Kind::map:
        out_ << YAML::BeginMap;
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
          text(node.keys[i].text, false);
          value(row == nullptr ? nullptr : find_key(row->inside, node.keys[i].text), node.items[i]);
        }
        out_ << YAML::EndMap;
        return;
    }
  }

  void scalar(const Key* row, const YamlNode& node) {
    const bool is_address = node.text.find("://") != std::string::npos;
    const bool is_path = row != nullptr && row->shape == Shape::path && !is_address && node.text != "dataset";
    text(is_path && node.place.file == 1 ? (folder_ / node.text).string() : node.text, node.quoted);
  }

  /// Quotes stay where they stood: "5" and 5 are not the same to the reader.
  void text(const std::string& word, bool quoted) {
    if (quoted) out_ << YAML::DoubleQuoted;
    out_ << word;
  }

  const YamlNode& root_;
  const Problems& problems_;
  std::filesystem::path folder_;  ///< of the parent, seen from the gate file
  YAML::Emitter out_;
};

}  // namespace

std::string yaml_text(const YamlNode& root, const std::string& gate_file, const std::string& parent_file,
                      const Problems& problems) {
  std::string head = fmt::format("# {}", gate_file);
  if (!parent_file.empty()) head += fmt::format(" with what it takes over from {}", parent_file);
  head += "\n# Paths are relative to the folder of the gate file: save it there.\n";
  return head + Writer(root, problems).text();
}

}  // namespace modelgate
