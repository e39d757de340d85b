// SPDX-License-Identifier: Apache-2.0
#include "gate/report/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gate/core/number_text.hpp"
#include "gate/report/console_table.hpp"
#include "gate/report/console_timing.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/findings.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// A terminal is no archive: beyond these the reports tell the rest.
constexpr std::size_t slices_shown = 12;
constexpr std::size_t findings_shown = 40;
constexpr std::size_t titles_shown = 12;

using Results = std::vector<const CheckResult*>;

/// Slices of one declaration; two declarations of a check share its base id and differ in their columns.
bool same_slices(const CheckResult& one, const CheckResult& other) {
  return !one.slice.empty() && one.planned.base_id == other.planned.base_id &&
         std::ranges::equal(
             one.slice, other.slice, {}, [](const auto& part) { return part.first; },
             [](const auto& part) { return part.first; });
}

bool has_numbers(const Facts& facts) { return !facts.candidate.empty() || !facts.production.empty(); }

std::string interval_name(const Verdict& verdict) {
  std::optional<double> confidence;
  for (const CheckResult& result : verdict.checks) {
    if (confidence && *confidence != result.planned.confidence) return "interval";
    confidence = result.planned.confidence;
  }
  // One-sided 95 % is the end of a two-sided 90 % interval.
  return confidence ? fixed_text(100.0 * (2.0 * *confidence - 1.0), 0) + "% interval" : "interval";
}

class Console {
 public:
  Console(const Report& report, const ConsoleStyle& style)
      : report_(report),
        style_(style),
        paint_{style.color},
        width_(std::clamp<std::size_t>(style.width, 60, 140)),
        columns_(all_facts(report.verdict), width_),
        timings_(timings_of(report.verdict)) {}

  std::string text() {
    header();
    passed();
    findings("Warnings", "?", Standing::warning);
    findings("Waived", "~", Standing::waived);
    left_out();
    notes();
    findings("Blocking", "✗", Standing::blocking);
    verdict();
    return defuse_commands(out_);
  }

 private:
  static std::vector<Facts> all_facts(const Verdict& verdict) {
    std::vector<Facts> facts;
    for (const CheckResult& result : verdict.checks)
      if (standing_of(result) != Standing::left_out) facts.push_back(facts_of(result));
    return facts;
  }

  void put(std::string_view line) { out_.append(line).append("\n"); }

  /// Text wrapped behind an indent; first stands in the indent of the first line.
  void paragraph(std::string_view text, std::size_t indent, std::string_view first = "", bool dim = false) {
    std::string lead = pad_right(first, indent);
    for (const std::string& line : wrap(clean_line(text), width_ - indent)) {
      put(lead + (dim ? paint_.dim(line) : line));
      lead = std::string(indent, ' ');
    }
  }

  void header() {
    const RunRecord& run = report_.run;
    const std::string tool = "  modelgate " + shorten(clean_line(run.tool_version), 20);
    put(paint_.bold(shorten(clean_line(report_.plan.name), width_ - tool.size())) + paint_.dim(tool));
    model_line("candidate", run.models[index_of(Role::candidate)]);
    model_line("production", run.models[index_of(Role::production)]);
    const std::string rows = run.dataset_rows > 0 ? count_text(run.dataset_rows) + " rows" : "";  // 0: never read
    if (!run.dataset_path.empty()) fact_line("golden data", run.dataset_path, rows);
    if (!report_.plan.gate_file.empty()) {
      const std::string digest = report_.plan.gate_sha256.substr(0, 12);
      fact_line("gate file", report_.plan.gate_file, digest.empty() ? "" : "effective gate sha256 " + digest);
      if (!report_.plan.extends_file.empty()) fact_line("extends", report_.plan.extends_file, "");
    }
    for (const Override& one : report_.plan.overrides) fact_line("override", override_text(one), "");
  }

  void model_line(std::string_view role, const ModelRecord& model) {
    if (!model.present) return;
    const bool named = !model.version.empty();
    fact_line(role, named ? model.version : model.path, named ? model.path : model.origin);
    if (!model.signed_by.empty()) fact_line("", "signed: key sha256 " + model.signed_by, "");
  }

  void fact_line(std::string_view name, std::string_view value, std::string_view note) {
    std::string text = clean_line(value);
    if (const std::string more = clean_line(note); !more.empty()) text += "  " + more;
    put(fmt::format("  {} {}", paint_.dim(pad_right(name, 12)), shorten(text, width_ - 15)));
  }

  void passed() {
    const Results results = with_standing(report_.verdict, Standing::passed);
    if (results.empty()) return;
    put("");
    out_ += paint_.bold(columns_.head(fmt::format("Passed: {}", results.size()), interval_name(report_.verdict)));
    for (std::size_t i = 0; i < results.size();) {
      std::size_t end = i + 1;
      while (end < results.size() && same_slices(*results[i], *results[end])) ++end;
      if (results[i]->slice.empty()) {
        passed_row(title_of(*results[i]), *results[i], 2);
        out_ += paint_.dim(columns_.note(facts_of(*results[i])));
        timing(*results[i]);
      } else {
        passed_slices(
            {results.begin() + static_cast<std::ptrdiff_t>(i), results.begin() + static_cast<std::ptrdiff_t>(end)});
      }
      i = end;
    }
  }

  /// Beneath the result that stands worst of those that rest on it.
  void timing(const CheckResult& result) {
    for (const Timing& one : timings_)
      if (one.result == &result)
        for (const std::string& line : console_timing(one, width_)) put(paint_.dim(line));
  }

  /// The check once, its slices below it.
  void passed_slices(const Results& results) {
    const Facts first = facts_of(*results.front());
    const auto& scope = results.front()->planned.slice;
    std::string heading = first.check + (scope ? " by " + clean_line(scope->text()) : "");
    if (!first.limit_note.empty()) heading += ", limit " + first.limit_note;
    put("    " + shorten(heading, width_ - 4));
    for (std::size_t i = 0; i < std::min(results.size(), slices_shown); ++i) {
      std::string label;
      for (const auto& [column, value] : results[i]->slice) label += (label.empty() ? "" : ", ") + clean_line(value);
      passed_row(label, *results[i], 4);
    }
    if (results.size() > slices_shown)
      put(paint_.dim(fmt::format("      and {} more slices", results.size() - slices_shown)));
  }

  void passed_row(const std::string& label, const CheckResult& result, std::size_t indent) {
    const std::string row = columns_.row(std::string(indent, ' ') + "✓ " + label, facts_of(result));
    out_ += std::string(indent, ' ') + paint_.green("✓") + row.substr(indent + std::string_view{"✓"}.size());
  }

  void findings(std::string_view title, std::string_view mark, Standing standing) {
    const Results results = with_standing(report_.verdict, standing);
    if (results.empty()) return;
    const bool blocks = standing == Standing::blocking;
    put("");
    const std::string head =
        columns_.head(fmt::format("{}: {}", title, results.size()), interval_name(report_.verdict));
    out_ += paint_.bold(head);
    std::size_t shown = 0;
    for (const Finding& finding : findings_of(results)) {
      if (shown++ == findings_shown) {
        put(paint_.dim("  and more, all in the reports"));
        break;
      }
      if (shown > 1) put("");
      const std::string painted = blocks ? paint_.red(mark) : paint_.yellow(mark);
      finding_lines(finding, mark, painted, blocks);
    }
  }

  void finding_lines(const Finding& finding, std::string_view mark, const std::string& painted_mark, bool blocks) {
    const CheckResult& first = *finding.results.front();
    const std::string outcome = outcome_words(finding.outcome);
    const std::string title = title_of(finding);
    const std::size_t room = width_ - 6 - display_width(outcome);
    put(fmt::format("  {} {}  {}", finding.outcome == Outcome::error ? (blocks ? paint_.red("!") : mark) : painted_mark,
                    pad_right(shorten(title, room), room), blocks ? paint_.red(outcome) : paint_.yellow(outcome)));
    if (finding.results.size() == 1) {
      if (const Facts facts = facts_of(first); has_numbers(facts))
        out_ += columns_.row("", facts) + paint_.dim(columns_.note(facts));
      timing(first);
    } else {
      titles(finding.results);
    }
    paragraph(finding.message, 4);
    if (const std::string flips = flips_sentence(first); !flips.empty()) paragraph(flips, 4);
    provenance(first);
  }

  /// A row for each result with numbers, the names of the others.
  void titles(const Results& results) {
    std::vector<std::string> names;
    for (const CheckResult* result : results) {
      const Facts facts = facts_of(*result);
      if (has_numbers(facts)) {
        out_ += columns_.row("    " + title_of(*result), facts) + paint_.dim(columns_.note(facts));
      } else {
        names.push_back(title_of(*result));
      }
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), titles_shown); ++i) text += (i == 0 ? "" : "; ") + names[i];
    if (names.size() > titles_shown) text += fmt::format("; and {} more", names.size() - titles_shown);
    paragraph(text, 4, "", true);
  }

  void provenance(const CheckResult& result) {
    const PlannedCheck& planned = result.planned;
    std::string text = declared_place(report_.plan, planned.file, planned.line);
    if (!planned.owner.empty()) text += (text.empty() ? "" : ", ") + ("owner " + clean_line(planned.owner));
    if (!planned.note.empty()) text += (text.empty() ? "" : ", ") + clean_line(planned.note);
    if (!text.empty()) paragraph(text, 4, "", true);
  }

  void left_out() {
    const Results results = with_standing(report_.verdict, Standing::left_out);
    const auto& not_judged = report_.verdict.not_judged;
    if (results.empty() && not_judged.empty()) return;
    put("\n" + paint_.bold(fmt::format("Not judged: {}", results.size() + not_judged.size())));
    for (const auto& [reason, ids] : left_out_by_reason(report_.verdict)) {
      std::string names;
      for (std::size_t i = 0; i < std::min(ids.size(), titles_shown); ++i) names += (i == 0 ? "" : "; ") + ids[i];
      if (ids.size() > titles_shown) names += fmt::format("; and {} more", ids.size() - titles_shown);
      paragraph(names, 4, "  -");
      paragraph(reason, 4, "", true);
    }
  }

  void notes() {
    const std::string chance = block_chance_sentence(report_);
    const std::string fixed = population_note(report_.plan);
    put("");
    for (const std::string& warning : report_.verdict.warnings) paragraph(warning, 9, "warning");
    if (!fixed.empty()) paragraph(fmt::format("The verdict {}.", fixed), 9, "note");
    if (!chance.empty()) paragraph(chance, 9, "note");
    if (const std::string machine = machine_sentence(report_.verdict); !machine.empty())
      paragraph(machine, 9, "timing");
    paragraph(reuse_sentence(report_.verdict), 9, "note");
  }

  std::string counts() const {
    if (report_.verdict.checks.empty() && report_.verdict.not_judged.empty())
      return "no check was judged; scope: partial";
    const auto number = [&](Standing standing) { return with_standing(report_.verdict, standing).size(); };
    const std::size_t left = number(Standing::left_out) + report_.verdict.not_judged.size();
    std::string text = counts_sentence(report_.verdict);
    if (left > 0) text += fmt::format(", {} not judged", left);
    return text + (is_partial(report_.verdict) ? "; scope: partial" : "");
  }

  void verdict() {
    const Verdict& verdict = report_.verdict;
    std::string word(to_string(verdict.kind));
    std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    std::string rule;
    for (std::size_t i = 0; i < width_; ++i) rule += "─";
    put("\n" + paint_.dim(rule));
    const std::string painted = verdict.kind == VerdictKind::pass ? paint_.green(word) : paint_.red(word);
    const std::size_t indent = word.size() + 2;
    std::string lead = painted + "  ";
    for (const std::string& line : wrap(counts(), width_ - indent)) {
      put(lead + line);
      lead = std::string(indent, ' ');
    }
    paragraph(verdict.headline, indent);
    paragraph(fmt::format("exit {}: {}", static_cast<int>(verdict.exit_code), exit_meaning(verdict.exit_code)), indent);
    for (const std::string& text : files_by_folder(style_.report_paths)) paragraph("reports: " + text, indent);
  }

  const Report& report_;
  const ConsoleStyle& style_;
  Paint paint_;
  std::size_t width_;
  NumberColumns columns_;
  std::vector<Timing> timings_;
  std::string out_;
};

}  // namespace

std::string console_text(const Report& report, const ConsoleStyle& style) { return Console(report, style).text(); }

}  // namespace modelgate
