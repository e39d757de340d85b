// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace modelgate::stats {

using Block = std::array<std::uint32_t, 4>;

/// Philox4x32-10: 128 random bits as a pure function of counter and seed (Salmon et al. 2011). No state: any draw of
/// any replicate can be made by any thread in any order.
Block philox(Block counter, std::uint64_t seed);

/// Mixes 64 bits well (the finaliser of SplitMix64, Steele et al. 2014).
std::uint64_t mix64(std::uint64_t x);

/// A stream of uniforms keyed (seed, replicate, unit).
class KeyedStream {
 public:
  KeyedStream(std::uint64_t seed, std::uint32_t replicate, std::uint32_t unit);
  /// The next uniform in (0, 1), 52 bits.
  double next();

 private:
  std::uint64_t seed_;
  Block counter_;
  Block block_{};
  unsigned used_ = 4;
};

/// A Poisson(mean) count from the stream, mean >= 0: inversion below 10, transformed rejection PTRS above (Hörmann
/// 1993).
std::uint64_t poisson(double mean, KeyedStream& stream);

/// The Poisson(1) count of a 32-bit uniform, exact to 2^-32.
std::uint8_t poisson_one(std::uint32_t uniform);

}  // namespace modelgate::stats
