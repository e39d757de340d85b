// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace modelgate {

/// A library's untrusted error text, made printable, its cause first: the last line that starts with an exception's
/// name ("RuntimeError: …"), else the last line that is no mark under source code; then the whole text, capped.
std::string cause_first(std::string_view untrusted);

/// True when an untrusted text says that memory could not be had (std::bad_alloc, "can't allocate memory", …).
bool tells_of_memory(std::string_view untrusted);

/// True when an untrusted text says that a program's libraries are missing or are not those it was built with.
bool tells_of_libraries(std::string_view untrusted);

}  // namespace modelgate
