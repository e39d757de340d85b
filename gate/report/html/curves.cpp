// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/curve_points.hpp"

namespace modelgate {
namespace {

struct CurveWords {
  std::string_view kind;
  std::string_view title;
  std::string_view x;
  std::string_view y;
};

CurveWords words_of(CurveKind kind) {
  switch (kind) {
    case CurveKind::roc: return {"roc", "ROC curve", "false positive rate", "true positive rate"};
    case CurveKind::precision_recall: return {"precision-recall", "Precision and recall", "recall", "precision"};
    case CurveKind::error_ecdf:
      return {"errors", "Distribution of absolute errors", "absolute error", "share of rows at or below"};
    case CurveKind::latency_ecdf: break;  // latency_picture draws it
  }
  return {"roc", "ROC curve", "", ""};
}

bool is_distribution(CurveKind kind) { return kind == CurveKind::error_ecdf; }

std::string told(CurveKind kind, std::string_view model, const std::vector<Point>& points) {
  if (points.empty()) return {};
  const auto digits = [](double value) { return fixed_text(value, 3); };
  if (is_distribution(kind))
    return fmt::format(" The {}: half at or below {}, 95% at or below {}.", model, digits(quantile_of(points, 0.5)),
                       digits(quantile_of(points, 0.95)));
  const bool roc = kind == CurveKind::roc;
  const double at = roc ? 0.1 : 0.5;
  return fmt::format(" The {} has a {} of {} at a {} of {}.", model, words_of(kind).y, digits(height_at(points, at)),
                     words_of(kind).x, fixed_text(at, 1));
}

Interval reach(CurveKind kind, const std::vector<Point>& candidate, const std::vector<Point>& production) {
  if (!is_distribution(kind)) return {0.0, 1.0};
  const Interval range = extent_of(candidate, production).padded(0.04);
  return range.low < 0 ? Interval{0.0, range.high} : range;
}

}  // namespace

std::optional<Picture> curve_picture(const CurvePair& curves) {
  const std::vector<Point> candidate = points_of(curves.candidate);
  const std::vector<Point> production = points_of(curves.production);
  if (candidate.empty() && production.empty()) return std::nullopt;
  const CurveWords words = words_of(curves.kind);
  Picture picture{.kind = words.kind, .title = std::string(words.title), .description = {}, .svg = {}};
  picture.description =
      fmt::format("{}: {} against {}.{}{}", words.title, words.y, words.x, told(curves.kind, "candidate", candidate),
                  told(curves.kind, "production model", production));
  Svg svg(Frame::width, Frame::height, picture.title, picture.description);
  const FrameAxes axes{.x_title = words.x, .y_title = words.y, .x = reach(curves.kind, candidate, production)};
  Frame frame(svg, axes);
  if (curves.kind == CurveKind::roc) svg.line({frame.x(0), frame.y(0)}, {frame.x(1), frame.y(1)}, Ink::quiet, 1, "2 4");
  svg.polyline(within(frame, production, axes.x), Ink::production, 2.2, production_dashes);
  svg.polyline(within(frame, candidate, axes.x), Ink::candidate, 2.2);
  frame.legend(!candidate.empty(), !production.empty());
  picture.svg = svg.take();
  picture.width = Frame::width;
  picture.height = Frame::height;
  return picture;
}

namespace {

void draw_bins(Svg& svg, const Frame& frame, const std::vector<ReliabilityBin>& bins, bool is_candidate) {
  const Ink ink = is_candidate ? Ink::candidate : Ink::production;
  const double aside = is_candidate ? -1.5 : 1.5;  // so that equal bins of both models are both seen
  std::vector<Point> path;
  for (const ReliabilityBin& bin : bins) {
    if (!drawable(bin.score) || !drawable(bin.observed)) continue;
    path.push_back({frame.x(bin.score) + aside, frame.y(bin.observed)});
    if (drawable(bin.interval.low) && drawable(bin.interval.high))
      svg.line({path.back().x, frame.y(bin.interval.low)}, {path.back().x, frame.y(bin.interval.high)}, ink, 1.5);
  }
  svg.polyline(path, ink, 1.6, is_candidate ? "" : production_dashes);
  for (const Point& at : path) is_candidate ? candidate_mark(svg, at) : production_mark(svg, at);
}

/// The bin whose promise is kept worst.
std::string worst_bin(std::string_view model, const std::vector<ReliabilityBin>& bins) {
  if (bins.empty()) return {};
  const ReliabilityBin& worst =
      *std::ranges::max_element(bins, {}, [](const ReliabilityBin& bin) { return std::abs(bin.observed - bin.score); });
  return fmt::format(" The {} is farthest off at scores near {}: the event came in {} of {} rows.", model,
                     fixed_text(worst.score, 2), fixed_text(worst.observed, 2), count_text(worst.rows));
}

}  // namespace

std::optional<Picture> reliability_picture(const Reliability& reliability) {
  if (reliability.candidate.empty() && reliability.production.empty()) return std::nullopt;
  Picture picture{.kind = "reliability", .title = "Reliability of the scores", .description = {}, .svg = {}};
  picture.description =
      "How often the event came, against the score that announced it; on the diagonal a score is "
      "as good as its word." +
      worst_bin("candidate", reliability.candidate) + worst_bin("production model", reliability.production);
  Svg svg(Frame::width, Frame::height, picture.title, picture.description);
  Frame frame(svg, {.x_title = "mean score", .y_title = "share of positives"});
  svg.line({frame.x(0), frame.y(0)}, {frame.x(1), frame.y(1)}, Ink::quiet, 1, "2 4");
  draw_bins(svg, frame, reliability.production, false);
  draw_bins(svg, frame, reliability.candidate, true);
  frame.legend(!reliability.candidate.empty(), !reliability.production.empty());
  picture.svg = svg.take();
  picture.width = Frame::width;
  picture.height = Frame::height;
  return picture;
}

}  // namespace modelgate
