// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gate/config/keys.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// One map of the gate file, held to the table of keys: unknown keys, missing keys and wrong values are reported
/// when it is made, once; what was wrong then reads as absent.
class Section {
 public:
  /// node: the map, or null where the gate file leaves it out; at: where to point for a missing key.
  /// is_part: the map and those in it may lack what another file gives (see is_merged).
  Section(const YamlNode* node, Where where, Place at, Problems& problems, bool is_part = false);

  /// The valid value of a key, or null.
  const YamlNode* node(std::string_view name) const;
  bool given(std::string_view name) const { return node(name) != nullptr; }
  /// True where the key stands there, valid or not, or misspelled; keeps one mistake from being reported twice.
  bool written(std::string_view name) const;
  /// Where the key stands, or where the section does.
  Place key_place(std::string_view name) const;
  /// Where the value stands, or where the section does.
  Place value_place(std::string_view name) const;
  Place place() const { return at_; }

  /// Values as written, or the table's default, or empty (0, false).
  std::string text(std::string_view name) const;
  std::string digest(std::string_view name) const;  ///< a text in lower case, as digests are compared
  std::int64_t whole(std::string_view name) const;
  double number(std::string_view name) const;
  double seconds(std::string_view name) const;
  double bytes(std::string_view name) const;
  double rate(std::string_view name) const;  ///< a second
  bool flag(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// The map behind a key as a section of its own, as Key::inside says.
  Section section(std::string_view name) const;

  Problems& problems() const { return *problems_; }

 private:
  void check_keys();

  const YamlNode* node_;
  Where where_;
  Place at_;
  Problems* problems_;
  bool is_part_;
  std::vector<const YamlNode*> valid_;        ///< by position in node_->items; null where refused
  std::vector<std::string_view> misspelled_;  ///< what unknown keys seem to have meant
};

}  // namespace modelgate
