// SPDX-License-Identifier: Apache-2.0
#include "gate/config/loosening.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/config/quantity.hpp"

namespace modelgate {
namespace {

/// A number in the base of its kind of unit.
struct Measure {
  enum class Kind { plain, share, seconds, bytes } kind = Kind::plain;
  double value = 0.0;
};

std::optional<Measure> measure_of(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar) return std::nullopt;
  if (node.text == "true" || node.text == "false")
    return Measure{Measure::Kind::plain, node.text == "true" ? 1.0 : 0.0};
  const auto quantity = parse_quantity(node.text);
  if (!quantity) return std::nullopt;
  const auto& [value, unit] = *quantity;
  if (unit.empty() || unit == "/s") return Measure{Measure::Kind::plain, value};
  if (unit == "pp") return Measure{Measure::Kind::plain, value / 100.0};
  if (unit == "%") return Measure{Measure::Kind::share, value};
  if (const auto seconds = seconds_in(unit)) return Measure{Measure::Kind::seconds, value * *seconds};
  if (const auto bytes = bytes_in(unit)) return Measure{Measure::Kind::bytes, value * *bytes};
  return std::nullopt;
}

std::optional<Loosening> changed(const Key& key, const YamlNode& value, const YamlNode& before) {
  if (says_the_same(value, before)) return std::nullopt;
  const bool is_scalar = value.kind == YamlNode::Kind::scalar && before.kind == YamlNode::Kind::scalar;
  return Loosening{is_scalar ? fmt::format("\"{}\" {} is not {}, which stands", key.name, shown(value), shown(before))
                             : fmt::format("\"{}\" is not what stands already", key.name),
                   is_scalar ? fmt::format("write {}, or leave it out", shown(before)) : "leave it out"};
}

std::optional<Loosening> beyond(const Key& key, const YamlNode& value, const YamlNode& before) {
  const auto wanted = measure_of(value);
  const auto bound = measure_of(before);
  if (!wanted || !bound) return std::nullopt;
  const bool raises = key.heir == Heir::raise;
  if (wanted->kind != bound->kind) {
    return Loosening{fmt::format("\"{}\" {} cannot be compared with {}", key.name, value.text, before.text),
                     fmt::format("write it in the same form: {}, or {}", before.text, raises ? "more" : "less")};
  }
  if (raises ? wanted->value >= bound->value : wanted->value <= bound->value) return std::nullopt;
  if (key.shape == Shape::flag) return changed(key, value, before);
  return Loosening{fmt::format("\"{}\" {} is looser than {}", key.name, value.text, before.text),
                   fmt::format("write {} or {}, or leave it out", before.text, raises ? "more" : "less")};
}

std::optional<Loosening> milder(const Key& key, const YamlNode& value, const YamlNode& before) {
  const auto words = words_of(key.words);
  const auto wanted = std::ranges::find(words, value.text);
  const auto bound = std::ranges::find(words, before.text);
  if (wanted == words.end() || bound == words.end() || wanted <= bound) return std::nullopt;
  return Loosening{fmt::format("\"{}\" {} is looser than {}", key.name, value.text, before.text),
                   fmt::format("write {}, or leave it out", before.text)};
}

std::optional<Loosening> shortened(const Key& key, const YamlNode& value, const YamlNode& before) {
  for (const YamlNode& wanted : before.items) {
    const bool kept = std::ranges::any_of(value.items, [&](const YamlNode& item) { return item.text == wanted.text; });
    if (!kept)
      return Loosening{fmt::format("\"{}\" lacks {}, which is among them already", key.name, shown(wanted)),
                       "name all of them, and more; or leave the list out"};
  }
  return std::nullopt;
}

}  // namespace

std::string shown(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  return node.kind == YamlNode::Kind::list ? "a list" : "a map";
}

YamlNode unplaced(std::string_view text) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = std::string{text};
  return node;
}

bool says_the_same(const YamlNode& one, const YamlNode& other) {
  if (one.kind != other.kind || one.items.size() != other.items.size()) return false;
  if (one.kind == YamlNode::Kind::scalar) {
    const auto a = measure_of(one);
    const auto b = measure_of(other);
    return a && b ? a->kind == b->kind && a->value == b->value : one.text == other.text;
  }
  if (one.kind == YamlNode::Kind::map) {
    for (std::size_t i = 0; i < one.keys.size(); ++i) {
      const YamlNode* const match = other.find(one.keys[i].text);
      if (match == nullptr || !says_the_same(one.items[i], *match)) return false;
    }
    return true;
  }
  return std::ranges::equal(one.items, other.items, says_the_same);
}

std::optional<Loosening> loosening_of(const Key& key, const YamlNode& value, const YamlNode& before) {
  switch (key.heir) {
    case Heir::same:
    case Heir::fixed: return changed(key, value, before);
    case Heir::raise:
    case Heir::lower: return beyond(key, value, before);
    case Heir::stricter: return milder(key, value, before);
    case Heir::more: return shortened(key, value, before);
    case Heir::parts:
    case Heir::identity:
    case Heir::free:
    case Heir::own: break;
  }
  return std::nullopt;
}

}  // namespace modelgate
