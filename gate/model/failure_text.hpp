// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace modelgate {

/// A library's untrusted error text, made printable, its cause first: the last line that starts with an exception's
/// name ("RuntimeError: …"), else the last line that is no mark under source code; then, as a paragraph of its own, the
/// whole text, capped.
std::string cause_first(std::string_view untrusted);

/// True when an untrusted text says that memory could not be had (std::bad_alloc, "can't allocate memory", …).
bool tells_of_memory(std::string_view untrusted);

/// True when an untrusted text tells of a call that was not permitted, as a sandbox refuses it.
bool tells_of_denial(std::string_view untrusted);

/// What the dynamic loader says of a library that is missing or is not the one a program was built with, out of an
/// untrusted text; printable, empty when it says nothing of the kind.
std::string loader_complaint(std::string_view untrusted);

}  // namespace modelgate
