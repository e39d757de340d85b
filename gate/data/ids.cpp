// SPDX-License-Identifier: Apache-2.0
#define XXH_INLINE_ALL
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "gate/data/numbers.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

void keep_id(IdValues& keep, bool as_text, std::string_view text, std::int64_t number) {
  keep.is_text = as_text;
  if (!as_text) {
    keep.integers.push_back(number);
    return;
  }
  keep.text += text;
  keep.text_end.push_back(keep.text.size());
}

}  // namespace

std::uint64_t id_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

Result<void> decode_ids(const Run& run, const BoundColumn& column, std::vector<std::uint64_t>& hashes, IdValues* keep,
                        std::vector<std::string>* texts) {
  const auto& array = *run.batch.column(static_cast<int>(column.index));
  const bool whole = !is_text(*array.type());
  const bool as_text = !whole || array.type_id() == arrow::Type::UINT64;
  std::int64_t null_row = -1;
  std::vector<std::int64_t> numbers;
  if (keep != nullptr && !as_text && array.null_count() == 0) {
    numbers.resize(static_cast<std::size_t>(run.count));
    const Numbers values(array, run.begin, run.count);
    store(values, 0, run.count, DType::int64, NullPolicy{}, reinterpret_cast<std::byte*>(numbers.data()), 1);
  }
  const auto take = [&](std::int64_t i, std::optional<std::string_view> text) {
    if (!text || text->empty()) {
      if (null_row < 0) null_row = i;
      return;
    }
    hashes.push_back(id_hash(*text));
    if (texts != nullptr) texts->emplace_back(*text);
    if (keep != nullptr) keep_id(*keep, as_text, *text, numbers.empty() ? 0 : numbers[static_cast<std::size_t>(i)]);
  };
  if (whole) {
    visit_as_text(array, run.begin, run.count, take);
  } else {
    visit_text(array, run.begin, run.count, take);  // not through a std::function: ids are as many as rows
  }
  if (null_row >= 0) {
    return data_error(fmt::format("{}: the id is null or empty. Give every golden row an id of its own.",
                                  place(run, column.name, null_row)));
  }
  return {};
}

// Open addressing; with the tag in the slot an id costs one cache miss, which the prefetch hides.
HashIndex::HashIndex(std::span<const std::uint64_t> hashes)
    : hashes_(hashes), slots_(std::bit_ceil(std::max<std::size_t>(2, hashes.size() * 2))) {
  constexpr std::size_t ahead = 16;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (i + ahead < hashes.size()) __builtin_prefetch(&slots_[hashes[i + ahead] & (slots_.size() - 1)]);
    auto& slot = slots_[slot_of(hashes[i])];
    if (slot.row != 0) {
      duplicate_ = std::pair<std::size_t, std::size_t>{slot.row - 1, i};
      return;
    }
    slot = {static_cast<std::uint32_t>(hashes[i] >> 32U), static_cast<std::uint32_t>(i + 1)};
  }
}

std::size_t HashIndex::find(std::uint64_t hash) const {
  const auto& slot = slots_[slot_of(hash)];
  return slot.row == 0 ? none : slot.row - 1;
}

/// The slot that holds the hash, or the free one where it would go.
std::size_t HashIndex::slot_of(std::uint64_t hash) const {
  const auto mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  auto at = hash & mask;
  while (slots_[at].row != 0 && !(slots_[at].tag == tag && hashes_[slots_[at].row - 1] == hash)) at = (at + 1) & mask;
  return at;
}

}  // namespace modelgate
