// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "gate/core/score_table.hpp"
#include "gate/selftest/worsen.hpp"

namespace modelgate {

/// The true loss of these outputs over all rows, in margins; nothing where it is undefined.
using LossOf = std::function<std::optional<double>(const Predictions&)>;

/// A model whose true loss in the population is a given number: of two neighbouring steps of a worsening each drawn row
/// takes the later one with this chance, so that also a few rows hit the target and not its nearest whole row.
struct SeededModel {
  std::size_t step = 0;
  double chance_of_next = 0.0;
  double loss = 0.0;  ///< in margins
};

/// Finds models of given losses in one worsening; remembers what it has evaluated.
class Seeder {
 public:
  /// The worsening outlives it.
  Seeder(const Worsening& worsening, LossOf loss) : worsening_(worsening), loss_(std::move(loss)) {}

  /// The model of this loss; nothing where no step is that bad, or the first one is worse already.
  std::optional<SeededModel> find(double target);

 private:
  std::optional<double> loss_at(std::size_t step);

  const Worsening& worsening_;
  LossOf loss_;
  std::map<std::size_t, std::optional<double>> known_;
};

}  // namespace modelgate
