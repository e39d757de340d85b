// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gate/core/repeats.hpp"
#include "gate/core/same_within.hpp"
#include "gate/model/interpret.hpp"

namespace modelgate {

/// Which rows a model is given again: requests by the slot of their inputs.
struct RepeatedSlots {
  std::size_t slots = 0;
  std::size_t rows = 0;         ///< of a slot, at most
  std::size_t golden_rows = 0;  ///< beyond the last golden row a slot begins with the first again; 0: none does
};

/// One model's first answer to each slot of inputs, beside which every later one is held, bitwise first: whichever
/// worker gives it, and however many there were in between. Takes at most budget bytes for the answers (and one row a
/// slot): where they need more, it keeps every n-th row of each slot, another one of n in each slot. Two NaN are the
/// same; a NaN or infinity beside a number is an infinite difference.
class OutputMemory {
 public:
  static constexpr std::size_t usual_budget = std::size_t{64} << 20U;

  explicit OutputMemory(const RepeatedSlots& layout, SameWithin same = {}, std::size_t budget = usual_budget);

  /// The slot holds other rows from now on, the first of them this golden row; slot s begins with s × rows unless told.
  void place(std::size_t slot, std::size_t first_row);
  /// Keeps the first answer to a slot and compares each later one with it. False: some number of this one lies further
  /// from it than allowed.
  bool look(std::size_t slot, const OutputBlock& answer);

  /// Everything found so far.
  RepeatedOutputs found() const;

 private:
  struct Change {
    double difference = 0.0;   // 0: none
    std::uint32_t answer = 0;  // that showed the largest one
  };
  struct Slot {
    std::size_t first_row = 0;
    OutputBlock::Type type = OutputBlock::Type::float32;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 1;
    std::size_t offset = 0;
    std::uint32_t answers = 0;
    std::vector<std::byte> bytes;  // of the kept rows: offset, offset + stride, …
    std::vector<Change> changes;   // by kept row; empty while none changed

    std::size_t kept() const { return rows <= offset ? 0 : (rows - offset + stride - 1) / stride; }
  };

  void keep(Slot& slot, std::size_t index, const OutputBlock& answer) const;
  bool compare(Slot& slot, const OutputBlock& answer) const;
  static void note(Slot& slot, std::size_t kept, double difference);
  std::vector<ChangedRow> changed_rows() const;

  RepeatedSlots layout_;
  SameWithin same_;
  std::size_t budget_;
  std::vector<Slot> slots_;
  std::size_t answers_ = 0;
};

}  // namespace modelgate
