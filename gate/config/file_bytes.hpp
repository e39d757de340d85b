// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

namespace modelgate {

/// The bytes of a file that people write, at most one more than such a file may have (TreeBounds); or the clause that
/// says why there are none: "is not there", "is not a file", "cannot be read".
std::expected<std::string, std::string> read_bounded(const std::string& path);

}  // namespace modelgate
