// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gate/core/error.hpp"

namespace modelgate {

/// Replaces the file at path by these bytes so that a kill at any instant leaves the old or the new file whole:
/// temporary file in the same folder, fsync, rename, fsync of the folder. Creates missing folders. Errors
/// (ErrorKind::report) name the path and the cause.
Result<void> write_atomically(const std::string& path, std::string_view bytes);

/// Reads the file back and refuses other bytes; .xml must parse as JUnit whose counts are those of its cases, .json
/// and .sarif must parse, .prom must be whole. An exit 0 is allowed only after this.
Result<void> verify_written(const std::string& path, std::string_view bytes);

/// The same for a copy that is to take its place.
Result<void> verify_copy(const std::string& copy, const std::string& path, std::string_view bytes);

}  // namespace modelgate
