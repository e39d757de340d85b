// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gate/config/keys.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// Why a value may not stand in place of the one that the extended file says.
struct Loosening {
  std::string what;  ///< "max_regression" 5pp is looser than 2pp
  std::string hint;  ///< write 2pp or less, or leave it out
};

/// Whether a key's value loosens what stands in the file that is extended; before: that value as a gate file writes it.
/// Numbers are compared in their unit; a share of production (%) and a plain number cannot be compared, which is a
/// loosening, too. Values that are no numbers or words of the key are left to whoever reads them.
std::optional<Loosening> loosening_of(const Key& key, const YamlNode& value, const YamlNode& before);

/// The same tree, numbers compared by value.
bool says_the_same(const YamlNode& one, const YamlNode& other);

/// A scalar as messages name it: "5pp"; "a list" or "a map" for what is none.
std::string shown(const YamlNode& node);

/// A scalar node that stands nowhere: a default.
YamlNode unplaced(std::string_view text);

}  // namespace modelgate
