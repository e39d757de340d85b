// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/config/problems.hpp"

namespace modelgate {

/// A key of a map and where it stands.
struct NodeKey {
  std::string text;
  Place place;
};

/// One value of the gate file with its place; the whole tree is bounded (see TreeBounds).
struct YamlNode {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  Place place;
  std::string text;             ///< scalar: as written, unquoted
  bool quoted = false;          ///< scalar: stood in quotes or in a block
  std::vector<NodeKey> keys;    ///< map: as many as items, unique
  std::vector<YamlNode> items;  ///< list: elements; map: values
  Place over;                   ///< what stood here in the file that is extended, where this tightens it; else line 0

  /// The value of a key of this map, or null.
  const YamlNode* find(std::string_view key) const;
  YamlNode* find(std::string_view key);
  /// Takes the key and its value out of this map, where it is there.
  void erase(std::string_view key);
};

/// What a gate file may be at most; beyond it nobody reads it, and a reader could be made to hang.
struct TreeBounds {
  std::size_t bytes = 1'000'000;
  std::size_t depth = 32;
  std::size_t nodes = 100'000;
};

/// Reads one YAML document strictly: UTF-8, no anchors, aliases, tags, second documents or duplicate keys,
/// within the bounds. Says in problems what is wrong; nothing comes back where the document cannot be read at all.
/// file: which of the problems' files the text is.
std::optional<YamlNode> parse_yaml(std::string_view text, Problems& problems, const TreeBounds& bounds = {},
                                   int file = 0);

}  // namespace modelgate
