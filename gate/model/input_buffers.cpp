// SPDX-License-Identifier: Apache-2.0
#include "gate/model/input_buffers.hpp"

#include <algorithm>

namespace modelgate {
namespace {

constexpr std::size_t auto_rows = 4096;
constexpr std::size_t auto_bytes = std::size_t{32} << 20;
constexpr std::size_t bytes_per_string_guess = 32;

std::size_t bytes_per_row(const std::vector<InputLayout>& layouts) {
  std::size_t bytes = 0;
  for (const InputLayout& layout : layouts) {
    bytes += layout.dtype == DType::string ? layout.strings_per_row * bytes_per_string_guess : layout.row_bytes;
  }
  return bytes;
}

}  // namespace

std::size_t auto_chunk_rows(const std::vector<std::vector<InputLayout>>& input_sets) {
  std::size_t widest = 1;
  for (const std::vector<InputLayout>& layouts : input_sets) widest = std::max(widest, bytes_per_row(layouts));
  return std::clamp<std::size_t>(auto_bytes / widest, 1, auto_rows);
}

Result<std::shared_ptr<InputBuffers>> InputBuffers::create(std::vector<InputLayout> layouts, std::size_t slots,
                                                           std::size_t max_rows) {
  if (layouts.empty() || slots == 0 || max_rows == 0)
    return internal_error("Input buffers need inputs, slots and rows.");
  std::shared_ptr<InputBuffers> buffers(
      new InputBuffers);  // NOLINT(cppcoreguidelines-owning-memory): private constructor
  buffers->plan_ = plan_slot(layouts, max_rows);
  buffers->layouts_ = std::move(layouts);
  buffers->slots_ = slots;
  buffers->max_rows_ = max_rows;
  const std::size_t bytes = buffers->plan_.slot_bytes * slots;
  Result<UniqueFd> fd = create_shared_memory("modelgate-inputs", bytes);
  if (!fd) return std::unexpected(fd.error());
  Result<Mapping> memory = Mapping::map(fd->get(), bytes, Mapping::Access::shared_write);
  if (!memory) return std::unexpected(memory.error());
  if (Result<void> sealed = seal_writes(fd->get()); !sealed) return std::unexpected(sealed.error());
  buffers->fd_ = std::move(*fd);
  buffers->memory_ = std::move(*memory);
  return buffers;
}

std::vector<std::span<std::byte>> InputBuffers::slot(std::size_t index) {
  std::vector<std::span<std::byte>> regions;
  regions.reserve(plan_.inputs.size());
  const std::span<std::byte> bytes = memory_.bytes().subspan(index * plan_.slot_bytes, plan_.slot_bytes);
  for (const SlotPlan::Region& region : plan_.inputs) regions.push_back(bytes.subspan(region.offset, region.bytes));
  return regions;
}

}  // namespace modelgate
