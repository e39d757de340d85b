// SPDX-License-Identifier: Apache-2.0
#include "gate/app/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace modelgate {

void set_up_heap() {
  constexpr int huge = 1 << 30;
  constexpr int largest_of_old_glibc = 32 << 20;
  constexpr int reserve = 256 << 20;  // of addresses; memory follows when written
  constexpr int top_pad = 64 << 20;
  constexpr std::uintptr_t page = 2 << 20;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, huge);
  if (mallopt(M_MMAP_THRESHOLD, huge) == 0) mallopt(M_MMAP_THRESHOLD, largest_of_old_glibc);
  mallopt(M_TOP_PAD, reserve);
  auto* before = static_cast<std::byte*>(::sbrk(0));
  void* (*volatile allocate)(std::size_t) = std::malloc;  // volatile: else the pair is optimised away
  // More than is left of the first piece: the heap grows.
  std::free(allocate(page));  // NOLINT(cppcoreguidelines-owning-memory): nothing is kept
  auto* after = static_cast<std::byte*>(::sbrk(0));
  mallopt(M_TOP_PAD, top_pad);
  const std::uintptr_t lead = (page - reinterpret_cast<std::uintptr_t>(before) % page) % page;
  if (after - before <= static_cast<std::ptrdiff_t>(lead)) return;
  ::madvise(before + lead, static_cast<std::size_t>(after - before) - lead, MADV_HUGEPAGE);
}

}  // namespace modelgate
