// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace modelgate {

/// A part of a check id that every JUnit reader keeps as it is: letters, digits, space . _ - = + ( ) @ stay, any other
/// run of bytes becomes "_" and four hex digits of its FNV-1a hash, so that different texts stay different; so do texts
/// that differ in spaces which an XML reader folds.
std::string id_text(std::string_view text);

/// True where id_text leaves the text as it is.
bool is_id_text(std::string_view text);

}  // namespace modelgate
