// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gate/report/html/page.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// Beyond these the pictures wait behind a fold.
constexpr std::size_t forests_open = 8;
/// Results whose curves, groups and matrices are drawn beside those of the cards; the worst come first.
constexpr std::size_t galleries = 40;

void write_gallery(Page& page, const CheckResult& result, const std::vector<Picture>& pictures) {
  page.html.leaf("h3", title_of(result));
  page.html.line();
  page.html.open("div", {{"class", "grid"}});
  for (const Picture& picture : pictures) write_picture(page, picture);
  page.html.close();
  page.html.line();
}

/// The results with pictures that no card has shown, each picture once; distributions of times stand among the timings.
std::vector<std::pair<const CheckResult*, std::vector<Picture>>> galleries_of(const Page& page) {
  std::vector<std::pair<const CheckResult*, std::vector<Picture>>> found;
  std::set<std::string> drawn;
  for (const Standing standing : standings)
    for (const CheckResult* result : with_standing(page.report.verdict, standing)) {
      std::vector<Picture> pictures = pictures_of(*result);
      std::erase_if(pictures, [&](const Picture& picture) {
        return picture.kind == "latency" || page.files.has(picture.svg) || !drawn.insert(picture.svg).second;
      });
      if (!pictures.empty()) found.emplace_back(result, std::move(pictures));
    }
  return found;
}

}  // namespace

void write_picture(Page& page, const Picture& picture) {
  const std::string address = page.files.add(picture.kind, picture.svg);
  page.html.open("figure");
  page.html.leaf("figcaption", picture.title);
  page.html.empty("img", {{"src", address},
                          {"alt", picture.description},
                          {"width", coordinate(picture.width)},
                          {"height", coordinate(picture.height)},
                          {"loading", "lazy"}});
  page.html.close();
  page.html.line();
}

void write_forest(Page& page, const Forest& forest, std::string_view kind) {
  const ForestPicture wide = forest_picture(forest, false);
  const ForestPicture narrow = forest_picture(forest, true);
  const std::string wide_address = page.files.add(kind, wide.svg);
  const std::string narrow_address = page.files.add(kind, narrow.svg, "-narrow");
  page.html.open("figure");
  page.html.open("picture");
  page.html.empty("source", {{"media", "(max-width: 44rem)"},
                             {"srcset", narrow_address},
                             {"width", coordinate(narrow.width)},
                             {"height", coordinate(narrow.height)}});
  page.html.empty("img", {{"src", wide_address},
                          {"alt", wide.description},
                          {"width", coordinate(wide.width)},
                          {"height", coordinate(wide.height)},
                          {"loading", "lazy"}});
  page.html.close();
  page.html.close();
  page.html.line();
}

void write_overview(Page& page) {
  const std::vector<Forest> forests = forests_of(page.report.verdict);
  if (forests.empty()) return;
  Markup& html = page.html;
  html.open("section", {{"id", "overview"}, {"aria-labelledby", "overview-title"}});
  html.leaf("h2", "Every check at a glance", {{"id", "overview-title"}});
  html.line();
  html.leaf("p",
            "Each line is an interval, its mark the value. What blocks comes first; the table below has the same "
            "numbers.");
  html.line();
  std::string_view note;
  for (std::size_t i = 0; i < forests.size(); ++i) {
    if (i == forests_open) {
      html.open("details");
      html.leaf("summary", fmt::format("{} more pictures", forests.size() - i));
    }
    html.leaf("h3", forests[i].title);
    if (forests[i].note != note) html.leaf("p", forests[i].note, {{"class", "quiet"}});
    note = forests[i].note;
    html.line();
    write_forest(page, forests[i], "forest");
  }
  if (forests.size() > forests_open) html.close();
  html.close();
  html.line();
}

void write_pictures(Page& page) {
  const auto found = galleries_of(page);
  if (found.empty()) return;
  Markup& html = page.html;
  html.open("section", {{"id", "pictures"}, {"aria-labelledby", "pictures-title"}});
  html.leaf("h2", "Behind the numbers", {{"id", "pictures-title"}});
  html.line();
  for (std::size_t i = 0; i < std::min(found.size(), galleries); ++i)
    write_gallery(page, *found[i].first, found[i].second);
  if (found.size() > galleries)
    html.leaf("p", fmt::format("{} more checks have curves, groups or matrices; report.json has all of them.",
                               found.size() - galleries));
  html.close();
  html.line();
}

}  // namespace modelgate
