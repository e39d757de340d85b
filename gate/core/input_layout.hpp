// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gate/core/plan.hpp"

namespace modelgate {

/// How one model input lies in a buffer: rows × row_shape of dtype, row-major, dense.
/// Strings: uint64 offsets[rows × strings_per_row + 1] from the start of the text, then the UTF-8 bytes.
struct InputLayout {
  DType dtype = DType::float32;
  std::vector<std::int64_t> row_shape;  ///< per row, e.g. {32} or {1, 28, 28}
  std::size_t row_bytes = 0;            ///< 0 for strings
  std::size_t strings_per_row = 0;
};

}  // namespace modelgate
