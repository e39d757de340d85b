// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "gate/config/gate_file.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// The gate file that another one extends.
struct Parent {
  std::string file;  ///< as messages name it: the folder of the gate file, then what "extends" says
  std::string sha256;
  YamlNode root;
};

/// The folder in front of a path, "" for none.
std::string folder_of(const std::string& path);

/// Reads what the gate file extends, within the same bounds and as strictly, and holds both to the table of keys; says
/// in problems what is wrong, and then nothing comes back. Nothing, too, where the gate file extends none.
std::optional<Parent> read_parent(const YamlNode& root, const std::string& gate_file, Problems& problems);

/// Puts what the parent says into the gate file's tree, key by key and check by check; every key that loosens what the
/// parent says is a problem that shows both lines.
void inherit(YamlNode& root, const YamlNode& parent, Problems& problems);

/// What only the whole shows, after the command line had its say: a hard margin means nothing once the gate file asks
/// for proof, a first release nothing beside a production model; and the command line allows no first release that the
/// parent does not.
void settle(YamlNode& root, const YamlNode& parent, const PlanRequest& request, Problems& problems);

/// The checks of a family ("accuracy") as the parent and the gate file say together; either may be null.
YamlNode inherited_checks(const YamlNode* own, const YamlNode* parent, const YamlNode& parent_root, Problems& problems);

/// Puts what the parent's map says into the gate file's; place: of the parent's map.
void inherit_keys(YamlNode& own, const YamlNode* parent, Where where, const Place& place, Problems& problems);

}  // namespace modelgate
