// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>

#include "gate/core/input_layout.hpp"
#include "gate/wire/message.hpp"

namespace modelgate {

/// One input of one request: rows of this layout from these bytes on.
struct InputView {
  const InputLayout* layout = nullptr;
  std::byte* bytes = nullptr;
};

/// One model of any kind, in inference mode. The header is free of torch, so that one source a kind compiles it.
class LoadedModel {
 public:
  virtual ~LoadedModel() = default;

  /// The arguments of forward, and the sizes that its parameters and buffers show.
  virtual std::expected<ModelDescription, FailReply> describe() const = 0;

  /// Runs forward over the rows and writes the chosen output, dense, as float32, float64, int64 or bool, if it fits.
  /// What does not fit the reply's rules (rank, rows, size) is only described; the gate refuses it.
  virtual std::expected<RunReply, FailReply> run(std::span<const InputView> inputs, std::size_t rows,
                                                 std::span<std::byte> output) = 0;
};

/// A model, or why there is none: libtorch's words without its C++ backtrace, or our own.
using LoadedOrRefused = std::expected<std::unique_ptr<LoadedModel>, FailReply>;

}  // namespace modelgate
