// SPDX-License-Identifier: Apache-2.0
#include "gate/report/json_node.hpp"

#include <fmt/format.h>

#include <limits>

namespace modelgate {
namespace {

/// RFC 6901: "~" and "/" of a key are written "~0" and "~1".
std::string pointer_to(const std::string& parent, std::string_view key) {
  std::string pointer = parent + "/";
  for (const char c : key) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace

void JsonNode::refuse(std::string_view what) const {
  if (trouble_->what.empty()) *trouble_ = {pointer_, std::string(what)};
}

bool JsonNode::is(bool right, std::string_view wanted) const {
  if (json_ != nullptr && !right) refuse(fmt::format("is {}, where {} belongs", json_->type_name(), wanted));
  return json_ != nullptr && right;
}

JsonNode JsonNode::below(const Json* json, std::string_view key) const {
  return {json, pointer_to(pointer_, key), trouble_};
}

JsonNode JsonNode::at(std::string_view key) const {
  if (!is(json_ != nullptr && json_->is_object(), "an object")) return below(nullptr, key);
  const auto found = json_->find(key);
  if (found != json_->end()) return below(&*found, key);
  below(nullptr, key).refuse("is missing");
  return below(nullptr, key);
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  if (!is(json_ != nullptr && json_->is_object(), "an object") || !json_->contains(key)) return std::nullopt;
  return at(key);
}

std::vector<JsonNode> JsonNode::items() const {
  std::vector<JsonNode> nodes;
  if (!is(json_ != nullptr && json_->is_array(), "an array")) return nodes;
  for (std::size_t i = 0; i < json_->size(); ++i) nodes.push_back(below(&(*json_)[i], std::to_string(i)));
  return nodes;
}

std::vector<JsonNode> JsonNode::items(std::size_t count) const {
  std::vector<JsonNode> nodes = items();
  if (nodes.size() == count) return nodes;
  refuse(fmt::format("has {} entries, where {} belong", nodes.size(), count));
  return {};
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  std::vector<std::pair<std::string, JsonNode>> nodes;
  if (!is(json_ != nullptr && json_->is_object(), "an object")) return nodes;
  for (const auto& [key, value] : json_->items()) nodes.emplace_back(key, below(&value, key));
  return nodes;
}

std::string JsonNode::text() const {
  return is(json_ != nullptr && json_->is_string(), "a text") ? json_->get<std::string>() : std::string{};
}

std::string JsonNode::text_or_empty() const { return is_null() ? std::string{} : text(); }

bool JsonNode::flag() const {
  return is(json_ != nullptr && json_->is_boolean(), "true or false") && json_->get<bool>();
}

std::uint64_t JsonNode::count() const {
  return is(json_ != nullptr && json_->is_number_unsigned(), "a whole number from 0 on") ? json_->get<std::uint64_t>()
                                                                                         : 0;
}

std::optional<std::size_t> JsonNode::count_or_none() const {
  return is_null() ? std::nullopt : std::optional<std::size_t>(count());
}

int JsonNode::line() const {
  const std::uint64_t number = count();
  if (number <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) return static_cast<int>(number);
  refuse("is larger than any line number");
  return 0;
}

double JsonNode::number() const {
  return is(json_ != nullptr && json_->is_number(), "a number") ? json_->get<double>() : 0.0;
}

double JsonNode::number_or_nan() const { return is_null() ? std::numeric_limits<double>::quiet_NaN() : number(); }

std::optional<double> JsonNode::number_or_none() const {
  return is_null() ? std::nullopt : std::optional<double>(number());
}

std::optional<std::string> first_difference(const JsonNode::Json& one, const JsonNode::Json& other,
                                            const std::string& pointer) {
  if (one.is_object() && other.is_object()) {
    for (const auto& [key, value] : one.items()) {
      const auto found = other.find(key);
      if (found == other.end()) return pointer_to(pointer, key);
      if (auto differs = first_difference(value, *found, pointer_to(pointer, key))) return differs;
    }
    for (const auto& [key, value] : other.items())
      if (!one.contains(key)) return pointer_to(pointer, key);
    return std::nullopt;
  }
  if (one.is_array() && other.is_array() && one.size() == other.size()) {
    for (std::size_t i = 0; i < one.size(); ++i)
      if (auto differs = first_difference(one[i], other[i], pointer_to(pointer, std::to_string(i)))) return differs;
    return std::nullopt;
  }
  return one == other ? std::nullopt : std::optional<std::string>(pointer);
}

}  // namespace modelgate
