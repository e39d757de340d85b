// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/config/problems.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// The tree of a gate file as YAML text, without "extends"; a comment says of each check and key of the parent where it
/// came from. Paths that the parent wrote are rewritten to be relative to the gate file.
std::string yaml_text(const YamlNode& root, const std::string& gate_file, const std::string& parent_file,
                      const Problems& problems);

}  // namespace modelgate
