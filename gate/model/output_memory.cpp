// SPDX-License-Identifier: Apache-2.0
#include "gate/model/output_memory.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <tuple>
#include <type_traits>

namespace modelgate {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

template <class T>
double distance(T before, T now) {
  if constexpr (std::is_floating_point_v<T>) {
    if (before == now || (std::isnan(before) && std::isnan(now))) return 0.0;
    const double apart = std::abs(static_cast<double>(before) - static_cast<double>(now));
    return std::isnan(apart) ? infinite : apart;
  } else {
    const auto [low, high] = std::minmax(before, now);
    return static_cast<double>(static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low));
  }
}

template <class T>
double apart_as(const std::byte* before, const std::byte* now, std::size_t columns, const SameWithin& same) {
  double largest = 0.0;
  for (std::size_t column = 0; column < columns; ++column) {
    T one{};
    T other{};
    std::memcpy(&one, before + column * sizeof(T), sizeof(T));
    std::memcpy(&other, now + column * sizeof(T), sizeof(T));
    const double difference = distance(one, other);
    const double size = std::max(std::abs(static_cast<double>(one)), std::abs(static_cast<double>(other)));
    if (!same.allows(difference, size)) largest = std::max(largest, difference);
  }
  return largest;
}

/// The largest difference of two rows' numbers that are not the same; 0 where all are.
double apart(OutputBlock::Type type, const std::byte* before, const std::byte* now, std::size_t columns,
             const SameWithin& same) {
  switch (type) {
    case OutputBlock::Type::float32: return apart_as<float>(before, now, columns, same);
    case OutputBlock::Type::float64: return apart_as<double>(before, now, columns, same);
    case OutputBlock::Type::int64: return apart_as<std::int64_t>(before, now, columns, same);
    case OutputBlock::Type::int32: return apart_as<std::int32_t>(before, now, columns, same);
    case OutputBlock::Type::boolean: break;
  }
  return apart_as<std::uint8_t>(before, now, columns, same);
}

}  // namespace

OutputMemory::OutputMemory(const RepeatedSlots& layout, SameWithin same, std::size_t budget)
    : layout_(layout), same_(same), budget_(std::max<std::size_t>(budget, 1)), slots_(layout.slots) {
  for (std::size_t index = 0; index < slots_.size(); ++index) slots_[index].first_row = index * layout.rows;
}

void OutputMemory::place(std::size_t slot, std::size_t first_row) {
  slots_[slot] = Slot{};
  slots_[slot].first_row = first_row;
}

bool OutputMemory::look(std::size_t slot, const OutputBlock& answer) {
  Slot& known = slots_[slot];
  if (known.answers++ == 0) {
    keep(known, slot, answer);
    return true;
  }
  ++answers_;
  return compare(known, answer);
}

void OutputMemory::keep(Slot& slot, std::size_t index, const OutputBlock& answer) const {
  const std::size_t row_bytes = answer.columns * size_of(answer.type);
  const std::size_t all = slots_.size() * layout_.rows * row_bytes;
  slot.type = answer.type;
  slot.rows = answer.rows;
  slot.columns = answer.columns;
  slot.stride = std::clamp<std::size_t>((all + budget_ - 1) / budget_, 1, std::max<std::size_t>(answer.rows, 1));
  slot.offset = index % slot.stride;
  slot.bytes.resize(slot.kept() * row_bytes);
  if (slot.stride == 1) {
    if (!slot.bytes.empty()) std::memcpy(slot.bytes.data(), answer.bytes.data(), slot.bytes.size());
    return;
  }
  for (std::size_t kept = 0; kept < slot.kept(); ++kept)
    std::memcpy(slot.bytes.data() + kept * row_bytes,
                answer.bytes.data() + (slot.offset + kept * slot.stride) * row_bytes, row_bytes);
}

bool OutputMemory::compare(Slot& slot, const OutputBlock& answer) const {
  const bool comparable = answer.type == slot.type && answer.rows == slot.rows && answer.columns == slot.columns;
  if (!comparable) {  // another kind of answer: no number of it is the one before
    for (std::size_t kept = 0; kept < slot.kept(); ++kept) note(slot, kept, infinite);
    return false;
  }
  if (slot.stride == 1 && std::memcmp(slot.bytes.data(), answer.bytes.data(), slot.bytes.size()) == 0) return true;
  const std::size_t row_bytes = slot.columns * size_of(slot.type);
  bool same = true;
  for (std::size_t kept = 0; kept < slot.kept(); ++kept) {
    const std::byte* const before = slot.bytes.data() + kept * row_bytes;
    const std::byte* const now = answer.bytes.data() + (slot.offset + kept * slot.stride) * row_bytes;
    if (std::memcmp(before, now, row_bytes) == 0) continue;
    const double difference = apart(slot.type, before, now, slot.columns, same_);
    if (difference == 0.0) continue;
    note(slot, kept, difference);
    same = false;
  }
  return same;
}

void OutputMemory::note(Slot& slot, std::size_t kept, double difference) {
  if (slot.changes.empty()) slot.changes.resize(slot.kept());
  if (difference > slot.changes[kept].difference) slot.changes[kept] = {difference, slot.answers};
}

std::vector<ChangedRow> OutputMemory::changed_rows() const {
  std::size_t most = 0;
  for (const Slot& slot : slots_) most += slot.changes.size();
  std::vector<ChangedRow> changed;
  changed.reserve(most);
  for (const Slot& slot : slots_) {
    for (std::size_t kept = 0; kept < slot.changes.size(); ++kept) {
      const Change& change = slot.changes[kept];
      if (change.answer == 0) continue;
      const std::size_t row = slot.first_row + slot.offset + kept * slot.stride;
      changed.push_back({layout_.golden_rows == 0 ? row : row % layout_.golden_rows, change.difference, change.answer});
    }
  }
  const auto by_row = [](const ChangedRow& one, const ChangedRow& other) {
    return std::tuple(one.row, -one.difference) < std::tuple(other.row, -other.difference);
  };
  std::ranges::sort(changed, by_row);  // a golden row may stand in several slots
  changed.erase(std::ranges::unique(changed, {}, &ChangedRow::row).begin(), changed.end());
  std::ranges::stable_sort(changed, std::greater<>{}, &ChangedRow::difference);
  return changed;
}

RepeatedOutputs OutputMemory::found() const {
  RepeatedOutputs found;
  found.answers = answers_;
  found.same = same_;
  for (const Slot& slot : slots_)
    if (slot.answers > 1) found.rows += slot.kept();
  if (layout_.golden_rows > 0) found.rows = std::min(found.rows, layout_.golden_rows);
  found.most = changed_rows();
  found.differences.resize(found.most.size());
  std::ranges::transform(found.most, found.differences.begin(), &ChangedRow::difference);
  found.most.resize(std::min(found.most.size(), most_named_rows));
  return found;
}

}  // namespace modelgate
