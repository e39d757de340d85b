// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace modelgate {

/// How a model's answer is built of tensors: a package gives them flat, in order, and this structure beside them.
struct OutputTree {
  enum class Kind { tensor, tuple, list, dict };
  Kind kind = Kind::tensor;
  std::vector<std::string> keys;  ///< dict: one a child
  std::vector<OutputTree> children;
};

/// Tensors in it.
std::size_t count_tensors(const OutputTree& tree);

/// Reads torch.export's text (pytree's treespec in JSON, protocol 1). Containers of other kinds become dicts where they
/// name their parts, else tuples. An error says what is wrong.
std::expected<OutputTree, std::string> read_output_tree(std::string_view json);

}  // namespace modelgate
