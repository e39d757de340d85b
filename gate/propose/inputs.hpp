// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/roles.hpp"

namespace modelgate::propose {

/// What a live model says of itself; hostile words may stand in it.
struct Signature {
  std::vector<std::pair<std::string, std::string>> arguments;  ///< name and TorchScript type
  std::vector<std::uint64_t> widths;                           ///< input sizes that its layers could take
};

/// A vocabulary file found beside data or model.
struct Vocabulary {
  std::string path;
  std::vector<std::pair<std::string, std::int64_t>> codes;
};

/// Inputs to try a model with.
struct InputGuess {
  std::vector<InputSpec> inputs;
  bool certain = false;  ///< the model can hardly mean other columns, if it takes these
  std::string why;
};

/// Guesses of a model's inputs, the likeliest first, at most 80.
std::vector<InputGuess> guess_inputs(const TableProfile& golden, const Roles& roles, const Signature& signature,
                                     const std::vector<Vocabulary>& vocabularies);

/// The same guess with numbers as another type, after a model refused float32.
InputGuess with_dtype(InputGuess guess, DType dtype);

/// Shorter spelling of columns: a pattern in place of a run of them, where the pattern means exactly that run.
std::vector<std::string> with_patterns(const std::vector<std::string>& columns, const TableProfile& golden);

}  // namespace modelgate::propose
