// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/status.h>

#include <functional>
#include <optional>
#include <string>

namespace modelgate {

/// Writes a file whole or not at all: `write` fills one of a temporary name beside it, which then takes its place.
/// Returns in one line why it could not, nothing on success; a library's exception counts as a failure.
std::optional<std::string> replace_file(const std::string& path,
                                        const std::function<arrow::Status(const std::string& temporary)>& write);

}  // namespace modelgate
