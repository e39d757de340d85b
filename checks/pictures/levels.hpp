// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace modelgate {

/// Rows whose keys stand next to each other, as mass by label 0 and 1.
struct Level {
  std::uint64_t highest = 0;            ///< the largest key among them
  std::array<std::uint64_t, 2> mass{};  ///< [0] negatives, [1] positives
};

/// One row of a curve. Masses are whole numbers, so that their sums are the same in any order of the rows.
template <std::unsigned_integral Key>
struct KeyedRow {
  Key key = 0;
  std::uint64_t mass = 1;
  bool positive = false;
};

/// A histogram of keys that grows finer where the rows are: 12 leading bits first, then 8 more below every entry that
/// holds too much and more than one key. Linear in the rows, at most one pass for every 8 bits, 6 MB at worst.
template <std::unsigned_integral Key>
class LevelTree {
 public:
  /// finest: an entry is split while its share of the negatives plus its share of the positives is larger; > 0.
  explicit LevelTree(double finest) : finest_(finest), entries_(root_entries) {}

  /// row_at(i) gives the KeyedRow of i < rows, the same in every pass.
  template <class RowAt>
  void grow(std::size_t rows, const RowAt& row_at) {
    for (std::size_t at = 0; at < rows; ++at) {
      const KeyedRow<Key> row = row_at(at);
      total_[row.positive ? 1 : 0] += row.mass;
      add(entries_[row.key >> shift(0)], row);
    }
    std::size_t begin = 0;
    for (unsigned depth = 1; depth <= depths && split_from(begin); ++depth)
      for (std::size_t at = 0; at < rows; ++at) descend(row_at(at), depth);
  }

  /// What holds any mass, the highest key first.
  std::vector<Level> levels() const {
    std::vector<Level> found;
    for (const Entry& entry : entries_)
      if (entry.child == 0 && entry.mass[0] + entry.mass[1] > 0) found.push_back({entry.greatest, entry.mass});
    std::ranges::sort(found, std::ranges::greater{}, &Level::highest);
    return found;
  }

 private:
  static constexpr unsigned bits = std::numeric_limits<Key>::digits;
  static constexpr unsigned root_bits = 12;
  static constexpr unsigned child_bits = 8;
  static constexpr unsigned depths = (bits - root_bits + child_bits - 1) / child_bits;
  static constexpr std::size_t root_entries = std::size_t{1} << root_bits;
  static constexpr std::size_t child_entries = std::size_t{1} << child_bits;

  struct Entry {
    std::array<std::uint64_t, 2> mass{};
    Key least = std::numeric_limits<Key>::max();
    Key greatest = 0;
    std::uint32_t child = 0;  // the first of its entries; 0: none, for that is the root's
  };

  static constexpr unsigned shift(unsigned depth) {
    const unsigned seen = root_bits + child_bits * depth;
    return seen < bits ? bits - seen : 0;
  }

  static void add(Entry& entry, const KeyedRow<Key>& row) {
    entry.mass[row.positive ? 1 : 0] += row.mass;
    entry.least = std::min(entry.least, row.key);
    entry.greatest = std::max(entry.greatest, row.key);
  }

  void descend(const KeyedRow<Key>& row, unsigned depth) {
    std::size_t at = row.key >> shift(0);
    for (unsigned seen = 1; seen <= depth; ++seen) {
      const std::uint32_t child = entries_[at].child;
      if (child == 0) return;
      at = child + ((row.key >> shift(seen)) & (child_entries - 1));
    }
    add(entries_[at], row);
  }

  bool is_coarse(const Entry& entry) const {
    double share = 0.0;
    for (std::size_t label = 0; label < 2; ++label)
      if (total_[label] > 0) share += static_cast<double>(entry.mass[label]) / static_cast<double>(total_[label]);
    return share > finest_ && entry.least < entry.greatest;
  }

  /// Gives children to the coarse entries from begin on, which then is the first child; false where there is none.
  bool split_from(std::size_t& begin) {
    const std::size_t end = entries_.size();
    for (std::size_t at = begin; at < end; ++at) {
      if (!is_coarse(entries_[at])) continue;
      entries_[at].child = static_cast<std::uint32_t>(entries_.size());
      entries_.resize(entries_.size() + child_entries);
    }
    begin = end;
    return entries_.size() > end;
  }

  double finest_;
  std::array<std::uint64_t, 2> total_{};
  std::vector<Entry> entries_;
};

}  // namespace modelgate
