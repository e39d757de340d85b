// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/input_layout.hpp"
#include "gate/wire/fd.hpp"
#include "gate/wire/shared_memory.hpp"
#include "gate/wire/slots.hpp"

namespace modelgate {

/// Rows of one chunk by `chunk: auto`: the smaller of 4,096 rows and 32 MiB of inputs, at least 1.
std::size_t auto_chunk_rows(const std::vector<std::vector<InputLayout>>& input_sets);

/// Slots of shared memory from which workers read a model's inputs; one object serves every worker with the same
/// inputs. Sealed: a worker can neither resize nor write what the gate and the other worker see.
class InputBuffers {
 public:
  /// slots × max_rows rows of these inputs. Memory is taken only as it is first written.
  static Result<std::shared_ptr<InputBuffers>> create(std::vector<InputLayout> layouts, std::size_t slots,
                                                      std::size_t max_rows);

  /// Where each input of this slot is to be written, as GoldenReader::next wants it.
  std::vector<std::span<std::byte>> slot(std::size_t index);

  const std::vector<InputLayout>& layouts() const { return layouts_; }
  std::size_t slots() const { return slots_; }
  std::size_t max_rows() const { return max_rows_; }
  std::size_t slot_bytes() const { return plan_.slot_bytes; }
  int fd() const { return fd_.get(); }

 private:
  InputBuffers() = default;

  std::vector<InputLayout> layouts_;
  std::size_t slots_ = 0;
  std::size_t max_rows_ = 0;
  SlotPlan plan_;
  UniqueFd fd_;
  Mapping memory_;
};

}  // namespace modelgate
