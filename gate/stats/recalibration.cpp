// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/recalibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "gate/stats/level.hpp"
#include "gate/stats/quantiles.hpp"
#include "gate/stats/random.hpp"

namespace modelgate::stats {

namespace {

struct Line {
  double intercept = 0.0;
  double slope = 1.0;
};

// Score vector and information of the logistic likelihood at a line.
struct Likelihood {
  std::array<double, 2> score{};
  double aa = 0.0;
  double ab = 0.0;
  double bb = 0.0;
  double weight = 0.0;
};

Likelihood likelihood_at(const Line& line, std::span<const double> logits, std::span<const std::uint8_t> labels,
                         const RowCounts& rows) {
  std::array<CompensatedSum, 6> sums;
  for (std::size_t row = 0; row < logits.size(); ++row) {
    const double z = logits[row];
    const double w = rows.weight(row);
    const double p = expit(line.intercept + line.slope * z);
    const double residual = w * ((labels[row] == 1 ? 1.0 : 0.0) - p);
    const double spread = w * p * (1.0 - p);
    sums[0].add(residual);
    sums[1].add(residual * z);
    sums[2].add(spread);
    sums[3].add(spread * z);
    sums[4].add(spread * z * z);
    sums[5].add(w);
  }
  return {{sums[0].value(), sums[1].value()}, sums[2].value(), sums[3].value(), sums[4].value(), sums[5].value()};
}

bool both_labels(std::span<const std::uint8_t> labels, const RowCounts& rows) {
  std::array<bool, 2> seen{};
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (rows.weight(row) > 0.0) seen[labels[row] == 1 ? 1 : 0] = true;
  return seen[0] && seen[1];
}

// Newton's steps to the largest likelihood; nothing where they do not settle (separated labels, constant scores).
std::optional<Line> fit(std::span<const double> logits, std::span<const std::uint8_t> labels, const RowCounts& rows,
                        bool slope_held) {
  constexpr int most_steps = 100;
  constexpr double longest = 4.0;  // a longer step leaves the region where the likelihood looks like a parabola
  Line line;
  for (int step = 0; step < most_steps; ++step) {
    const Likelihood at = likelihood_at(line, logits, labels, rows);
    const double determinant = slope_held ? at.aa : at.aa * at.bb - at.ab * at.ab;
    if (!(determinant > 1e-12 * (slope_held ? at.weight : at.aa * at.bb))) return std::nullopt;
    double intercept = slope_held ? at.score[0] / at.aa : (at.bb * at.score[0] - at.ab * at.score[1]) / determinant;
    double slope = slope_held ? 0.0 : (at.aa * at.score[1] - at.ab * at.score[0]) / determinant;
    const double size = std::max(std::abs(intercept), std::abs(slope));
    if (!std::isfinite(size)) return std::nullopt;
    const double shrink = size > longest ? longest / size : 1.0;
    line.intercept += shrink * intercept;
    line.slope += shrink * slope;
    if (size < 1e-12 * (1.0 + std::abs(line.slope) + std::abs(line.intercept))) return line;
  }
  return std::nullopt;
}

}  // namespace

// Both are M-estimators: ψ = (mean information)⁻¹ · x·(y − p̂), x = (1, logit p), whose squares give the sandwich
// variance (Huber 1967; White 1982).
Linearised calibration_intercept(std::span<const double> logits, std::span<const std::uint8_t> labels,
                                 const RowCounts& rows) {
  if (!both_labels(labels, rows)) return {};
  const auto line = fit(logits, labels, rows, true);
  if (!line) return {};
  const Likelihood at = likelihood_at(*line, logits, labels, rows);
  Linearised result{line->intercept, std::vector<double>(logits.size())};
  for (std::size_t row = 0; row < logits.size(); ++row) {
    const double residual = (labels[row] == 1 ? 1.0 : 0.0) - expit(line->intercept + logits[row]);
    result.influence[row] = at.weight / at.aa * residual;
  }
  return result;
}

Linearised calibration_slope(std::span<const double> logits, std::span<const std::uint8_t> labels,
                             const RowCounts& rows) {
  if (!both_labels(labels, rows)) return {};
  const auto line = fit(logits, labels, rows, false);
  if (!line) return {};
  const Likelihood at = likelihood_at(*line, logits, labels, rows);
  const double scale = at.weight / (at.aa * at.bb - at.ab * at.ab);
  Linearised result{line->slope, std::vector<double>(logits.size())};
  for (std::size_t row = 0; row < logits.size(); ++row) {
    const double residual = (labels[row] == 1 ? 1.0 : 0.0) - expit(line->intercept + line->slope * logits[row]);
    result.influence[row] = scale * (at.aa * logits[row] - at.ab) * residual;
  }
  return result;
}

namespace {

constexpr std::size_t redraws = 200;
constexpr std::size_t most_redrawn = 1024;
constexpr std::uint32_t redraw_tag = 0xECE;

struct Bin {
  std::vector<std::size_t> rows;
  double gap = 0.0;       // Σ w·(p − y)
  double expected = 0.0;  // Σ w·p
  double variance = 0.0;  // Σ w²·p(1 − p), of the copies of a row
};

std::array<Bin, calibration_bins> bins_of(std::span<const double> probabilities, std::span<const std::uint8_t> labels,
                                          const RowCounts& rows) {
  std::array<Bin, calibration_bins> bins;
  std::array<std::array<CompensatedSum, 3>, calibration_bins> sums;
  for (std::size_t row = 0; row < probabilities.size(); ++row) {
    const double p = probabilities[row];
    const double w = rows.weight(row);
    if (!(w > 0.0)) continue;
    const auto at = std::min(calibration_bins - 1, static_cast<std::size_t>(p * calibration_bins));
    bins[at].rows.push_back(row);
    sums[at][0].add(w * (p - (labels[row] == 1 ? 1.0 : 0.0)));
    sums[at][1].add(w * p);
    sums[at][2].add(w * w / rows.copies_of(row) * p * (1.0 - p));
  }
  for (std::size_t at = 0; at < calibration_bins; ++at) {
    bins[at].gap = sums[at][0].value();
    bins[at].expected = sums[at][1].value();
    bins[at].variance = sums[at][2].value();
  }
  return bins;
}

// |Σ w·(p − y)| of one bin in every redraw: y drawn row by row from the key of the row, or their sum from its normal.
void redraw(const Bin& bin, std::size_t at, std::span<const double> probabilities, const RowCounts& rows,
            std::span<const std::uint64_t> keys, std::uint64_t seed, std::vector<double>& errors) {
  if (bin.rows.empty()) return;
  if (bin.rows.size() > most_redrawn || !rows.copies.empty()) {
    for (std::size_t r = 0; r < redraws; ++r) {
      KeyedStream stream(seed ^ redraw_tag, static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(at));
      errors[r] += std::sqrt(bin.variance) * std::abs(normal_critical(stream.next()));
    }
    return;
  }
  std::vector<double> drawn(redraws, 0.0);
  for (const std::size_t row : bin.rows) {
    const double threshold = probabilities[row] * 4294967296.0;
    for (std::size_t r = 0; r < redraws; r += 4) {
      const Block block = philox({static_cast<std::uint32_t>(keys[row]), static_cast<std::uint32_t>(keys[row] >> 32U),
                                  static_cast<std::uint32_t>(r), redraw_tag},
                                 seed);
      for (std::size_t lane = 0; lane < 4; ++lane)
        if (static_cast<double>(block[lane]) < threshold) drawn[r + lane] += rows.weight(row);
    }
  }
  for (std::size_t r = 0; r < redraws; ++r) errors[r] += std::abs(drawn[r] - bin.expected);
}

}  // namespace

// Guo et al. 2017 (ICML) for the error; Bröcker & Smith 2007 (Weather and Forecasting 22) for redrawing the labels,
// which tells what a calibrated model shows on as many rows.
std::optional<ExpectedCalibration> expected_calibration(std::span<const double> probabilities,
                                                        std::span<const std::uint8_t> labels, const RowCounts& rows,
                                                        std::span<const std::uint64_t> keys, std::uint64_t seed) {
  CompensatedSum weights;
  for (std::size_t row = 0; row < probabilities.size(); ++row) weights.add(rows.weight(row));
  const double total = weights.value();
  if (!(total > 0.0)) return std::nullopt;
  const auto bins = bins_of(probabilities, labels, rows);
  ExpectedCalibration result;
  std::vector<double> errors(redraws, 0.0);
  for (std::size_t at = 0; at < calibration_bins; ++at) {
    result.error += std::abs(bins[at].gap) / total;
    redraw(bins[at], at, probabilities, rows, keys, seed, errors);
  }
  for (double& error : errors) {
    error /= total;
    result.if_calibrated += error / static_cast<double>(redraws);
  }
  result.if_calibrated_high = quantile(std::span<const double>{errors}, 0.95).value_or(result.if_calibrated);
  return result;
}

}  // namespace modelgate::stats
