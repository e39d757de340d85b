// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/repeat.hpp"

#include <algorithm>
#include <utility>

namespace modelgate {

Repeater::Repeater(std::size_t slots, std::size_t rows, std::span<const SameWithin> same, std::uint64_t seed)
    : rows_(slots, 0), bits_(seed) {
  memories_.reserve(same.size());
  for (const SameWithin& one : same)
    memories_.emplace_back(RepeatedSlots{.slots = slots, .rows = rows}, one, OutputMemory::usual_budget / same.size());
}

void Repeater::first(std::size_t slot, const OutputBlock& answer) {
  for (OutputMemory& memory : memories_) {
    memory.place(slot, golden_rows_);
    memory.look(slot, answer);
  }
  rows_[slot] = answer.rows;
  golden_rows_ += answer.rows;
  ++chunks_;
}

std::vector<std::size_t> Repeater::next_order() {
  std::vector<std::size_t> order;
  order.reserve(rows_.size());
  for (std::size_t slot = rows_.size(); slot-- > 0;) {
    // The reader may have begun to write there before it saw that there were no more rows.
    const bool touched = chunks_ >= rows_.size() && slot == chunks_ % rows_.size();
    if (rows_[slot] > 0 && !touched) order.push_back(slot);
  }
  if (orders_++ == 0) return order;
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[static_cast<std::size_t>(bits_() % left)]);
  return order;
}

void Repeater::repeat(const Ask& ask, const RepeatBounds& bounds, const Clock& clock, bool fresh) {
  const double begin = clock.now_s();
  std::size_t answers = 0;
  OutputBlock answer;
  for (std::size_t pass = 0; pass < bounds.passes && !failed(); ++pass) {
    for (const std::size_t slot : next_order()) {
      const double spent = clock.now_s() - begin;
      if (spent > bounds.most_seconds || (spent > bounds.seconds && answers >= bounds.least_answers)) return;
      if (Result<void> answered = ask(slot, rows_[slot], answer); !answered) {
        error_ = std::move(answered.error());
        return;
      }
      for (OutputMemory& memory : memories_) memory.look(slot, answer);
      ++answers;
      if (fresh) ++fresh_answers_;
    }
  }
}

std::vector<RepeatedOutputs> Repeater::found() const {
  std::vector<RepeatedOutputs> all;
  all.reserve(memories_.size());
  for (const OutputMemory& memory : memories_) {
    all.push_back(memory.found());
    all.back().fresh_answers = fresh_answers_;
    all.back().error = error_;
  }
  return all;
}

}  // namespace modelgate
