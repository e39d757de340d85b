// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace modelgate::test {

/// Makes this process and its descendants live as on a kernel without "landlock", without "seccomp", or without "both".
/// False where the word is another, or the filter that pretends could not be loaded.
bool deny(std::string_view what);

}  // namespace modelgate::test
