// SPDX-License-Identifier: Apache-2.0
#include "gate/wire/slots.hpp"

#include <algorithm>
#include <cstdint>

namespace modelgate {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t vector_bytes = 64;
constexpr std::size_t text_bytes_per_string = 256;
constexpr std::size_t least_text_bytes = std::size_t{1} << 20;

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

SlotPlan plan_slot(std::span<const InputLayout> layouts, std::size_t rows) {
  SlotPlan plan;
  std::size_t offset = 0;
  for (const InputLayout& layout : layouts) {
    std::size_t bytes = rows * layout.row_bytes;
    if (layout.dtype == DType::string) {
      const std::size_t strings = rows * layout.strings_per_row;
      bytes = (strings + 1) * sizeof(std::uint64_t) + std::max(strings * text_bytes_per_string, least_text_bytes);
    }
    plan.inputs.push_back({offset, bytes});
    offset = round_up(offset + bytes, vector_bytes);
  }
  plan.slot_bytes = std::max(round_up(offset, page_bytes), page_bytes);
  return plan;
}

}  // namespace modelgate
