// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "gate/app/command_line.hpp"

namespace {

/// One heap for all threads that keeps what it was given, its first part in huge pages: columns of a million rows are
/// written and freed one after another, and walks through them in order of score would wait for address translation.
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
  std::free(allocate(page));                              // more than is left of the first piece: the heap grows
  auto* after = static_cast<std::byte*>(::sbrk(0));
  mallopt(M_TOP_PAD, top_pad);
  const std::uintptr_t lead = (page - reinterpret_cast<std::uintptr_t>(before) % page) % page;
  if (after - before <= static_cast<std::ptrdiff_t>(lead)) return;
  ::madvise(before + lead, static_cast<std::size_t>(after - before) - lead, MADV_HUGEPAGE);
}

}  // namespace

int main(int argc, char** argv) {
  set_up_heap();
  return modelgate::run_command_line(std::span<char* const>(argv, static_cast<std::size_t>(argc)));
}
