// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/check_result.hpp"

namespace modelgate {

/// One picture of a result: the file's bytes and what is told beside it.
struct Picture {
  std::string_view kind;    ///< first part of the file's name: "roc", "groups", …
  std::string title;        ///< "ROC curve"
  std::string description;  ///< what it shows, in words, for those who cannot see it
  std::string svg;
  double width = 0.0;
  double height = 0.0;
};

/// Both models' curves with a legend, of any kind but latency_ecdf; nothing where neither has points.
std::optional<Picture> curve_picture(const CurvePair& curves);

/// An absolute limit on a percentile of the request times.
struct LatencyLimit {
  double ms = 0.0;
  std::string text;  ///< "p99 ≤ 20.000 ms"
};

/// The limit of a result that binds a percentile of the candidate's times; nothing for any other.
std::optional<LatencyLimit> latency_limit(const CheckResult& result);

/// Distribution of both models' request times with marks at p50, p95 and p99 and a line for every limit that is not far
/// beyond them; the axis is logarithmic where times spread widely. Nothing where neither has points.
std::optional<Picture> latency_picture(const CurvePair& curves, const std::vector<LatencyLimit>& limits);

/// How often the event came beside the score that announced it, with Wilson's intervals.
std::optional<Picture> reliability_picture(const Reliability& reliability);

/// One matrix a model, each cell shaded by its share of the label's rows.
std::vector<Picture> confusion_pictures(const Confusion& confusion);

/// One picture a rate: every group's value with its interval, candidate beside production.
std::vector<Picture> group_pictures(const std::vector<GroupRate>& groups);

/// Share of rows that went from right to wrong: overall and where they concentrate.
std::optional<Picture> flips_picture(const Flips& flips);

/// Every picture of a result, in a fixed order.
std::vector<Picture> pictures_of(const CheckResult& result);

}  // namespace modelgate
