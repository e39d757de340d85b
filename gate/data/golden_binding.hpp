// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/columns.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/data/inputs.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {

/// The columns of one file that a request asks for, by their places in the batches.
struct GoldenBinding {
  ColumnSet columns;
  std::vector<std::vector<std::vector<std::size_t>>> inputs;  ///< [set][input][column]
  std::vector<std::size_t> label;
  std::vector<std::size_t> weight;
  std::vector<std::size_t> cluster;
  std::vector<std::size_t> query;
  std::vector<std::size_t> id;
  std::vector<std::size_t> categories;
  std::vector<std::vector<std::size_t>> predictions;  ///< [model][column]

  /// Finds every column; errors name file, column and what to do. An input may not be the label.
  static Result<GoldenBinding> of(const GoldenRequest& request, const std::vector<std::string>& names,
                                  const std::string& file);
  /// Column names instead of places.
  std::vector<std::vector<std::vector<std::string>>> input_names() const;
  std::vector<BoundColumn> bound(const std::vector<std::size_t>& places) const;
};

/// The input specs of one set with the masks' lengths taken from the padded inputs they belong to.
Result<std::vector<InputSpec>> with_mask_lengths(std::vector<InputSpec> inputs);

/// "The dataset golden/*.parquet": begins errors about all files together.
std::string dataset_words(const DatasetSpec& dataset);

}  // namespace modelgate
