// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace modelgate::stats {

// Floats as unsigned integers of the same order: flip all bits of negatives, the sign of the others. Adding +0.0 turns
// −0.0 into +0.0, so that the two tie. NaN has no place in the order.

inline std::uint32_t ordered_key(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);
  return bits ^ ((bits >> 31U) != 0U ? 0xFFFFFFFFU : 0x80000000U);
}

inline std::uint64_t ordered_key(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
  return bits ^ ((bits >> 63U) != 0U ? ~0ULL : 1ULL << 63U);
}

/// The value whose key this is.
inline double value_of_key(std::uint64_t key) {
  return std::bit_cast<double>(key ^ ((key >> 63U) != 0U ? 1ULL << 63U : ~0ULL));
}

}  // namespace modelgate::stats
