// SPDX-License-Identifier: Apache-2.0
#include "gate/config/extends.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "gate/config/file_bytes.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/loosening.hpp"
#include "gate/config/section.hpp"
#include "gate/integrity/digest.hpp"

namespace modelgate {
namespace {

constexpr Place top_of_parent{.line = 0, .column = 0, .argument = -1, .file = 1};

/// Holds a tree to the table of keys; what only the other file says may be missing.
void check_tree(const YamlNode& map, Where where, Problems& problems) {
  const Section section(&map, where, map.place, problems, true);
  for (const NodeKey& key : map.keys) {
    const Key* const row = find_key(where, key.text);
    const YamlNode* const value = section.node(key.text);
    if (row == nullptr || value == nullptr || row->inside == Where::top || row->shape == Shape::costs) continue;
    if (value->kind == YamlNode::Kind::map) check_tree(*value, row->inside, problems);
    for (const YamlNode& item : value->items) {
      if (value->kind == YamlNode::Kind::list && item.kind == YamlNode::Kind::map)
        check_tree(item, row->inside, problems);
    }
  }
}

void refuse_own_keys(const YamlNode& parent, Problems& problems) {
  for (const NodeKey& key : parent.keys) {
    if (key.text == "extends") {
      problems.add(key.place, "a file that is extended may not extend another", "one level: write its terms here");
      continue;
    }
    const Key* const row = find_key(Where::top, key.text);
    if (row != nullptr && row->heir == Heir::own)
      problems.add(key.place, fmt::format("\"{}\" may not stand in a file that is extended", key.text),
                   "it belongs to the gate file");
  }
}

/// A key of the gate file that its parent leaves out: held to the default, or out of place.
void check_addition(const Key& row, const NodeKey& key, const YamlNode& value, const Place& parent,
                    Problems& problems) {
  if (row.heir == Heir::fixed && row.fallback.empty()) {
    problems.add(
        key.place, fmt::format("\"{}\" may not be added here", key.text),
        fmt::format("it bears on what is taken over: leave it out, or let {} say it", problems.file_of(parent)), parent,
        fmt::format("\"{}\" is left out here", key.text));
    return;
  }
  if (row.fallback.empty() || row.heir == Heir::same) return;
  if (auto loose = loosening_of(row, value, unplaced(row.fallback)))
    problems.add(value.place, std::move(loose->what), std::move(loose->hint), parent,
                 fmt::format("\"{}\" is left out here: {}", key.text, row.fallback));
}

/// A key that both files say.
void inherit_value(const Key& row, YamlNode& own, const YamlNode& parent, Problems& problems) {
  if (row.heir == Heir::parts && own.kind == YamlNode::Kind::map && parent.kind == YamlNode::Kind::map) {
    inherit_keys(own, &parent, row.inside, parent.place, problems);
    return;
  }
  if (row.heir == Heir::identity || row.heir == Heir::free) return;
  if (row.shape == Shape::path) {  // the same words are another file in another folder
    problems.add(own.place, fmt::format("\"{}\" is named already", row.name), "leave it out", parent.place,
                 "it stands here");
    return;
  }
  if (auto loose = loosening_of(row, own, parent)) {
    problems.add(own.place, std::move(loose->what), std::move(loose->hint), parent.place, "it stands here");
    return;
  }
  if (row.heir == Heir::same || row.heir == Heir::fixed || says_the_same(own, parent)) {
    if (own.kind != YamlNode::Kind::scalar || own.text != parent.text) own = parent;
  } else {
    own.over = parent.place;
  }
}

bool is_map(const YamlNode* value) { return value != nullptr && value->kind == YamlNode::Kind::map; }

/// A number as the map that it stands for: the first key inside, all others at their defaults.
YamlNode spelled_out(const Key& row, const YamlNode& value) {
  if (value.kind != YamlNode::Kind::scalar) return value;
  YamlNode map;
  map.kind = YamlNode::Kind::map;
  map.place = value.place;
  const auto names = names_in(row.inside);
  map.keys.reserve(names.size());
  map.items.reserve(names.size());
  for (const std::string_view name : names) {
    map.keys.push_back({std::string(name), value.place});
    map.items.push_back(map.items.empty() ? value : unplaced(find_key(row.inside, name)->fallback));
    map.items.back().place = value.place;
  }
  return map;
}

/// What either file writes as a number and either as a map meets key by key.
void inherit_spelled_out(const Key& row, YamlNode& own, const YamlNode* parent, const Place& place,
                         Problems& problems) {
  own = spelled_out(row, own);
  const YamlNode theirs = parent == nullptr ? YamlNode{} : spelled_out(row, *parent);
  inherit_keys(own, parent == nullptr ? nullptr : &theirs, row.inside, place, problems);
}

bool is_guard(const YamlNode* word) { return word != nullptr && word->text == "guard"; }

}  // namespace

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

std::optional<Parent> read_parent(const YamlNode& root, const std::string& gate_file, Problems& problems) {
  const YamlNode* const written = root.find("extends");
  if (written == nullptr || written->kind != YamlNode::Kind::scalar || written->text.empty()) return std::nullopt;
  Parent parent;
  parent.file = (std::filesystem::path(folder_of(gate_file)) / written->text).string();
  const auto bytes = read_bounded(parent.file);
  if (!bytes) {
    problems.add(written->place, fmt::format("\"extends\": {} {}", parent.file, bytes.error()),
                 "the path is relative to this file");
    return std::nullopt;
  }
  problems.add_file(parent.file, *bytes);
  auto tree = parse_yaml(*bytes, problems, {}, 1);
  if (!tree) return std::nullopt;
  const std::size_t before = problems.size();
  if (tree->kind == YamlNode::Kind::map) refuse_own_keys(*tree, problems);
  check_tree(*tree, Where::top, problems);
  if (tree->kind == YamlNode::Kind::map && tree->find("version") == nullptr)
    problems.add(top_of_parent, "\"version\" is missing", "a gate file begins with \"version: 1\"");
  check_tree(root, Where::top, problems);
  if (problems.size() != before) return std::nullopt;
  parent.sha256 = sha256_hex(*bytes);
  parent.root = std::move(*tree);
  return parent;
}

void inherit_keys(YamlNode& own, const YamlNode* parent, Where where, const Place& place, Problems& problems) {
  for (std::size_t i = 0; i < own.keys.size(); ++i) {
    const Key* const row = find_key(where, own.keys[i].text);
    if (row == nullptr || row->heir == Heir::own || row->name == "checks") continue;
    const YamlNode* const theirs = parent == nullptr ? nullptr : parent->find(row->name);
    if (row->shape == Shape::number_or_section && (is_map(&own.items[i]) || is_map(theirs))) {
      inherit_spelled_out(*row, own.items[i], theirs, place, problems);
    } else if (theirs != nullptr) {
      inherit_value(*row, own.items[i], *theirs, problems);
    } else if (row->heir == Heir::parts && own.items[i].kind == YamlNode::Kind::map) {
      inherit_keys(own.items[i], nullptr, row->inside, place, problems);
    } else {
      check_addition(*row, own.keys[i], own.items[i], place, problems);
    }
  }
  if (parent == nullptr) return;
  for (std::size_t i = 0; i < parent->keys.size(); ++i) {
    if (parent->keys[i].text == "checks" || own.find(parent->keys[i].text) != nullptr) continue;
    own.keys.push_back(parent->keys[i]);
    own.items.push_back(parent->items[i]);
  }
}

void inherit(YamlNode& root, const YamlNode& parent, Problems& problems) {
  inherit_keys(root, &parent, Where::top, top_of_parent, problems);
  const YamlNode* const theirs = parent.find("checks");
  if (theirs == nullptr) return;
  const YamlNode* const own = root.find("checks");
  YamlNode checks = *theirs;
  for (std::size_t i = 0; i < checks.keys.size(); ++i) {
    const YamlNode* const family = own == nullptr ? nullptr : own->find(checks.keys[i].text);
    checks.items[i] = inherited_checks(family, &theirs->items[i], parent, problems);
  }
  for (std::size_t i = 0; own != nullptr && i < own->keys.size(); ++i) {
    if (checks.find(own->keys[i].text) != nullptr) continue;
    checks.keys.push_back(own->keys[i]);
    checks.items.push_back(own->items[i]);
  }
  const Place place = own == nullptr ? theirs->place : own->place;
  root.erase("checks");
  root.keys.push_back({"checks", place});
  root.items.push_back(std::move(checks));
}

void settle(YamlNode& root, const YamlNode& parent, const PlanRequest& request, Problems& problems) {
  const YamlNode* const first_release = root.find("first_release");
  if (first_release != nullptr && first_release->place.file == 1 && root.find("production") != nullptr)
    root.erase("first_release");
  if (request.first_release && parent.find("first_release") == nullptr)
    problems.add(problems.add_argument("--first-release"),
                 fmt::format("{} allows no first release", problems.file_of(top_of_parent)),
                 "it says until when there may be none to compare with: first_release: {owner, reason, until}");
  YamlNode* const checks = root.find("checks");
  if (checks == nullptr || !is_guard(parent.find("on_inconclusive")) || is_guard(root.find("on_inconclusive"))) return;
  for (YamlNode& family : checks->items) {
    for (YamlNode& entry : family.items) {
      const YamlNode* const hard = entry.find("hard_margin");
      if (hard != nullptr && hard->place.file == 1 && entry.find("on_inconclusive") == nullptr)
        entry.erase("hard_margin");
    }
  }
}

}  // namespace modelgate
