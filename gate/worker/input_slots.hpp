// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/wire/message.hpp"
#include "gate/wire/shared_memory.hpp"
#include "gate/wire/slots.hpp"
#include "gate/worker/loaded_model.hpp"

namespace modelgate {

/// The worker's own view of the gate's input slots. A model may scribble over its inputs: the changes stay in this
/// process and are gone when the slot comes round again.
class InputSlots {
 public:
  static Result<InputSlots> attach(int fd, AttachOrder order);

  /// The inputs of a slot, for this many rows; valid until release or the next view.
  Result<std::span<const InputView>> view(std::size_t slot, std::size_t rows);
  /// Forgets what the model may have written.
  void release();

 private:
  void copy_small(std::span<const std::byte> slot, std::size_t rows);

  AttachOrder order_;
  SlotPlan plan_;
  Mapping memory_;
  std::vector<std::byte> scratch_;
  std::vector<InputView> views_;
  std::span<std::byte> borrowed_;  // mapped pages handed to the model
};

}  // namespace modelgate
