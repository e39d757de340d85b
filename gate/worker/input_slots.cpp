// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/input_slots.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace modelgate {
namespace {

// Below this a copy is cheaper than dropping pages and faulting them in again.
constexpr std::size_t small_bytes = std::size_t{64} << 10;
constexpr std::size_t vector_bytes = 64;

std::size_t used_bytes(const InputLayout& layout, std::size_t rows, const std::byte* bytes) {
  if (layout.dtype != DType::string) return rows * layout.row_bytes;
  const std::size_t strings = rows * layout.strings_per_row;
  std::uint64_t text = 0;
  std::memcpy(&text, bytes + strings * sizeof(text), sizeof(text));
  return (strings + 1) * sizeof(text) + text;
}

}  // namespace

Result<InputSlots> InputSlots::attach(int fd, AttachOrder order) {
  InputSlots slots;
  slots.plan_ = plan_slot(order.layouts, order.max_rows);
  const Result<std::size_t> size = sealed_size(fd);
  if (!size) return std::unexpected(size.error());
  if (slots.plan_.slot_bytes * order.slots > *size)
    return internal_error("The inputs' shared memory is smaller than its slots.");
  Result<Mapping> memory = Mapping::map(fd, *size, Mapping::Access::private_write);
  if (!memory) return std::unexpected(memory.error());
  slots.memory_ = std::move(*memory);
  slots.scratch_.resize(small_bytes + vector_bytes * (order.layouts.size() + 1));
  for (const InputLayout& layout : order.layouts) slots.views_.push_back({&layout, nullptr});
  slots.order_ = std::move(order);  // moving the vector keeps its elements where the views point
  return slots;
}

Result<std::span<const InputView>> InputSlots::view(std::size_t slot, std::size_t rows) {
  if (slot >= order_.slots || rows > order_.max_rows)
    return internal_error("The gate asked for rows that its inputs do not have.");
  const std::span<std::byte> bytes = memory_.bytes().subspan(slot * plan_.slot_bytes, plan_.slot_bytes);
  std::size_t total = 0;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    views_[i].bytes = bytes.data() + plan_.inputs[i].offset;
    const std::size_t used = used_bytes(*views_[i].layout, rows, views_[i].bytes);
    if (used > plan_.inputs[i].bytes) return internal_error("An input of the gate is longer than its place.");
    total += used;
  }
  borrowed_ = bytes;
  if (total <= small_bytes) copy_small(bytes, rows);
  return std::span<const InputView>(views_);
}

void InputSlots::copy_small(std::span<const std::byte> slot, std::size_t rows) {
  std::byte* to = scratch_.data();
  for (std::size_t i = 0; i < views_.size(); ++i) {
    // The same alignment as in the slot: kernels may add up in another order elsewhere.
    to += (vector_bytes - reinterpret_cast<std::uintptr_t>(to) % vector_bytes) % vector_bytes;
    const std::byte* from = slot.data() + plan_.inputs[i].offset;
    const std::size_t used = used_bytes(*views_[i].layout, rows, from);
    std::memcpy(to, from, used);
    views_[i].bytes = to;
    to += used;
  }
  borrowed_ = {};
}

void InputSlots::release() {
  if (!borrowed_.empty()) ::madvise(borrowed_.data(), borrowed_.size(), MADV_DONTNEED);
  borrowed_ = {};
}

}  // namespace modelgate
