// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/report/facts.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/forest.hpp"
#include "gate/report/html/markup.hpp"
#include "gate/report/html/picture_files.hpp"

namespace modelgate {

/// The metrics of a report with their meaning, in the order in which they come, each with an anchor.
class Glossary {
 public:
  explicit Glossary(const Verdict& verdict);
  /// "#metric-3".
  std::string link(const CheckResult& result) const;
  const std::vector<std::pair<std::string, std::string>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;  ///< "accuracy.recall" → summary
  std::map<std::string, std::size_t> places_;
};

/// What the sections of a page share while it is written.
struct Page {
  Page(const Report& of, const std::string& path) : report(of), files(path), glossary(of.verdict) {}

  const Report& report;
  Markup html;
  PictureFiles files;
  Glossary glossary;
  std::map<const CheckResult*, std::string> told;  ///< results that a card shows → its anchor
};

/// "check-7": the anchor of a result by its place in the gate.
std::string anchor_of(const Page& page, const CheckResult& result);

/// "blocking", "left-out": class names of the style sheet.
std::string_view style_of(Standing standing);

/// The mark and the outcome in words: "✗ fail".
void write_outcome(Page& page, const CheckResult& result);

/// An image with its words for those who cannot see it; it keeps its place while it loads.
void write_picture(Page& page, const Picture& picture);
void write_forest(Page& page, const Forest& forest, std::string_view kind);

/// Sections, each writes nothing where there is nothing to tell.
void write_blocking(Page& page);
void write_overview(Page& page);
void write_timings(Page& page);
void write_pictures(Page& page);
void write_checks(Page& page);
void write_not_judged(Page& page);
void write_run(Page& page);
void write_glossary(Page& page);

}  // namespace modelgate
