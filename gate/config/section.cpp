// SPDX-License-Identifier: Apache-2.0
#include "gate/config/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "gate/config/quantity.hpp"
#include "gate/config/shape_check.hpp"
#include "gate/config/suggest.hpp"

namespace modelgate {
namespace {

std::string_view name_of(Where where) {
  switch (where) {
    case Where::model: return "candidate and production";
    case Where::input: return "inputs";
    case Where::families: return "checks";
    case Where::check: return "a check";
    case Where::slice: return "an entry of slices or attributes";
    default: return to_string(where);
  }
}

std::string hint_for_unknown(Where where, std::string_view name) {
  const auto names = names_in(where);
  if (const auto meant = nearest(name, names); !meant.empty()) return fmt::format("did you mean \"{}\"?", meant);
  const auto elsewhere = std::ranges::find(all_keys(), name, &Key::name);
  if (elsewhere == all_keys().end()) return fmt::format("known here: {}", one_of(names));
  const std::string_view home = name_of(elsewhere->where);
  return elsewhere->where == Where::top ? fmt::format("\"{}\" belongs at the top, unindented", name)
                                        : fmt::format("\"{}\" belongs under {}", name, home);
}

}  // namespace

Section::Section(const YamlNode* node, Where where, Place at, Problems& problems, bool is_part)
    : node_(node), where_(where), at_(at), problems_(&problems), is_part_(is_part) {
  if (node_ != nullptr && node_->kind != YamlNode::Kind::map) {
    problems_->add(node_->place, "here a map of keys is needed",
                   fmt::format("known here: {}", one_of(names_in(where))));
    node_ = nullptr;
    return;
  }
  check_keys();
}

void Section::check_keys() {
  const std::size_t count = node_ == nullptr ? 0 : node_->keys.size();
  valid_.assign(count, nullptr);
  for (std::size_t i = 0; i < count; ++i) {
    const NodeKey& key = node_->keys[i];
    const Key* const row = find_key(where_, key.text);
    if (row == nullptr) {
      misspelled_.push_back(nearest(key.text, names_in(where_)));
      problems_->add(key.place, fmt::format("unknown key \"{}\"", key.text), hint_for_unknown(where_, key.text));
    } else if (check_shape(*row, node_->items[i], key.place, *problems_)) {
      valid_[i] = &node_->items[i];
    }
  }
  if (is_part_ && is_merged(where_)) return;
  for (const Key& row : all_keys()) {
    if (row.where != where_ || !row.required || written(row.name)) continue;
    const auto words = words_of(row.words);
    problems_->add(at_, fmt::format("\"{}\" is missing", row.name),
                   words.empty() ? std::string{row.doc} : fmt::format("{}: {}. {}", row.name, one_of(words), row.doc));
  }
}

const YamlNode* Section::node(std::string_view name) const {
  if (node_ == nullptr) return nullptr;
  const auto hit = std::ranges::find(node_->keys, name, &NodeKey::text);
  return hit == node_->keys.end() ? nullptr : valid_[static_cast<std::size_t>(hit - node_->keys.begin())];
}

bool Section::written(std::string_view name) const {
  return node_ != nullptr && (std::ranges::find(node_->keys, name, &NodeKey::text) != node_->keys.end() ||
                              std::ranges::find(misspelled_, name) != misspelled_.end());
}

Place Section::key_place(std::string_view name) const {
  if (node_ == nullptr) return at_;
  const auto hit = std::ranges::find(node_->keys, name, &NodeKey::text);
  return hit == node_->keys.end() ? at_ : hit->place;
}

Place Section::value_place(std::string_view name) const {
  const YamlNode* const value = node(name);
  return value == nullptr ? key_place(name) : value->place;
}

std::string Section::text(std::string_view name) const {
  if (const YamlNode* const value = node(name)) return value->text;
  const Key* const row = find_key(where_, name);
  return row == nullptr ? std::string{} : std::string{row->fallback};
}

std::string Section::digest(std::string_view name) const {
  std::string written = text(name);
  std::ranges::transform(written, written.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return written;
}

std::int64_t Section::whole(std::string_view name) const { return parse_whole(text(name)).value_or(0); }
double Section::number(std::string_view name) const { return parse_number(text(name)).value_or(0.0); }
double Section::seconds(std::string_view name) const { return parse_duration(text(name)).value_or(0.0); }
double Section::bytes(std::string_view name) const { return parse_size(text(name)).value_or(0.0); }
double Section::rate(std::string_view name) const { return parse_rate(text(name)).value_or(0.0); }
bool Section::flag(std::string_view name) const { return text(name) == "true"; }

std::vector<std::string> Section::texts(std::string_view name) const {
  std::vector<std::string> values;
  if (const YamlNode* const list = node(name)) {
    for (const YamlNode& item : list->items) values.push_back(item.text);
  }
  return values;
}

Section Section::section(std::string_view name) const {
  const Key* const row = find_key(where_, name);
  return {node(name), row == nullptr ? Where::top : row->inside, key_place(name), *problems_, is_part_};
}

}  // namespace modelgate
