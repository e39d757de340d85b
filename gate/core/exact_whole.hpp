// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// 2^53 - 1: beyond it, up or down, a double may stand for more than one whole number.
inline constexpr double largest_exact_whole = 9007199254740991.0;

}  // namespace modelgate
