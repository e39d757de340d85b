// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "gate/data/predictions_file.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

template <class Value>
std::vector<Value> gathered(const std::vector<Value>& values, const std::vector<std::size_t>& order,
                            std::size_t width) {
  std::vector<Value> sorted;
  sorted.reserve(values.size());
  for (const auto row : order) {
    const auto* first = values.data() + row * width;
    sorted.insert(sorted.end(), first, first + width);
  }
  return sorted;
}

}  // namespace

Result<Predictions> join_predictions(RecordedPredictions recorded, const RowColumns& rows, const std::string& path) {
  auto golden = rows.id_hash;
  if (golden.empty()) {
    golden.resize(rows.rows);
    std::iota(golden.begin(), golden.end(), std::uint64_t{0});
  }
  if (golden == recorded.id_hash) return std::move(recorded.predictions);
  const HashIndex index(recorded.id_hash);
  std::vector<std::size_t> order;
  order.reserve(golden.size());
  std::size_t missing = 0;
  std::size_t first_missing = 0;
  for (std::size_t row = 0; row < golden.size(); ++row) {
    const auto found = index.find(golden[row]);
    if (found != HashIndex::none) {
      order.push_back(found);
    } else if (missing++ == 0) {
      first_missing = row;
    }
  }
  const auto foreign = recorded.id_hash.size() - order.size();
  if (missing > 0 || foreign > 0) {
    std::string what;
    if (missing > 0) {
      what = fmt::format("{} of {} golden rows have no prediction (the first is golden row {})", missing, golden.size(),
                         first_missing + 1);
    }
    if (foreign > 0) {
      what += fmt::format("{}{} predictions belong to no golden row", what.empty() ? "" : ", and ", foreign);
    }
    return data_error(fmt::format("{}: {}. Record predictions for exactly the golden rows.", path, what));
  }
  auto& predictions = recorded.predictions;
  std::visit([&](auto& scores) { scores = gathered(scores, order, scores.empty() ? 0 : predictions.width); },
             predictions.scores);
  if (!predictions.classes.empty()) predictions.classes = gathered(predictions.classes, order, predictions.width);
  return std::move(predictions);
}

}  // namespace modelgate
