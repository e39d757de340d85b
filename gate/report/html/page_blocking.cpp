// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "gate/core/date.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/findings.hpp"
#include "gate/report/html/page.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// Cards with pictures; what comes after them stands in the table alone.
constexpr std::size_t cards = 20;
constexpr std::size_t titles_shown = 30;

void write_fact(Markup& html, std::string_view name, std::string_view value, std::string_view note = "") {
  if (value.empty()) return;
  html.open("div");
  html.leaf("dt", name);
  html.open("dd");
  html.text(value);
  if (!note.empty()) html.leaf("span", note, {{"class", "sub quiet"}});
  html.close();
  html.close();
}

/// What would decide a result that is still open.
std::string would_decide(const CheckResult& result) {
  if (!result.rows_needed || result.outcome != Outcome::inconclusive) return {};
  if (is_of_rounds(result)) return fmt::format("about {} s more would decide", count_text(*result.rows_needed));
  return *result.rows_needed > result.rows ? fmt::format("about {} would decide", count_text(*result.rows_needed)) : "";
}

void write_numbers(Page& page, const CheckResult& result) {
  const Facts facts = facts_of(result);
  if (facts.candidate.empty() && facts.production.empty()) return;
  const bool compared = !facts.difference.empty();
  page.html.open("dl", {{"class", "facts"}});
  write_fact(page.html, "Candidate", facts.candidate, compared ? "" : facts.interval);
  write_fact(page.html, "Production", facts.production);
  write_fact(page.html, "Difference", facts.difference, facts.interval);
  write_fact(page.html, "Limit", facts.limit, facts.limit_note);
  write_fact(page.html, is_of_rounds(result) ? "Rounds" : "Rows", result.rows == 0 ? "" : count_text(result.rows),
             would_decide(result));
  page.html.close();
  page.html.line();
}

/// Where the limit stands, who owns it and what it means.
void write_origin(Page& page, const CheckResult& result) {
  Markup& html = page.html;
  const PlannedCheck& planned = result.planned;
  html.open("p", {{"class", "quiet"}});
  if (const std::string place = declared_place(page.report.plan, planned.file, planned.line); !place.empty()) {
    html.text("Declared at ");
    html.leaf("code", place);
    html.text(". ");
  }
  if (!planned.owner.empty()) html.text(fmt::format("Owner: {}. ", clean_line(planned.owner, 300)));
  if (!planned.note.empty()) html.text(clean_line(planned.note, 600) + " ");
  html.leaf("a", fmt::format("What {} means", clean_line(planned.metric, 120)), {{"href", page.glossary.link(result)}});
  html.close();
  html.line();
}

void write_titles(Page& page, const Finding& finding) {
  page.html.open("ul");
  for (std::size_t i = 0; i < std::min(finding.results.size(), titles_shown); ++i)
    page.html.leaf("li", title_of(*finding.results[i]));
  if (finding.results.size() > titles_shown)
    page.html.leaf("li", fmt::format("and {} more", finding.results.size() - titles_shown));
  page.html.close();
  page.html.line();
}

void write_evidence(Page& page, const CheckResult& result) {
  write_numbers(page, result);
  if (const auto forest = forest_of(result)) write_forest(page, *forest, "limit");
  if (!result.parts.empty())
    page.html.leaf("p", "Judged on " + clean_line(evidence_sentence(result)) + ".", {{"class", "quiet"}});
  if (const std::string flips = flips_sentence(result); !flips.empty()) page.html.leaf("p", clean_line(flips));
  if (const std::vector<Picture> pictures = pictures_of(result); !pictures.empty()) {
    page.html.open("div", {{"class", "grid"}});
    for (const Picture& picture : pictures) write_picture(page, picture);
    page.html.close();
  }
  page.html.line();
}

/// What the message leaves out, such as a model's traceback.
void write_in_full(Page& page, const CheckResult& result) {
  const std::string more = in_full(result);
  if (more.empty()) return;
  page.html.open("details");
  page.html.leaf("summary", "In full");
  page.html.leaf("pre", more);
  page.html.close();
  page.html.line();
}

void write_card(Page& page, const Finding& finding) {
  const CheckResult& first = *finding.results.front();
  const bool alone = finding.results.size() == 1;
  const std::string anchor = anchor_of(page, first);
  for (const CheckResult* result : finding.results) page.told[result] = anchor;
  Markup& html = page.html;
  html.open("article", {{"class", "card blocking"}, {"id", anchor}, {"aria-labelledby", anchor + "-title"}});
  html.leaf("h3", alone ? title_of(first) : fmt::format("{} checks, one cause", finding.results.size()),
            {{"id", anchor + "-title"}});
  html.line();
  html.open("p");
  write_outcome(page, first);
  html.text(": " + clean_line(finding.message));
  html.close();
  html.line();
  write_in_full(page, first);
  if (alone) {
    write_evidence(page, first);
    write_origin(page, first);
  } else {
    write_titles(page, finding);
  }
  html.close();
  html.line();
}

}  // namespace

void write_blocking(Page& page) {
  const auto results = with_standing(page.report.verdict, Standing::blocking);
  if (results.empty()) return;
  Markup& html = page.html;
  html.open("section", {{"id", "blocking"}, {"aria-labelledby", "blocking-title"}});
  html.leaf("h2", fmt::format("What blocks: {}", results.size()), {{"id", "blocking-title"}});
  html.line();
  const std::vector<Finding> findings = findings_of(results);
  for (std::size_t i = 0; i < std::min(findings.size(), cards); ++i) write_card(page, findings[i]);
  if (findings.size() > cards) {
    html.open("p");
    html.text(fmt::format("{} more block. ", findings.size() - cards));
    html.leaf("a", "All of them stand in the table", {{"href", "#list-blocking"}});
    html.text(".");
    html.close();
  }
  html.close();
  html.line();
}

}  // namespace modelgate
