// SPDX-License-Identifier: Apache-2.0
#include "gate/ledger/sketch.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace modelgate {
namespace {

/// A bijection with a key of our own (splitmix64), so that the file holds no hash that other tools make of the ids.
std::uint64_t keyed(std::uint64_t hash) {
  std::uint64_t x = (hash ^ 0x6d6f64656c676174ULL) + 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

void keep_smallest(Sketch& hashes) {
  std::ranges::sort(hashes);
  const auto [first, last] = std::ranges::unique(hashes);
  hashes.erase(first, last);
  if (hashes.size() > sketch_size) hashes.resize(sketch_size);
}

/// Up to this hash a sketch tells of every row; a short sketch is the whole set.
std::uint64_t horizon(const Sketch& sketch) {
  return sketch.size() < sketch_size ? std::numeric_limits<std::uint64_t>::max() : sketch.back();
}

}  // namespace

Sketch sketch_of(std::span<const std::uint64_t> id_hashes) {
  Sketch smallest;
  smallest.reserve(4 * sketch_size);
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t hash : id_hashes) {
    const std::uint64_t key = keyed(hash);
    if (key > limit) continue;
    smallest.push_back(key);
    if (smallest.size() < 4 * sketch_size) continue;
    keep_smallest(smallest);
    limit = horizon(smallest);
  }
  keep_smallest(smallest);
  return smallest;
}

Sketch merged(const Sketch& one, const Sketch& other) {
  Sketch both;
  both.reserve(one.size() + other.size());
  std::ranges::merge(one, other, std::back_inserter(both));
  const std::uint64_t limit = std::min(horizon(one), horizon(other));
  std::erase_if(both, [&](std::uint64_t hash) { return hash > limit; });
  keep_smallest(both);
  return both;
}

double overlap(const Sketch& one, const Sketch& other) {
  const std::uint64_t limit = std::min(horizon(one), horizon(other));
  const auto seen = [&](const Sketch& sketch) {
    return static_cast<std::size_t>(std::ranges::upper_bound(sketch, limit) - sketch.begin());
  };
  const std::size_t smaller = std::min(seen(one), seen(other));
  if (smaller == 0) return 0.0;
  Sketch common;
  std::ranges::set_intersection(one, other, std::back_inserter(common));
  return static_cast<double>(seen(common)) / static_cast<double>(smaller);
}

}  // namespace modelgate
