// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gate/core/error.hpp"

namespace modelgate {

/// SHA-256 of the bytes, as 64 lower-case hex digits; throws, as where no memory is left, when OpenSSL gives none.
std::string sha256_hex(std::string_view bytes);

/// Whether this is a SHA-256 as those below are written.
bool is_sha256_hex(std::string_view text);

/// SHA-256 of a file's bytes; a data error that names the path if it cannot be read.
Result<std::string> sha256_file(const std::string& path);

/// SHA-256 of everything behind an open file, read from its start; the file's offset stays where it is.
Result<std::string> sha256_fd(int fd);

/// One file: its SHA-256, as sha256sum prints it. Several: SHA-256 of the lines "<sha256>  <name relative to the common
/// folder>\n" in the order given. No file at all is an error.
Result<std::string> sha256_files(std::span<const std::string> paths);

}  // namespace modelgate
