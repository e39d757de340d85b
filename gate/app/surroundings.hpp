// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

namespace modelgate {

/// The first of these environment variables that is set and not empty; "" where none is.
std::string variable(std::initializer_list<const char*> names);

/// The first line of a regular file without the blanks at its end; "" where there is none.
std::string first_line(const std::filesystem::path& path);

}  // namespace modelgate
