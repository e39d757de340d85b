// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace modelgate {

/// The style sheet of the page: light and dark, narrow and wide, screen and paper.
std::string_view page_style();

}  // namespace modelgate
