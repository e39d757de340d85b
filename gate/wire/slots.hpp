// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gate/core/input_layout.hpp"

namespace modelgate {

/// Where each input of one slot lies, from the slot's start; both sides compute it from the layouts.
struct SlotPlan {
  struct Region {
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };
  std::vector<Region> inputs;
  std::size_t slot_bytes = 0;  ///< a whole number of pages, so that one slot can be dropped without its neighbours
};

/// Regions for rows rows: fixed-size inputs exactly, strings with 256 bytes of text a string and 1 MiB at least.
SlotPlan plan_slot(std::span<const InputLayout> layouts, std::size_t rows);

}  // namespace modelgate
