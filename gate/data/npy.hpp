// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gate/core/error.hpp"

namespace modelgate {

/// What the header of a .npy says.
struct NpyHeader {
  char kind = 'f';  ///< f i u b, U (UCS-4 text) or S (bytes)
  std::size_t item_bytes = 4;
  std::vector<std::size_t> shape;
  std::size_t items = 0;  ///< product of shape

  std::size_t items_a_row() const { return shape.empty() || shape[0] == 0 ? 0 : items / shape[0]; }
};

/// Fills the buffer with the next bytes of a file; false when there are fewer.
using ReadBytes = std::function<bool(char* bytes, std::size_t size)>;

/// Reads magic and header, stopping at the first item; name begins each error. Pickled objects, big-endian and complex
/// items, and Fortran order of two axes or more are refused, as is a shape whose bytes exceed most_bytes.
Result<NpyHeader> read_npy_header(const ReadBytes& read, const std::string& name, std::uint64_t most_bytes);

/// The Arrow type of one item, e.g. float32 or utf8.
std::shared_ptr<arrow::DataType> arrow_type(const NpyHeader& header);

/// Items as they lie in a .npy, as a flat Arrow array of arrow_type(header). An error is a clause to follow the array's
/// name: texts must be Unicode.
Result<std::shared_ptr<arrow::Array>> arrow_items(const NpyHeader& header, std::string bytes);

}  // namespace modelgate
