// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/data/columns.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/data/table_source.hpp"

namespace modelgate {

/// An input with its columns found in the first file.
struct BoundInput {
  InputSpec spec;
  std::vector<BoundColumn> columns;
  DataFormat format = DataFormat::parquet;
  std::string file;  ///< the first file, for errors
};

/// Decodes one model input, run by run, into the chunk's buffer.
class InputDecoder {
 public:
  virtual ~InputDecoder() = default;
  InputDecoder() = default;
  InputDecoder(const InputDecoder&) = delete;
  InputDecoder& operator=(const InputDecoder&) = delete;

  const InputLayout& layout() const { return layout_; }
  /// A new chunk begins in this buffer.
  virtual Result<void> begin(std::span<std::byte> buffer, std::size_t max_rows);
  /// How many rows of the run still fit.
  virtual std::int64_t fitting(const Run& run) { return run.count; }
  /// Stores the run's rows from row of the chunk on.
  virtual Result<void> decode(const Run& run, std::size_t row) = 0;
  /// The chunk ends with this many rows.
  virtual void end(std::size_t) {}

 protected:
  void set_layout(DType dtype, std::vector<std::int64_t> row_shape);
  std::byte* row_at(std::size_t row) { return buffer_.data() + row * layout_.row_bytes; }

  InputLayout layout_;
  std::span<std::byte> buffer_;
};

using InputResult = Result<std::unique_ptr<InputDecoder>>;

/// The decoder that the spec and its columns' types ask for; errors name file, column and what to do.
InputResult make_input(const BoundInput& input);

InputResult make_dense_input(const BoundInput& input);       ///< columns of numbers → [rows, columns] or shape
InputResult make_list_input(const BoundInput& input);        ///< one list column → shape, or padded to length
InputResult make_mask_input(const BoundInput& input);        ///< mask_of: 1 where the ragged list has an item
InputResult make_text_input(const BoundInput& input);        ///< dtype string
InputResult make_vocabulary_input(const BoundInput& input);  ///< texts → codes
InputResult make_file_input(const BoundInput& input);        ///< one .npy a row

std::int64_t product_of(std::span<const std::int64_t> shape);

}  // namespace modelgate
