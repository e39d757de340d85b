// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/delta.hpp"

#include <cmath>

namespace modelgate::stats {

namespace {

constexpr std::uint64_t fewest_positives = 50;

using Cells = std::array<std::array<double, 2>, 2>;  // [label][decision] of one model

// A metric A/B of row sums has the influence (a_i − M·b_i)/(B/n) on a row of this label and decision (Deville 1999).
struct Linearised {
  double value = 0.0;
  Cells influence{};
};

Linearised ratio(const Cells& counts, const Cells& numerator, const Cells& denominator) {
  double n = 0.0;
  double top = 0.0;
  double bottom = 0.0;
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t d = 0; d < 2; ++d) {
      n += counts[y][d];
      top += counts[y][d] * numerator[y][d];
      bottom += counts[y][d] * denominator[y][d];
    }
  }
  Linearised result{.value = top / bottom};
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t d = 0; d < 2; ++d) {
      result.influence[y][d] = (numerator[y][d] - result.value * denominator[y][d]) * n / bottom;
    }
  }
  return result;
}

Linearised linearise(const Cells& counts, CellMetric metric) {
  constexpr Cells hit{{{0, 0}, {0, 1}}};
  if (metric == CellMetric::precision) return ratio(counts, hit, {{{0, 1}, {0, 1}}});
  if (metric == CellMetric::f1) return ratio(counts, {{{0, 0}, {0, 2}}}, {{{0, 1}, {1, 2}}});  // 2TP/(2TP + FP + FN)
  const Linearised tpr = ratio(counts, hit, {{{0, 0}, {1, 1}}});
  const Linearised tnr = ratio(counts, {{{1, 0}, {0, 0}}}, {{{1, 1}, {0, 0}}});
  Linearised mean{.value = (tpr.value + tnr.value) / 2.0};
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t d = 0; d < 2; ++d) mean.influence[y][d] = (tpr.influence[y][d] + tnr.influence[y][d]) / 2.0;
  }
  return mean;
}

}  // namespace

std::optional<MeanEstimate> linearised_cells(const JointCells& cells, CellMetric metric, double factor) {
  Cells candidate{};
  Cells production{};
  double n = 0.0;
  std::uint64_t positives = 0;
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t p = 0; p < 2; ++p) {
        const auto count = static_cast<double>(cells[y][c][p]);
        candidate[y][c] += count;
        production[y][p] += count;
        n += count;
        positives += y == 1 ? cells[y][c][p] : 0;
      }
    }
  }
  if (positives < fewest_positives) return std::nullopt;
  const Linearised one = linearise(candidate, metric);
  const Linearised two = factor == 0.0 ? Linearised{} : linearise(production, metric);
  double square = 0.0;
  for (std::size_t y = 0; y < 2; ++y) {
    for (std::size_t c = 0; c < 2; ++c) {
      for (std::size_t p = 0; p < 2; ++p) {
        const double psi = one.influence[y][c] - factor * two.influence[y][p];
        if (cells[y][c][p] > 0) square += static_cast<double>(cells[y][c][p]) * psi * psi;
      }
    }
  }
  const double value = one.value - factor * two.value;
  if (!std::isfinite(value) || !std::isfinite(square)) return std::nullopt;
  const double std_error = square > 1e-24 * n ? std::sqrt(square / (n * (n - 1.0))) : 0.0;
  return MeanEstimate{
      .mean = value, .std_error = std_error, .units = static_cast<std::size_t>(n), .weight = n, .kish = n};
}

}  // namespace modelgate::stats
