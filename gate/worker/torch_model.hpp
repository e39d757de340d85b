// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "gate/wire/message.hpp"

namespace modelgate {

/// One input of one request: rows of this layout from these bytes on.
struct InputView {
  const InputLayout* layout = nullptr;
  std::byte* bytes = nullptr;
};

/// A TorchScript module in inference mode, on the CPU or the first GPU. The header is free of torch, so that one source
/// alone compiles it.
class TorchModel {
 public:
  /// Loads from an open file; failures carry libtorch's words without its C++ backtrace, or
  /// say what a GPU misses.
  static std::expected<std::unique_ptr<TorchModel>, FailReply> load(int fd, const LoadOrder& order);
  ~TorchModel();

  /// The arguments of forward, and the sizes that its parameters and buffers show.
  std::expected<ModelDescription, FailReply> describe() const;

  /// Runs forward over the rows and writes the chosen output, dense, as float32, float64, int64 or bool, if it fits.
  /// What does not fit the reply's rules (rank, rows, size) is only described; the gate refuses it.
  std::expected<RunReply, FailReply> run(std::span<const InputView> inputs, std::size_t rows,
                                         std::span<std::byte> output);

 private:
  struct Module;
  explicit TorchModel(std::unique_ptr<Module> module);
  std::unique_ptr<Module> module_;
};

/// True when the libtorch that was loaded is the very version this program was compiled for.
bool is_our_torch();

/// Threads within an operator; one between operators. profiling: TorchScript's default executor, which profiles the
/// first requests and optimises for them; otherwise every request runs the same plain code. To be called once, first of
/// all.
void configure_torch(int threads, bool profiling);

/// "libtorch 2.13.0".
std::string torch_version();

}  // namespace modelgate
