// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace modelgate {

/// System calls that a confined worker may make with whatever arguments, and why.
struct CallGroup {
  std::string_view why;
  std::span<const char* const> names;
};

/// An argument must be value in the bits of mask.
struct ArgumentRule {
  unsigned argument = 0;
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

/// A call that may be made with some arguments only: all of its rules must hold. A call may stand here several times.
struct BoundedCall {
  std::string_view why;
  const char* name = nullptr;
  std::array<ArgumentRule, 2> rules{};
  std::size_t count = 1;
};

/// What every worker may do. Names that this machine's kernel does not have are passed over.
std::span<const CallGroup> plain_calls();
std::span<const BoundedCall> bounded_calls();

/// What a worker of a sanitized build may do beside that (gate/sandbox/sanitized.hpp).
std::span<const CallGroup> sanitizing_calls();

/// What a worker may do beside that while it fills a folder for its model, before the model's own code runs.
std::span<const CallGroup> writing_calls();
std::span<const BoundedCall> bounded_writing_calls();

}  // namespace modelgate
