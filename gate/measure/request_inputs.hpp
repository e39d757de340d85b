// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/model/input_buffers.hpp"

namespace modelgate {

/// One input of some golden rows, decoded.
struct DecodedInput {
  InputLayout layout;
  std::vector<std::byte> bytes;      ///< rows × row_bytes, dense; empty for strings
  std::vector<std::string> strings;  ///< rows × strings_per_row
};

/// The first golden rows, decoded once for every timed request of every batch size.
struct RequestRows {
  std::size_t rows = 0;
  std::vector<std::vector<DecodedInput>> sets;  ///< [input set][input]
};

/// Reads at most max_rows rows and at most about 64 MiB; at least one row. Errors: the reader's, or no rows at all.
Result<RequestRows> read_request_rows(GoldenReader& reader, std::size_t max_rows);

/// Different batches of one input set, one a slot, in shared memory: at most 256, at most about 64 MiB, at least one.
/// Slot s holds the rows from s × batch on; after the last row the first comes again, alike in every input set.
Result<std::shared_ptr<InputBuffers>> prepare_batches(const RequestRows& rows, std::size_t set, std::size_t batch);

}  // namespace modelgate
