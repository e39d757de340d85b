// SPDX-License-Identifier: Apache-2.0
#include "gate/report/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/findings.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

using Results = std::vector<const CheckResult*>;

/// Room that sections leave for what comes after them, so that the verdict's own lines always fit.
constexpr std::size_t reserve = 4'000;
constexpr std::size_t cell_cap = 600;

/// Appends lines while they fit, counts those that do not.
class Page {
 public:
  explicit Page(std::size_t cap) : cap_(std::max(cap, smallest_page)) {}

  /// False where the line no longer fits; nothing is written then.
  bool add(const std::string& line) {
    if (text_.size() + line.size() + reserve > cap_) return false;
    text_ += line;
    return true;
  }
  /// Bytes that add may still take.
  std::size_t room() const { return cap_ - std::min(cap_, text_.size() + reserve); }

  void add_always(std::string_view line) { text_ += line; }
  std::string take() { return std::move(text_); }

 private:
  std::size_t cap_;
  std::string text_;
};

std::string cell(const std::string& text) { return markdown_line(text, cell_cap); }

/// "blocked by 4 of 22 checks": the first line is what a notification shows.
std::string verdict_title(const Verdict& verdict) {
  if (verdict.kind == VerdictKind::pass) return "pass";
  const std::size_t blocking = with_standing(verdict, Standing::blocking).size();
  const std::string_view word = verdict.kind == VerdictKind::block ? "blocked" : "error";
  if (blocking == 0) return std::string(word);
  return fmt::format("{} {} {} of {} checks", word, word == "error" ? "in" : "by", blocking, verdict.checks.size());
}

/// The address of the run, where it is one that a link cannot end early or carry elsewhere.
std::string run_link(const RunRecord& run) {
  const bool web = run.ci_url.starts_with("https://") || run.ci_url.starts_with("http://");
  const bool plain = std::ranges::all_of(run.ci_url, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view{"-._~:/?#@!$&*+,;=%"}.contains(c);
  });
  return web && plain ? fmt::format("\n[This run and its reports]({})\n", run.ci_url) : std::string{};
}

std::string difference_cell(const Facts& facts) {
  return facts.difference.empty() ? std::string{} : facts.difference + " " + facts.interval;
}

std::string candidate_cell(const Facts& facts) {
  return facts.difference.empty() && !facts.candidate.empty() ? facts.candidate + " " + facts.interval
                                                              : facts.candidate;
}

std::string limit_cell(const Facts& facts) {
  return facts.limit_note.empty() ? facts.limit : fmt::format("{} ({})", facts.limit, facts.limit_note);
}

std::string row_of(const CheckResult& result) {
  const Facts facts = facts_of(result);
  return fmt::format("| {} | {} | {} | {} | {} |\n", cell(title_of(result)), cell(candidate_cell(facts)),
                     cell(facts.production), cell(difference_cell(facts)), cell(limit_cell(facts)));
}

/// Numbers alone: a sentence in a last column would be the first thing that a narrow page hides.
void add_table(Page& page, const Results& results) {
  page.add_always("\n| check | candidate | production | difference | limit |\n| :-- | --: | --: | --: | --: |\n");
  std::size_t written = 0;
  while (written < results.size() && page.add(row_of(*results[written]))) ++written;
  if (written < results.size())
    page.add_always(fmt::format("\nand {} more, in report.json\n", results.size() - written));
}

/// What broke, why, where that is declared, whom to ask, and in which slices rows went from right to wrong.
std::string sentence_of(const Finding& finding, const Plan& plan) {
  const CheckResult& first = *finding.results.front();
  std::string text = fmt::format("- **{}** {}: {}", cell(title_of(finding)), outcome_words(finding.outcome),
                                 markdown_line(finding.message, 2 * cell_cap));
  if (const std::string flips = flips_sentence(first); !flips.empty()) text += " " + markdown_line(flips, cell_cap);
  const std::string place = declared_place(plan, first.planned.file, first.planned.line);
  if (!place.empty()) text += " " + markdown_code(place, cell_cap);
  if (!first.planned.owner.empty()) text += ", owner " + cell(first.planned.owner);
  return text + "\n";
}

/// A sentence for each finding, up to half of the room, then the numbers.
void add_findings(Page& page, const Results& results, const Plan& plan) {
  const std::vector<Finding> findings = findings_of(results);
  const std::size_t room = page.room() / 2;
  std::size_t used = 0;
  std::size_t told = 0;
  for (; told < findings.size(); ++told) {
    const std::string sentence = sentence_of(findings[told], plan);
    used += sentence.size();
    if (used > room || !page.add(sentence)) break;
  }
  if (told < findings.size()) page.add_always(fmt::format("- and {} more, in report.json\n", findings.size() - told));
  add_table(page, results);
}

void fold(Page& page, std::string_view title, std::size_t count) {
  page.add_always(fmt::format("\n<details><summary>{}: {}</summary>\n\n", title, count));
}

std::string with_interval(const std::string& value, const std::string& interval) {
  return interval.empty() ? value : value + " " + interval;
}

/// A table a load shape, and what it rests on.
void add_timings(Page& page, const Verdict& verdict) {
  const std::vector<Timing> timings = timings_of(verdict);
  if (timings.empty()) return;
  fold(page, "Timings", timings.size());
  for (const Timing& timing : timings) {
    std::string text = fmt::format("{}, {}\n", cell(timing.title), timing.unit.empty() ? "no times" : timing.unit);
    if (!timing.rows.empty()) text += "\n| percentile | candidate | production |\n| :-- | --: | --: |\n";
    for (const PercentileRow& row : timing.rows)
      text +=
          fmt::format("| {} | {} | {} |\n", cell(row.name), cell(with_interval(row.candidate, row.candidate_interval)),
                      cell(with_interval(row.production, row.production_interval)));
    for (const std::string& line : {ratio_sentence(timing), effort_sentence(timing)})
      if (!line.empty()) text += "\n" + cell(line) + "\n";
    page.add(text + "\n");
  }
  if (const std::string machine = machine_sentence(verdict); !machine.empty()) page.add(cell(machine) + "\n");
  page.add_always("\n</details>\n");
}

void add_not_judged(Page& page, const Verdict& verdict) {
  const Results left_out = with_standing(verdict, Standing::left_out);
  if (left_out.empty() && verdict.not_judged.empty()) return;
  const std::size_t total = left_out.size() + verdict.not_judged.size();
  fold(page, "Not judged", total);
  std::size_t written = 0;
  const auto add = [&](const std::string& id, std::string_view outcome, const std::string& reason) {
    if (page.add(fmt::format("- {} {}: {}\n", markdown_code(id, cell_cap), outcome, cell(reason)))) ++written;
  };
  for (const CheckResult* result : left_out) add(result->id, outcome_words(result->outcome), result->message);
  for (const NotJudged& one : verdict.not_judged) add(one.id, "not judged", one.reason);
  if (written < total) page.add_always(fmt::format("\nand {} more, in report.json\n", total - written));
  page.add_always("\n</details>\n");
}

void add_fact(Page& page, std::string_view name, const std::string& value) {
  if (!value.empty()) page.add(fmt::format("- {}: {}\n", name, value));
}

std::string model_fact(const ModelRecord& model) {
  if (!model.present) return {};
  std::string text = markdown_code(model.version.empty() ? model.path : model.version, cell_cap);
  if (!model.sha256.empty()) text += " sha256 " + markdown_code(model.sha256, cell_cap);
  if (!model.origin.empty()) text += ", " + cell(model.origin);
  return model.signed_by.empty() ? text : text + ", signed: key sha256 " + markdown_code(model.signed_by, cell_cap);
}

void add_facts(Page& page, const Report& report) {
  const RunRecord& run = report.run;
  page.add_always("\n<details><summary>This run</summary>\n\n");
  add_fact(page, "candidate", model_fact(run.models[index_of(Role::candidate)]));
  add_fact(page, "production", model_fact(run.models[index_of(Role::production)]));
  if (!run.dataset_path.empty())
    add_fact(page, "golden data",
             markdown_code(run.dataset_path, cell_cap) +
                 (run.dataset_rows > 0 ? fmt::format(", {} rows", count_text(run.dataset_rows)) : ""));
  add_fact(page, "gate file", markdown_code(report.plan.gate_file, cell_cap));
  add_fact(page, "extends", markdown_code(report.plan.extends_file, cell_cap));
  add_fact(page, "effective gate sha256 (gate file, what it extends, overrides)",
           markdown_code(report.plan.gate_sha256, cell_cap));
  add_fact(page, "waivers", markdown_code(run.waivers_file, cell_cap));
  add_fact(page, "waivers sha256", markdown_code(run.waivers_sha256, cell_cap));
  add_fact(page, "ledger sha256 before this run", markdown_code(run.ledger.before, cell_cap));
  add_fact(page, "ledger sha256 after this run", markdown_code(run.ledger.after, cell_cap));
  for (const Override& one : report.plan.overrides)
    add_fact(page, "override", markdown_code(override_text(one), cell_cap));
  add_fact(page, "isolation", cell(run.isolation));
  add_fact(page, "modelgate", cell(run.tool_version));
  page.add_always("\n</details>\n");
}

void add_notes(Page& page, const Report& report) {
  const Verdict& verdict = report.verdict;
  if (is_partial(verdict)) page.add_always("\nScope: **partial**, not every check of the gate file was judged.\n");
  if (const std::string fixed = population_note(report.plan); !fixed.empty())
    page.add_always(fmt::format("\nThe verdict {}.\n", fixed));
  for (const std::string& warning : verdict.warnings) page.add(fmt::format("\nWarning: {}\n", cell(warning)));
  if (const std::string chance = block_chance_sentence(report); !chance.empty()) page.add("\n" + cell(chance) + "\n");
  page.add("\n" + cell(reuse_sentence(verdict)) + "\n");
}

}  // namespace

std::string markdown_head(const Report& report) {
  const Verdict& verdict = report.verdict;
  return fmt::format("## modelgate: {} {}\n\n{}\n\n{}; exit {}: {}.\n{}", markdown_line(report.plan.name, cell_cap),
                     verdict_title(verdict), markdown_line(verdict.headline, 2 * cell_cap), counts_sentence(verdict),
                     static_cast<int>(verdict.exit_code), exit_meaning(verdict.exit_code), run_link(report.run));
}

std::string markdown_page(const Report& report) { return markdown_text(report, text_cap); }

std::string markdown_text(const Report& report, std::size_t cap) {
  const Verdict& verdict = report.verdict;
  const Results blocking = with_standing(verdict, Standing::blocking);
  const Results warnings = with_standing(verdict, Standing::warning);
  const Results waived = with_standing(verdict, Standing::waived);
  const Results passed = with_standing(verdict, Standing::passed);
  Page page(cap);
  page.add_always(markdown_head(report));
  if (!blocking.empty()) {
    page.add_always("\n### Blocking\n\n");
    add_findings(page, blocking, report.plan);
  }
  if (!waived.empty()) {
    page.add_always("\n### Waived\n\n");
    add_findings(page, waived, report.plan);
  }
  add_notes(page, report);
  if (!warnings.empty()) {
    fold(page, "Warnings, not blocking", warnings.size());
    add_findings(page, warnings, report.plan);
    page.add_always("\n</details>\n");
  }
  if (!passed.empty()) {
    fold(page, "Passed", passed.size());
    add_table(page, passed);
    page.add_always("\n</details>\n");
  }
  add_timings(page, verdict);
  add_not_judged(page, verdict);
  add_facts(page, report);
  return page.take();
}

}  // namespace modelgate
