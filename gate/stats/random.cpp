// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/random.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace modelgate::stats {

// Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC'11), Philox4x32 with 10 rounds.
Block philox(Block counter, std::uint64_t seed) {
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32U);
  auto [x0, x1, x2, x3] = counter;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ULL * x0;
    const std::uint64_t p1 = 0xCD9E8D57ULL * x2;
    const auto y0 = static_cast<std::uint32_t>(p1 >> 32U) ^ x1 ^ k0;
    const auto y2 = static_cast<std::uint32_t>(p0 >> 32U) ^ x3 ^ k1;
    x1 = static_cast<std::uint32_t>(p1);
    x3 = static_cast<std::uint32_t>(p0);
    x0 = y0;
    x2 = y2;
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return {x0, x1, x2, x3};
}

// Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators" (OOPSLA): SplitMix64's step and output
// mix.
std::uint64_t mix64(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

KeyedStream::KeyedStream(std::uint64_t seed, std::uint32_t replicate, std::uint32_t unit)
    : seed_(seed), counter_{0, unit, replicate, 1} {}

double KeyedStream::next() {
  if (used_ == 4) {
    block_ = philox(counter_, seed_);
    ++counter_[0];
    used_ = 0;
  }
  const std::uint64_t high = block_[used_];
  const std::uint64_t low = block_[used_ + 1];
  used_ += 2;
  return (static_cast<double>((high << 20U) | (low >> 12U)) + 0.5) * 0x1p-52;
}

namespace {

std::uint64_t by_inversion(double mean, KeyedStream& stream) {
  double u = stream.next();
  double mass = std::exp(-mean);
  std::uint64_t k = 0;
  while (u > mass && k < 1000) {  // 1000: beyond any double of a mean below 10
    u -= mass;
    ++k;
    mass *= mean / static_cast<double>(k);
  }
  return k;
}

// Hörmann 1993, Insurance: Mathematics and Economics 12:39, algorithm PTRS; names as there.
std::uint64_t by_rejection(double mean, KeyedStream& stream) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2.0);
  const double log_mean = std::log(mean);
  for (;;) {
    const double u = stream.next() - 0.5;
    const double v = stream.next();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
    if (k < 0.0 || (us < 0.013 && v > us)) continue;
    const double left = std::log(v * inverse_alpha / (a / (us * us) + b));
    if (left <= -mean + k * log_mean - boost::math::lgamma(k + 1.0)) return static_cast<std::uint64_t>(k);
  }
}

constexpr std::size_t thresholds = 13;  // P(more than 12) < 2^-32

// P(Poisson(1) <= k) in units of 2^-32.
constexpr std::array<std::uint64_t, thresholds> cumulative = [] {
  std::array<std::uint64_t, thresholds> table{};
  double mass = 0.36787944117144233;
  double sum = 0.0;
  for (std::size_t k = 0; k < thresholds; ++k) {
    sum += mass;
    mass /= static_cast<double>(k + 1);
    table[k] = static_cast<std::uint64_t>(sum * 4294967296.0);
  }
  table[thresholds - 1] = 1ULL << 32U;
  return table;
}();

// The smallest count that a uniform with this top byte can mean.
constexpr std::array<std::uint8_t, 256> guide = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    std::uint8_t k = 0;
    while ((byte << 24U) >= cumulative[k]) ++k;
    table[byte] = k;
  }
  return table;
}();

}  // namespace

std::uint64_t poisson(double mean, KeyedStream& stream) {
  if (!(mean > 0.0)) return 0;
  return mean < 10.0 ? by_inversion(mean, stream) : by_rejection(mean, stream);
}

std::uint8_t poisson_one(std::uint32_t uniform) {
  std::uint8_t k = guide[uniform >> 24U];
  while (uniform >= cumulative[k]) ++k;
  return k;
}

}  // namespace modelgate::stats
