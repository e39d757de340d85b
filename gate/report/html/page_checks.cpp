// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "gate/core/number_text.hpp"
#include "gate/report/html/page.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Results = std::vector<const CheckResult*>;

/// A longer table of passes waits behind a fold.
constexpr std::size_t passes_open = 40;

std::string_view mark_of(Standing standing) {
  switch (standing) {
    case Standing::passed: return "✓";
    case Standing::warning: return "◇";
    case Standing::waived: return "△";
    case Standing::left_out: return "–";
    case Standing::blocking: return "✗";
  }
  return "✗";
}

std::string_view title_of(Standing standing) {
  switch (standing) {
    case Standing::passed: return "Passed";
    case Standing::warning: return "Warnings, not blocking";
    case Standing::waived: return "Waived";
    case Standing::left_out: return "Left out";
    case Standing::blocking: return "Blocking";
  }
  return "Blocking";
}

void write_head(Markup& html, bool with_message) {
  html.open("thead");
  html.open("tr");
  for (const char* name : {"Outcome", "Check"}) html.leaf("th", name, {{"scope", "col"}});
  for (const char* name : {"Candidate", "Production", "Difference", "Limit", "Rows"})
    html.leaf("th", name, {{"scope", "col"}, {"class", "number"}});
  if (with_message) html.leaf("th", "Why", {{"scope", "col"}});
  html.close();
  html.close();
  html.line();
}

void write_number(Markup& html, std::string_view value, std::string_view note = "") {
  html.open("td", {{"class", "number"}});
  html.text(value);
  if (!note.empty()) html.leaf("span", note);
  html.close();
}

void write_row(Page& page, const CheckResult& result, bool with_message) {
  Markup& html = page.html;
  const Facts facts = facts_of(result);
  const bool compared = !facts.difference.empty();
  const auto card = page.told.find(&result);
  const bool told = card != page.told.end();
  html.open("tr", {{"id", told ? "" : anchor_of(page, result)}});
  html.open("td");
  if (told) html.open("a", {{"href", "#" + card->second}});
  write_outcome(page, result);
  if (told) html.close();
  html.close();
  html.open("th", {{"scope", "row"}});
  html.leaf("a", modelgate::title_of(result), {{"href", page.glossary.link(result)}});
  html.close();
  write_number(html, facts.candidate, compared ? "" : facts.interval);
  write_number(html, facts.production);
  write_number(html, facts.difference, compared ? facts.interval : "");
  write_number(html, facts.limit, facts.limit_note);
  write_number(html, result.rows == 0 ? "" : count_text(result.rows),
               is_of_rounds(result) && result.rows > 0 ? "rounds" : "");
  if (with_message) html.leaf("td", clean_line(result.message), {{"class", "why"}});
  html.close();
  html.line();
}

void write_table(Page& page, std::string_view title, const Results& results, bool with_message) {
  Markup& html = page.html;
  html.open("section", {{"class", "scroll checks"}, {"tabindex", "0"}, {"aria-label", title}});
  html.open("table");
  html.line();
  write_head(html, with_message);
  html.open("tbody");
  html.line();
  for (const CheckResult* result : results) write_row(page, *result, with_message);
  html.close();
  html.close();
  html.close();
  html.line();
}

void write_standing(Page& page, Standing standing) {
  const Results results = with_standing(page.report.verdict, standing);
  if (results.empty()) return;
  const std::string title = fmt::format("{}: {}", title_of(standing), results.size());
  const bool folded = standing == Standing::passed && results.size() > passes_open;
  page.html.leaf("h3", title, {{"id", fmt::format("list-{}", style_of(standing))}});
  page.html.line();
  if (folded) {
    page.html.open("details");
    page.html.leaf("summary", fmt::format("Show the {} checks that pass", results.size()));
  }
  write_table(page, title, results, standing != Standing::passed);
  if (folded) page.html.close();
}

}  // namespace

std::string anchor_of(const Page& page, const CheckResult& result) {
  return fmt::format("check-{}", &result - page.report.verdict.checks.data() + 1);
}

std::string_view style_of(Standing standing) {
  switch (standing) {
    case Standing::passed: return "passed";
    case Standing::warning: return "warning";
    case Standing::waived: return "waived";
    case Standing::left_out: return "left-out";
    case Standing::blocking: return "blocking";
  }
  return "blocking";
}

void write_outcome(Page& page, const CheckResult& result) {
  const Standing standing = standing_of(result);
  page.html.open("span", {{"class", fmt::format("outcome {}", style_of(standing))}});
  page.html.leaf("span", mark_of(standing), {{"aria-hidden", "true"}});
  page.html.text(" " + outcome_words(result.outcome));
  page.html.close();
}

void write_checks(Page& page) {
  if (std::ranges::none_of(standings, [&](Standing one) { return !with_standing(page.report.verdict, one).empty(); }))
    return;
  page.html.open("section", {{"id", "checks"}, {"aria-labelledby", "checks-title"}});
  page.html.leaf("h2", "All numbers", {{"id", "checks-title"}});
  page.html.line();
  page.html.leaf("p",
                 "Intervals stand below the value that they belong to. A check's name leads to what it means, its "
                 "outcome to its pictures.",
                 {{"class", "quiet"}});
  page.html.line();
  for (const Standing standing : standings) write_standing(page, standing);
  page.html.close();
  page.html.line();
}

void write_not_judged(Page& page) {
  const Results left_out = with_standing(page.report.verdict, Standing::left_out);
  const std::size_t total = left_out.size() + page.report.verdict.not_judged.size();
  if (total == 0) return;
  Markup& html = page.html;
  html.open("section", {{"id", "not-judged"}, {"aria-labelledby", "not-judged-title"}});
  html.leaf("h2", fmt::format("Not judged: {}", total), {{"id", "not-judged-title"}});
  html.line();
  html.open("ul");
  const auto entry = [&](const std::string& id, const std::string& why) {
    html.open("li");
    html.leaf("code", clean_line(id, 600));
    html.text(" " + clean_line(why));
    html.close();
    html.line();
  };
  for (const CheckResult* result : left_out) entry(result->id, result->message);
  for (const NotJudged& one : page.report.verdict.not_judged) entry(one.id, one.reason);
  html.close();
  html.close();
  html.line();
}

}  // namespace modelgate
