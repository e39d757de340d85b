// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/columns.hpp"
#include "gate/data/row_decoder.hpp"
#include "gate/data/table_source.hpp"
#include "gate/data/values.hpp"

namespace modelgate {

/// One model's recorded outputs in columns: numbers as they are, class texts as their class.
class PredictionColumns {
 public:
  /// Errors name a column that is neither number nor declared class text.
  static Result<PredictionColumns> make(std::vector<BoundColumn> columns, ClassTexts texts, DataFormat format,
                                        const std::string& file);

  /// Appends the run's values, row-major; null and NaN are errors that name file, column and row.
  Result<void> decode(const Run& run, std::vector<double>& values);
  Result<void> decode(const Run& run, std::vector<float>& values);

  std::size_t width() const { return columns_.size(); }
  /// True when every column is float32 or float16.
  bool single_precision() const;
  const std::vector<BoundColumn>& columns() const { return columns_; }

 private:
  PredictionColumns(std::vector<BoundColumn> columns, ClassTexts texts, DataFormat format);
  bool takes_texts(std::size_t column) const;
  Result<void> decode_texts(const Run& run, std::size_t column, double* target);

  std::vector<BoundColumn> columns_;
  ClassTexts texts_;
  ValueCoder coder_;
};

}  // namespace modelgate
