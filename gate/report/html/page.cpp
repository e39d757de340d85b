// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gate/report/html/html.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

struct Words {
  std::string_view verdict;
  std::string_view style;
};

Words words_of(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::pass: return {"Pass", "pass"};
    case VerdictKind::block: return {"Blocked", "block"};
    case VerdictKind::error: return {"Error", "error"};
  }
  return {"Error", "error"};
}

/// What whoever reads the page may do now.
std::string advice_of(const Report& report) {
  const std::string gate = report.plan.gate_file.empty() ? "the gate file" : clean_line(report.plan.gate_file, 300);
  switch (report.verdict.exit_code) {
    case ExitCode::pass:
      return with_standing(report.verdict, Standing::warning).empty()
                 ? "What to do: deploy."
                 : "What to do: deploy. The warnings do not block; read them before the next release.";
    case ExitCode::block:
      return fmt::format(
          "What to do: mend the candidate where the checks below say it broke. A limit that is wrong is for its owner "
          "to change in {}, or to waive until a date. Running the same files again gives the same verdict.",
          gate);
    case ExitCode::usage:
      return fmt::format("What to do: correct the command line or {}; modelgate validate shows the place.", gate);
    case ExitCode::error:
      return "What to do: mend what the message names, then run again. Nothing could be said for or against the "
             "candidate where a check ended in an error.";
    case ExitCode::report: return "What to do: give -o a folder that can be written, then run again.";
    case ExitCode::sigint:
    case ExitCode::sigterm: return "What to do: run it again; it was stopped before there was a verdict.";
  }
  return {};
}

void write_head(Page& page) {
  Markup& html = page.html;
  const std::string title =
      fmt::format("{}: {}", words_of(page.report.verdict.kind).verdict, clean_line(page.report.plan.name, 200));
  html.open("head");
  html.empty("meta", {{"charset", "utf-8"}});
  html.line();
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.line();
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.line();
  html.empty("meta", {{"name", "generator"}, {"content", "modelgate"}});
  html.line();
  html.leaf("title", title);
  html.line();
  html.empty("link", {{"rel", "stylesheet"}, {"href", page.files.style_address()}});
  html.close();
  html.line();
}

struct Count {
  std::size_t number;
  std::string_view word;
  const char* target;
};

void write_counts(Page& page) {
  const auto number = [&](Standing standing) { return with_standing(page.report.verdict, standing).size(); };
  const std::size_t left_out = number(Standing::left_out) + page.report.verdict.not_judged.size();
  const std::array counts{Count{number(Standing::blocking), "block", "#blocking"},
                          Count{number(Standing::warning), "warn", "#list-warning"},
                          Count{number(Standing::waived), "waived", "#list-waived"},
                          Count{number(Standing::passed), "pass", "#list-passed"},
                          Count{left_out, "not judged", "#not-judged"}};
  page.html.open("ul", {{"class", "counts"}});
  for (const Count& count : counts) {
    page.html.open("li");
    page.html.leaf("b", std::to_string(count.number));
    page.html.text(" ");
    if (count.number > 0) {
      page.html.leaf("a", count.word, {{"href", count.target}});
    } else {
      page.html.text(count.word);
    }
    page.html.close();
  }
  page.html.close();
  page.html.line();
}

void write_verdict(Page& page) {
  const Verdict& verdict = page.report.verdict;
  const Words words = words_of(verdict.kind);
  Markup& html = page.html;
  html.open("header", {{"class", fmt::format("verdict {}", words.style)}});
  html.open("div");
  html.open("h1");
  html.leaf("span", words.verdict, {{"class", "word"}});
  html.text(" ");
  html.leaf("span", clean_line(page.report.plan.name, 300), {{"class", "gate"}});
  html.close();
  html.line();
  html.leaf("p", clean_line(verdict.headline), {{"class", "headline"}});
  html.line();
  write_counts(page);
  html.leaf("p",
            fmt::format("Exit {}: {}.{}", static_cast<int>(verdict.exit_code), exit_meaning(verdict.exit_code),
                        is_partial(verdict) ? " Scope: partial, not every check of the gate file was judged." : ""));
  html.line();
  html.leaf("p", advice_of(page.report));
  html.close();
  html.close();
  html.line();
}

void write_contents(Page& page) {
  const Verdict& verdict = page.report.verdict;
  Markup& html = page.html;
  html.open("nav", {{"class", "contents"}, {"aria-label", "On this page"}});
  html.open("ul");
  const auto entry = [&](const char* target, std::string_view text) {
    html.open("li");
    html.leaf("a", text, {{"href", target}});
    html.close();
  };
  if (!with_standing(verdict, Standing::blocking).empty()) entry("#blocking", "What blocks");
  if (!forests_of(verdict).empty()) entry("#overview", "Every check at a glance");
  if (!timings_of(verdict).empty()) entry("#timings", "Timings");
  if (!verdict.checks.empty()) entry("#checks", "All numbers");
  if (!page.glossary.entries().empty()) entry("#glossary", "What the checks mean");
  entry("#run", "This run");
  html.close();
  html.close();
  html.line();
}

void write_notes(Page& page) {
  const Report& report = page.report;
  std::vector<std::string> notes;
  notes.reserve(report.verdict.warnings.size() + 3);
  for (const std::string& warning : report.verdict.warnings) notes.push_back("Warning: " + clean_line(warning));
  if (const std::string fixed = population_note(report.plan); !fixed.empty())
    notes.push_back(fmt::format("The verdict {}.", fixed));
  if (const std::string chance = block_chance_sentence(report); !chance.empty()) notes.push_back(clean_line(chance));
  notes.push_back(clean_line(reuse_sentence(report.verdict)));
  page.html.open("section", {{"class", "notes"}, {"aria-label", "Notes on this verdict"}});
  for (const std::string& note : notes) page.html.leaf("p", note);
  page.html.close();
  page.html.line();
}

}  // namespace

std::vector<ReportFile> html_files(const Report& report, const std::string& path) {
  Page page(report, path);
  Markup& html = page.html;
  html.doctype();
  html.line();
  html.open("html", {{"lang", "en"}});
  html.line();
  write_head(page);
  html.open("body");
  html.leaf("a", "Skip to the findings", {{"class", "skip"}, {"href", "#main"}});
  html.line();
  write_verdict(page);
  html.open("main", {{"id", "main"}});
  html.line();
  write_contents(page);
  write_blocking(page);
  write_notes(page);
  write_overview(page);
  write_timings(page);
  write_pictures(page);
  write_checks(page);
  write_not_judged(page);
  write_glossary(page);
  write_run(page);
  html.close();
  html.line();
  html.leaf("footer",
            fmt::format("Written by modelgate {}. The same facts for programs: report.json.",
                        clean_line(report.run.tool_version, 60)),
            {{"class", "foot"}});
  html.close();
  html.line();
  html.close();
  html.line();
  std::vector<ReportFile> files = page.files.take();
  files.push_back({path, html.take()});
  return files;
}

}  // namespace modelgate
