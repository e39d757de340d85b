// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/interval.hpp"

namespace modelgate {

/// A polyline of at most 200 points: x ascending, y of the same length, all finite.
struct Curve {
  std::vector<double> x;
  std::vector<double> y;
};

/// What a curve is of. roc: false positive rate → true positive rate; precision_recall: recall → precision;
/// error_ecdf: absolute error → share of rows at or below; latency_ecdf: milliseconds → share of requests at or below.
enum class CurveKind { roc, precision_recall, error_ecdf, latency_ecdf };

/// Both models' curves of one kind; a side is absent where its model is not usable.
struct CurvePair {
  CurveKind kind = CurveKind::roc;
  std::optional<Curve> candidate;
  std::optional<Curve> production;
};

/// Rows of like score: how often the event came, beside the mean score that announced it.
struct ReliabilityBin {
  double score = 0.0;     ///< mean score of the rows, in [0, 1]
  double observed = 0.0;  ///< share of positives among them, in [0, 1]
  Interval interval;      ///< Wilson's 95 % interval of observed
  std::size_t rows = 0;   ///< > 0
};

/// Reliability diagram: at most 15 bins a model, ascending by score; empty where a model is not usable.
struct Reliability {
  std::vector<ReliabilityBin> candidate;
  std::vector<ReliabilityBin> production;
};

/// Rows by label and decision, [label * classes + decision]; at most 20 classes; a side is empty where unusable.
struct Confusion {
  std::vector<std::string> classes;
  std::vector<std::size_t> candidate;
  std::vector<std::size_t> production;
};

/// What a report draws of one result beside its numbers; it informs and never decides.
struct Pictures {
  std::vector<CurvePair> curves;
  std::optional<Reliability> reliability;
  std::optional<Confusion> confusion;
};

}  // namespace modelgate
