// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/block_quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "gate/stats/level.hpp"
#include "gate/stats/quantiles.hpp"
#include "gate/stats/random.hpp"

namespace modelgate::stats {
namespace {

using Span = std::span<const float>;

/// All values in one order, each with its block, and how many of each block stand before every 256th: the k-th value of
/// any resample of blocks is found by bisection.
class Pool {
 public:
  explicit Pool(std::span<const Span> blocks) : blocks_(blocks.size()) {
    std::size_t n = 0;
    for (const Span block : blocks) n += block.size();
    values_.reserve(n);
    for (std::uint32_t block = 0; block < blocks.size(); ++block)
      for (const float value : blocks[block]) values_.push_back({value, block});
    std::ranges::sort(values_, [](const Entry& a, const Entry& b) {
      return a.value < b.value || (a.value == b.value && a.block < b.block);
    });
    std::vector<std::uint32_t> counts(blocks_, 0);
    before_.reserve((n / stride + 1) * blocks_);
    for (std::size_t i = 0; i < n; ++i) {
      if (i % stride == 0) before_.insert(before_.end(), counts.begin(), counts.end());
      ++counts[values_[i].block];
    }
  }

  /// Type 7 of Hyndman & Fan 1996 where the values of block b count copies[b] times; total of them, > 0.
  double quantile(std::span<const std::uint32_t> copies, std::uint64_t total, double q) const {
    const double h = static_cast<double>(total - 1) * q;
    const auto index = static_cast<std::uint64_t>(h);
    const double part = h - std::floor(h);
    const double low = value_at(copies, index);
    return part > 0.0 ? low + part * (value_at(copies, index + 1) - low) : low;
  }

 private:
  struct Entry {
    float value;
    std::uint32_t block;
  };
  static constexpr std::size_t stride = 256;

  std::uint64_t weight_before(std::span<const std::uint32_t> copies, std::size_t mark) const {
    std::uint64_t weight = 0;
    for (std::size_t block = 0; block < blocks_; ++block)
      weight += std::uint64_t{copies[block]} * before_[mark * blocks_ + block];
    return weight;
  }

  double value_at(std::span<const std::uint32_t> copies, std::uint64_t index) const {
    std::size_t mark = 0;
    std::size_t beyond = before_.size() / blocks_;
    while (beyond - mark > 1) {
      const std::size_t middle = mark + (beyond - mark) / 2;
      (weight_before(copies, middle) <= index ? mark : beyond) = middle;
    }
    std::uint64_t weight = weight_before(copies, mark);
    std::size_t i = mark * stride;
    while (i + 1 < values_.size() && (weight += copies[values_[i].block]) <= index) ++i;
    return values_[i].value;
  }

  std::size_t blocks_;
  std::vector<Entry> values_;
  std::vector<std::uint32_t> before_;  // marks × blocks
};

/// Blocks drawn with replacement, as many as there are: how often each.
void draw(std::uint64_t seed, std::uint32_t replicate, std::vector<std::uint32_t>& copies) {
  KeyedStream stream(seed, replicate, 0);
  std::ranges::fill(copies, 0U);
  const auto n = static_cast<double>(copies.size());
  for (std::size_t i = 0; i < copies.size(); ++i)
    ++copies[std::min(copies.size() - 1, static_cast<std::size_t>(stream.next() * n))];
}

// The percentile interval of few blocks is too narrow. Hesterberg 2015, Am. Stat. 69:371, §5.3 expands it: tail
// probabilities Phi(−sqrt(n/(n − 1)) t_{alpha/2, n−1}) in place of alpha/2, n the number of blocks.
double expanded_tail(std::size_t blocks, double confidence) {
  const auto n = static_cast<double>(blocks);
  return normal_cdf(-std::sqrt(n / (n - 1.0)) * t_critical((1.0 - confidence) / 2.0, n - 1.0));
}

bool usable(std::span<const Span> blocks) {
  return std::ranges::none_of(
      blocks, [](Span block) { return std::ranges::any_of(block, [](float x) { return std::isnan(x); }); });
}

}  // namespace

// The block bootstrap with blocks given by the design (Davison & Hinkley 1997, §8.2.3; a round of fresh processes is
// the unit that repeats): the quantile of all values of the blocks drawn.
std::vector<std::optional<Interval>> block_bootstrap_quantiles(std::span<const Span> given, std::span<const double> q,
                                                               double confidence, std::uint64_t seed) {
  std::vector<std::optional<Interval>> intervals(q.size());
  std::vector<Span> blocks;
  std::ranges::copy_if(given, std::back_inserter(blocks), [](Span block) { return !block.empty(); });
  if (blocks.size() < fewest_blocks || !usable(blocks) || !(confidence > 0.0 && confidence < 1.0)) return intervals;
  const Pool pool(blocks);
  std::vector<std::vector<double>> redrawn(q.size(), std::vector<double>(block_replicates));
  std::vector<std::uint32_t> copies(blocks.size());
  for (std::uint32_t replicate = 0; replicate < block_replicates; ++replicate) {
    draw(seed, replicate, copies);
    std::uint64_t total = 0;
    for (std::size_t block = 0; block < blocks.size(); ++block)
      total += std::uint64_t{copies[block]} * blocks[block].size();
    for (std::size_t i = 0; i < q.size(); ++i)
      if (q[i] >= 0.0 && q[i] <= 1.0) redrawn[i][replicate] = pool.quantile(copies, total, q[i]);
  }
  const double tail = expanded_tail(blocks.size(), confidence);
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (!(q[i] >= 0.0 && q[i] <= 1.0)) continue;
    const auto low = quantile(redrawn[i], tail);
    const auto high = quantile(redrawn[i], 1.0 - tail);
    if (low && high) intervals[i] = Interval{.low = *low, .high = *high};
  }
  return intervals;
}

}  // namespace modelgate::stats
