// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace modelgate {

/// Removes from a folder the temporary files of these names that a killed run left there; no names: of any name. Only
/// regular files of this user that nobody has written to for an hour: a folder may be shared with containers and
/// machines whose process numbers tell nothing here.
void remove_abandoned(const std::string& folder, std::span<const std::string> names);

}  // namespace modelgate
