// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/core/repeats.hpp"
#include "gate/model/output_memory.hpp"

namespace modelgate {

/// How often and how long a model is asked again.
struct RepeatBounds {
  std::size_t passes = 8;         ///< over all slots
  std::size_t least_answers = 8;  ///< though they take longer than seconds: a model may turn on its 6th call
  double seconds = 0.0;           ///< after these nothing more is asked,
  double most_seconds = 0.0;      ///< nor after these, whatever is still wanted
};

/// Gives one live model rows that it has answered in the replay again, and holds its answers beside the first ones. The
/// rows are those whose inputs still stand in the slots of the replay's ring at its end, at most 32 MiB of inputs: all
/// rows of most golden data, the last ones of large ones. Each comes in the same company again, because a batch of
/// other rows may rightly change last bits. Not thread-safe.
class Repeater {
 public:
  /// Asks a worker for the outputs of this many rows of a slot.
  using Ask = std::function<Result<void>(std::size_t slot, std::size_t rows, OutputBlock& answer)>;

  /// same: what counts as unchanged, at least one; the answers are held to each.
  Repeater(std::size_t slots, std::size_t rows, std::span<const SameWithin> same, std::uint64_t seed);

  /// The replay's answer to the rows that a slot holds now; called for all chunks in their order.
  void first(std::size_t slot, const OutputBlock& answer);
  /// Asks for all slots again, backwards and then shuffled; fresh: another worker than the one that answered first.
  /// What goes wrong stands in found().
  void repeat(const Ask& ask, const RepeatBounds& bounds, const Clock& clock, bool fresh);

  bool failed() const { return error_.has_value(); }
  /// What was found with each tolerance, in their order.
  std::vector<RepeatedOutputs> found() const;

 private:
  std::vector<std::size_t> next_order();

  std::vector<OutputMemory> memories_;  // one a tolerance
  std::vector<std::size_t> rows_;       // by slot; 0: nothing to repeat
  std::mt19937_64 bits_;
  std::size_t chunks_ = 0;
  std::size_t golden_rows_ = 0;
  std::size_t orders_ = 0;
  std::size_t fresh_answers_ = 0;
  std::optional<Error> error_;
};

}  // namespace modelgate
