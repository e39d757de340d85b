// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a model wrote into its output memory: as many finite predictions as rows, probabilities where they
// are said to be, classes that exist; or an error of the model that says something.
#include <array>
#include <cmath>
#include <cstring>

#include "gate/model/interpret.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

/// The first bytes of an input: what the worker says of its outputs, and what the gate file wants.
struct Claim {
  std::uint8_t type = 0;
  std::uint8_t columns = 0;
  std::uint8_t task = 0;
  std::uint8_t kind = 0;
  std::uint8_t classes = 0;
};

OutputRule rule_of(const Claim& claim) {
  constexpr std::array tasks{Task::binary, Task::multiclass, Task::regression, Task::ranking, Task::multilabel};
  constexpr std::array kinds{OutputKind::probability, OutputKind::logit, OutputKind::klass, OutputKind::value,
                             OutputKind::score};
  OutputRule rule{.task = tasks[claim.task % tasks.size()], .classes = claim.classes % 8U};
  rule.output.kind = kinds[claim.kind % kinds.size()];
  return rule;
}

/// What the gate judges holds, whatever the model wrote.
void require_sound(const Predictions& read, const OutputRule& rule, std::size_t rows) {
  fuzz::require(rows_of(read) == rows && read.kind != OutputKind::logit);
  std::visit(
      [&](const auto& scores) {
        for (const auto score : scores) {
          fuzz::require(std::isfinite(score));
          if (read.kind == OutputKind::probability) fuzz::require(score >= 0 && score <= 1);
        }
      },
      read.scores);
  for (const std::int32_t klass : read.classes)
    fuzz::require(rule.task == Task::regression ||
                  (klass >= 0 && (rule.classes == 0 || rule.task == Task::binary ||
                                  klass < static_cast<int>(rule.classes) || rule.task == Task::multilabel)));
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  Claim claim;
  if (size < sizeof claim) return 0;
  std::memcpy(&claim, data, sizeof claim);
  data += sizeof claim;
  size -= sizeof claim;
  OutputBlock block;
  block.type = static_cast<OutputBlock::Type>(claim.type % 5U);
  block.columns = 1 + claim.columns % 8U;
  block.rows = size / (block.columns * size_of(block.type));
  if (block.rows == 0) return 0;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  block.bytes.assign(bytes, bytes + block.rows * block.columns * size_of(block.type));
  const OutputRule rule = rule_of(claim);
  Predictions read;
  for (std::size_t chunks = 1; chunks <= 2; ++chunks) {
    if (const auto taken = append_outputs(block, rule, "candidate", read); !taken)
      return fuzz::require_words(taken.error()), 0;
    require_sound(read, rule, chunks * block.rows);
  }
  return 0;
}
