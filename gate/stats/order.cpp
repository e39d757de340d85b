// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "gate/stats/ordered_key.hpp"

namespace modelgate::stats {

namespace {

// Least-significant-digit radix sort of (32-bit key << 32 | position) by key: 11, 11 and 10 bits a pass; a digit that
// is the same everywhere is skipped.
void sort_packed(std::vector<std::uint64_t>& items) {
  constexpr std::array<unsigned, 3> shifts{32, 43, 54};
  constexpr std::uint64_t mask = 2047;
  std::array<std::array<std::uint32_t, 2048>, 3> counts{};
  for (const std::uint64_t item : items) {
    for (std::size_t pass = 0; pass < 3; ++pass) ++counts[pass][(item >> shifts[pass]) & mask];
  }
  std::vector<std::uint64_t> other(items.size());
  for (std::size_t pass = 0; pass < 3; ++pass) {
    auto& count = counts[pass];
    if (count[(items.front() >> shifts[pass]) & mask] == items.size()) continue;
    std::uint32_t start = 0;
    for (std::uint32_t& slot : count) start += std::exchange(slot, start);
    for (const std::uint64_t item : items) other[count[(item >> shifts[pass]) & mask]++] = item;
    items.swap(other);
  }
}

std::uint32_t position_of(std::uint64_t item) { return static_cast<std::uint32_t>(item); }

template <class Score>
struct Column {
  std::span<const Score> scores;
  std::size_t width;
  std::size_t column;

  std::size_t rows() const { return width == 0 ? 0 : scores.size() / width; }
  Score at(std::size_t row) const { return scores[row * width + column]; }
};

std::uint32_t top_half(std::uint32_t key) { return key; }
std::uint32_t top_half(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32U); }

// Items share their top 32 bits: only 64-bit keys can still differ, and such runs are short unless they are ties.
template <class Key>
void settle_runs(std::vector<std::uint64_t>& items, const Key& key_of) {
  for (std::size_t first = 0; first < items.size();) {
    std::size_t last = first + 1;
    while (last < items.size() && (items[last] >> 32U) == (items[first] >> 32U)) ++last;
    if (last - first > 1) {
      std::sort(items.begin() + static_cast<std::ptrdiff_t>(first), items.begin() + static_cast<std::ptrdiff_t>(last),
                [&](std::uint64_t a, std::uint64_t b) {
                  const auto ka = key_of(position_of(a));
                  const auto kb = key_of(position_of(b));
                  return ka != kb ? ka < kb : a < b;
                });
    }
    first = last;
  }
}

template <class Key>
std::vector<std::uint64_t> sorted_items(std::size_t n, const Key& key_of) {
  std::vector<std::uint64_t> items(n);
  for (std::size_t i = 0; i < n; ++i) items[i] = static_cast<std::uint64_t>(top_half(key_of(i))) << 32U | i;
  if (n > 0) sort_packed(items);
  if constexpr (sizeof(key_of(0)) == 8) settle_runs(items, key_of);
  return items;
}

template <class Score>
std::optional<ScoreOrder> order_column(const Column<Score>& column) {
  const std::size_t n = column.rows();
  if (n >= 1ULL << 31U) return std::nullopt;
  bool has_nan = false;
  for (std::size_t row = 0; row < n; ++row) has_nan |= std::isnan(column.at(row));
  if (has_nan) return std::nullopt;
  const auto key_of = [&](std::size_t row) { return ordered_key(column.at(row)); };
  const auto items = sorted_items(n, key_of);
  ScoreOrder order{.rows = std::vector<std::uint32_t>(n), .ranks = std::vector<std::uint32_t>(n)};
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < n; ++i) {
    order.rows[i] = position_of(items[i]);
    if (i > 0) {
      const bool same_top = (items[i] >> 32U) == (items[i - 1] >> 32U);
      const bool tied = same_top && (sizeof(Score) == 4 || key_of(order.rows[i]) == key_of(order.rows[i - 1]));
      rank += tied ? 0U : 1U;
    }
    order.ranks[i] = rank;
  }
  return order;
}

// The radix sort of sort_packed over row numbers alone: their keys are fetched anew in every pass.
template <class Score>
void sort_rows(std::span<const Score> scores, std::vector<std::uint32_t>& rows, std::vector<std::uint32_t>& other) {
  constexpr std::array<unsigned, 3> shifts{0, 11, 22};
  constexpr std::uint32_t mask = 2047;
  constexpr std::size_t ahead = 32;
  const std::size_t n = scores.size();
  std::array<std::array<std::uint32_t, 2048>, 3> counts{};
  for (const Score score : scores) {
    for (std::size_t pass = 0; pass < 3; ++pass) ++counts[pass][(top_half(ordered_key(score)) >> shifts[pass]) & mask];
  }
  for (std::size_t pass = 0; pass < 3; ++pass) {
    auto& count = counts[pass];
    if (count[(top_half(ordered_key(scores.front())) >> shifts[pass]) & mask] == n) continue;
    std::uint32_t start = 0;
    for (std::uint32_t& slot : count) start += std::exchange(slot, start);
    for (std::size_t i = 0; i < n; ++i) {
      if (i + ahead < n) __builtin_prefetch(&scores[rows[i + ahead]]);
      other[count[(top_half(ordered_key(scores[rows[i]])) >> shifts[pass]) & mask]++] = rows[i];
    }
    rows.swap(other);
  }
}

// Rows that share the top 32 bits of a 64-bit key, by the whole key.
void settle_rows(std::span<const double> scores, std::vector<std::uint32_t>& rows) {
  const auto top = [&](std::size_t i) { return top_half(ordered_key(scores[rows[i]])); };
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t last = first + 1;
    while (last < rows.size() && top(last) == top(first)) ++last;
    std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(first),
                     rows.begin() + static_cast<std::ptrdiff_t>(last),
                     [&](std::uint32_t a, std::uint32_t b) { return ordered_key(scores[a]) < ordered_key(scores[b]); });
    first = last;
  }
}

template <class Score>
std::optional<ScoreOrder> order_lean(std::span<const Score> scores) {
  const std::size_t n = scores.size();
  if (n >= 1ULL << 31U) return std::nullopt;
  bool has_nan = false;
  for (const Score score : scores) has_nan |= std::isnan(score);
  if (has_nan) return std::nullopt;
  ScoreOrder order{.rows = std::vector<std::uint32_t>(n), .ranks = std::vector<std::uint32_t>(n)};
  std::iota(order.rows.begin(), order.rows.end(), 0U);
  if (n > 0) sort_rows(scores, order.rows, order.ranks);
  if constexpr (sizeof(Score) == 8) settle_rows(scores, order.rows);
  constexpr std::size_t ahead = 32;
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i + ahead < n) __builtin_prefetch(&scores[order.rows[i + ahead]]);
    if (i > 0 && scores[order.rows[i]] != scores[order.rows[i - 1]]) ++rank;
    order.ranks[i] = rank;
  }
  return order;
}

template <class Score>
std::optional<ScoreOrder> order_checked(const Column<Score>& column) {
  if (column.width == 0 || column.column >= column.width) return std::nullopt;
  return order_column(column);
}

}  // namespace

std::optional<ScoreOrder> order_by_score(std::span<const float> scores) {
  return order_column(Column<float>{scores, 1, 0});
}
std::optional<ScoreOrder> order_by_score(std::span<const double> scores) {
  return order_column(Column<double>{scores, 1, 0});
}
std::optional<ScoreOrder> order_by_score(std::span<const float> scores, std::size_t width, std::size_t column) {
  return order_checked(Column<float>{scores, width, column});
}
std::optional<ScoreOrder> order_by_score(std::span<const double> scores, std::size_t width, std::size_t column) {
  return order_checked(Column<double>{scores, width, column});
}

std::optional<ScoreOrder> order_by_score_lean(std::span<const float> scores) { return order_lean(scores); }
std::optional<ScoreOrder> order_by_score_lean(std::span<const double> scores) { return order_lean(scores); }

std::vector<std::uint32_t> order_by_key(std::span<const std::uint64_t> keys) {
  if (keys.size() >= 1ULL << 32U) return {};
  const auto items = sorted_items(keys.size(), [&](std::size_t i) { return keys[i]; });
  std::vector<std::uint32_t> order(items.size());
  std::transform(items.begin(), items.end(), order.begin(), position_of);
  return order;
}

}  // namespace modelgate::stats
