// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "gate/core/number_text.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/svg.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr double width = 420.0;
constexpr double left = 108.0;
constexpr double top = 62.0;
constexpr double side = width - left - 12.0;
constexpr std::size_t counts_fit = 6;  ///< classes up to which a cell has room for its count

/// One model's cells, by label and decision.
struct Matrix {
  const std::vector<std::string>& classes;
  const std::vector<std::size_t>& cells;

  std::size_t size() const { return classes.size(); }
  std::size_t at(std::size_t label, std::size_t decision) const { return cells[label * size() + decision]; }
  std::size_t rows(std::size_t label) const {
    std::size_t sum = 0;
    for (std::size_t decision = 0; decision < size(); ++decision) sum += at(label, decision);
    return sum;
  }
  /// Share of the label's rows; 0 where it has none.
  double share(std::size_t label, std::size_t decision) const {
    const std::size_t all = rows(label);
    return all == 0 ? 0.0 : static_cast<double>(at(label, decision)) / static_cast<double>(all);
  }
};

/// Without a decimal only where it is none or all.
std::string percent(double share) { return fixed_text(100.0 * share, share > 0.0 && share < 1.0 ? 1 : 0) + "%"; }

void draw_cell(Svg& svg, const Matrix& matrix, std::size_t label, std::size_t decision) {
  const double cell = side / static_cast<double>(matrix.size());
  const double share = matrix.share(label, decision);
  const Point at{left + cell * static_cast<double>(decision), top + cell * static_cast<double>(label)};
  svg.rect(at, cell - 1, cell - 1, Ink::shade, 0.04 + 0.36 * share);  // pale enough for text of the page's own colour
  if (label == decision) svg.frame({at.x + 0.75, at.y + 0.75}, cell - 2.5, cell - 2.5, Ink::candidate);
  const Point middle{at.x + cell / 2, at.y + cell / 2};
  if (matrix.size() <= counts_fit) {
    svg.text({middle.x, middle.y - 1}, count_text(matrix.at(label, decision)),
             {.size = matrix.size() <= 3 ? 15.0 : 12.0, .anchor = Anchor::middle, .bold = true});
    svg.text({middle.x, middle.y + 16}, percent(share), {.size = 12, .anchor = Anchor::middle});
  } else {
    svg.text({middle.x, middle.y + 4}, fixed_text(100.0 * share, 0),
             {.size = matrix.size() <= 12 ? 11.0 : 8.0, .anchor = Anchor::middle});
  }
}

std::string description_of(const Matrix& matrix, std::string_view model) {
  std::string text = fmt::format("Confusion matrix of the {}: labels down, decisions across.", model);
  constexpr std::size_t most = 6;
  for (std::size_t label = 0; label < std::min(matrix.size(), most); ++label)
    text += fmt::format(" Of {} rows of {}, {} are decided rightly.", count_text(matrix.rows(label)),
                        clean_line(matrix.classes[label], 60), percent(matrix.share(label, label)));
  return text;
}

Picture matrix_picture(const Matrix& matrix, std::string_view model) {
  Picture picture{.kind = "confusion",
                  .title = fmt::format("Confusion matrix of the {}", model),
                  .description = description_of(matrix, model),
                  .svg = {},
                  .width = width,
                  .height = top + side + 34};
  Svg svg(picture.width, picture.height, picture.title, picture.description);
  const double cell = side / static_cast<double>(matrix.size());
  const double size = matrix.size() <= 8 ? 12.0 : 9.0;
  const auto across = static_cast<std::size_t>(cell / (0.62 * size));
  svg.text({left + side / 2, 20}, "decision", {.ink = Ink::quiet, .size = 12.5, .anchor = Anchor::middle});
  svg.upwards({14, top + side / 2}, "label", {.ink = Ink::quiet, .size = 12.5});
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const double middle = cell * (static_cast<double>(i) + 0.5);
    const std::string name = clean_line(matrix.classes[i], 80);
    svg.text({left + middle, top - 10}, shorten(name, std::max<std::size_t>(2, across)),
             {.size = size, .anchor = Anchor::middle});
    svg.text({left - 8, top + middle + 4}, shorten(name, 11), {.size = size, .anchor = Anchor::end});
    for (std::size_t decision = 0; decision < matrix.size(); ++decision) draw_cell(svg, matrix, i, decision);
  }
  svg.text({left + side / 2, top + side + 22},
           matrix.size() <= counts_fit ? "rows, and their share of the label's rows" : "percent of the label's rows",
           {.ink = Ink::quiet, .size = 12, .anchor = Anchor::middle});
  picture.svg = svg.take();
  return picture;
}

}  // namespace

std::vector<Picture> confusion_pictures(const Confusion& confusion) {
  std::vector<Picture> pictures;
  const std::size_t cells = confusion.classes.size() * confusion.classes.size();
  if (cells == 0) return pictures;
  if (confusion.candidate.size() == cells)
    pictures.push_back(matrix_picture({confusion.classes, confusion.candidate}, "candidate"));
  if (confusion.production.size() == cells)
    pictures.push_back(matrix_picture({confusion.classes, confusion.production}, "production model"));
  return pictures;
}

std::vector<Picture> pictures_of(const CheckResult& result) {
  std::vector<Picture> pictures;
  const auto add = [&](std::optional<Picture> picture) {
    if (picture) pictures.push_back(std::move(*picture));
  };
  if (result.flips) add(flips_picture(*result.flips));
  for (Picture& picture : group_pictures(result.groups)) pictures.push_back(std::move(picture));
  std::vector<LatencyLimit> limits;
  if (const auto limit = latency_limit(result)) limits.push_back(*limit);
  for (const CurvePair& curves : result.pictures.curves)
    add(curves.kind == CurveKind::latency_ecdf ? latency_picture(curves, limits) : curve_picture(curves));
  if (result.pictures.reliability) add(reliability_picture(*result.pictures.reliability));
  if (result.pictures.confusion)
    for (Picture& picture : confusion_pictures(*result.pictures.confusion)) pictures.push_back(std::move(picture));
  return pictures;
}

}  // namespace modelgate
