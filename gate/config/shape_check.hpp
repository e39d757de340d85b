// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/config/keys.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// True if the value has the shape that the table wants of its key; otherwise says why not. key: where the key stands.
/// Sections and limits are looked at only so far as being maps, lists or scalars.
bool check_shape(const Key& row, const YamlNode& value, const Place& key, Problems& problems);

}  // namespace modelgate
