// SPDX-License-Identifier: Apache-2.0
#include "gate/after/result_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gate/after/interval_line.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

constexpr std::size_t listed = 12;  // groups and pairs; the reports have them all

/// Paragraphs under names that stand in a column of their own.
class Page {
 public:
  explicit Page(std::size_t width) : width_(std::clamp<std::size_t>(width, 60, 100)) {}

  void put(std::string_view line) { text_.append(line).append("\n"); }
  void paragraph(std::string_view text, std::size_t margin = 2) {
    for (const std::string& line : wrap(clean_line(text), width_ - margin)) put(std::string(margin, ' ') + line);
  }
  void fact(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    std::string lead = pad_right("  " + std::string(name), indent);
    for (const std::string& line : wrap(clean_line(text), width_ - indent)) {
      put(lead + line);
      lead = std::string(indent, ' ');
    }
  }
  std::size_t width() const { return width_; }
  std::string take() { return defuse_commands(text_); }

 private:
  static constexpr std::size_t indent = 15;
  std::size_t width_;
  std::string text_;
};

std::string standing_words(const CheckResult& check) {
  switch (standing_of(check)) {
    case Standing::blocking: return outcome_words(check.outcome) + ", and it blocks";
    case Standing::warning: return outcome_words(check.outcome) + ", a warning that does not block";
    default: return outcome_words(check.outcome);
  }
}

std::string limit_words(const Facts& facts) {
  return facts.limit + (facts.limit_note.empty() ? "" : " (" + facts.limit_note + ")");
}

void draw(Page& page, const CheckResult& check) {
  const bool relative = is_relative(check.planned.limit.word);
  const Estimate& judged = relative ? check.difference : check.candidate;
  const auto limit = limit_position(check);
  if (!judged.interval || !limit) return;
  const Facts facts = facts_of(check);
  const std::string line = interval_line(*judged.interval, judged.value, *limit, page.width() - 24);
  if (line.empty()) return;
  page.put("");
  page.put("    " + line);
  page.paragraph(fmt::format("{} {} {}, limit {}", relative ? "difference" : "candidate",
                             relative ? facts.difference : facts.candidate, facts.interval, limit_words(facts)),
                 4);
  page.put("    ├─┤ interval, ● estimate, | limit");
  page.put("");
}

std::string compared_words(const StoredReport& report, const CheckResult& check) {
  const auto& [candidate, production] = report.run.models;
  const auto name = [](const ModelRecord& model) { return model.version.empty() ? model.path : model.version; };
  std::string evidence = evidence_sentence(check);
  if (!check.parts.empty())
    evidence = evidence.substr(0, evidence.rfind(", p "));  // the correction has a line of its own
  std::string text = "candidate " + name(candidate);
  if (check.planned.spec->needs_production || is_relative(check.planned.limit.word))
    text += " with production " + name(production);
  else
    text += " alone with the limit";
  text += fmt::format(", on {}", evidence);
  return check.shown.empty() ? text : text + fmt::format(". The numbers are those of {}", check.shown);
}

std::string inconclusive_policy(const CheckResult& check) {
  switch (check.planned.on_inconclusive) {
    case OnInconclusive::block: return "on_inconclusive: block asks for proof, so it blocks";
    case OnInconclusive::warn: return "on_inconclusive: warn lets it through";
    case OnInconclusive::guard:
      return check.blocking ? "on_inconclusive: guard blocks, because grave harm is not excluded"
                            : "on_inconclusive: guard lets it through, because grave harm is excluded";
  }
  return {};
}

std::string why_words(const CheckResult& check) {
  const std::string reason =
      check.reason == Reason::none ? std::string{} : fmt::format(" (reason: {})", to_string(check.reason));
  const bool warns = check.planned.severity == Severity::warn;
  const std::string policy = warns ? "severity: warn lets it through" : std::string{};
  switch (check.outcome) {
    case Outcome::pass:
      return is_exact_method(check.method) ? "the value keeps the limit, and is known without error"
                                           : "the whole interval lies on the good side of the limit";
    case Outcome::fail:
      return (is_exact_method(check.method) ? std::string("the value is beyond the limit, and is known without error")
                                            : "the bad side is proven after the correction for the whole gate") +
             (warns ? "; " + policy : policy);
    case Outcome::inconclusive:
      return "neither side is proven" + reason + "; " + (warns ? policy : inconclusive_policy(check));
    case Outcome::not_assessable:
      return "the rows cannot answer" + reason + "; " +
             (warns ? policy : fmt::format("on_not_assessable: {}", to_string(check.planned.on_not_assessable)));
    case Outcome::error: return "it could not be evaluated" + reason + "; an error always blocks";
    case Outcome::waived:
      return fmt::format("{}, covered by a waiver in force",
                         check.waiver ? outcome_words(check.waiver->instead_of) : "blocking");
    case Outcome::not_selected: return "left out by --only; the scope is partial";
  }
  return {};
}

/// Which hypotheses share the error budget with this check's.
std::string_view family_words(const StoredReport& report, const CheckResult& check) {
  if (check.of_policy()) return "the policy's checks";
  return report.plan.extends_file.empty() ? "the gate file" : "what the gate file adds to its policy";
}

std::string correction_words(const StoredReport& report, const CheckResult& check) {
  if (check.parts.empty() || is_exact_method(check.method)) return {};
  const auto p = [](double value) { return value < 0.0001 ? "below 0.0001" : fixed_text(value, 4); };
  const auto failing = std::ranges::count_if(check.parts, &Part::fails);
  std::string text = fmt::format("p {} alone, {} after the correction over {}; a fail needs at most {}",
                                 p(smallest_p(check)), p(smallest_adjusted_p(check)), family_words(report, check),
                                 fixed_text(report.verdict.reuse.fail_level, 4));
  if (check.parts.size() > 1) text += fmt::format("; {} of {} hypotheses fail", failing, check.parts.size());
  return text;
}

std::string decide_words(const CheckResult& check) {
  if (check.outcome != Outcome::inconclusive && check.outcome != Outcome::not_assessable) return {};
  for (const Part& part : check.parts)
    if (part.discordant_needed)
      return fmt::format("a fail needs {:.0f} rows on which the models disagree; there are {:.0f}",
                         *part.discordant_needed, part.discordant.value_or(0));
  if (!check.rows_needed) return {};
  if (is_of_rounds(check)) return fmt::format("about {} s more of measuring", count_text(*check.rows_needed));
  if (*check.rows_needed <= check.rows) return {};
  return fmt::format("about {} rows in all, {} more than now", count_text(*check.rows_needed),
                     count_text(*check.rows_needed - check.rows));
}

void add_groups(Page& page, const CheckResult& check) {
  const auto value = [&](const Estimate& estimate) {
    return estimate.value ? fixed_text(*estimate.value, 4) : std::string("undefined");
  };
  for (std::size_t i = 0; i < check.pairs.size() && i < listed; ++i) {
    const PairGap& pair = check.pairs[i];
    page.fact(i == 0 ? "pairs" : "", fmt::format("{} vs {}, {}: {} (adjusted p {})", pair.first, pair.second, pair.rate,
                                                 value(pair.gap), fixed_text(pair.p_adjusted, 4)));
  }
  if (check.pairs.size() + check.pairs_left_out > listed && !check.pairs.empty())
    page.fact("", fmt::format("and {} more",
                              check.pairs.size() + check.pairs_left_out - std::min(check.pairs.size(), listed)));
  for (std::size_t i = 0; i < check.groups.size() && i < listed; ++i) {
    const GroupRate& group = check.groups[i];
    std::string text = fmt::format("{}, {}: {}", group.group, group.rate, value(group.candidate));
    if (group.production.value) text += ", production " + value(group.production);
    text += fmt::format(", of {} rows", count_text(group.n));
    if (!group.assessable) text += ", too few to judge";
    page.fact(i == 0 ? "groups" : "", text);
  }
  if (check.groups.size() > listed) page.fact("", fmt::format("and {} more", check.groups.size() - listed));
}

std::string waiver_words(const CheckResult& check) {
  if (!check.waiver) return {};
  const Waiver& waiver = check.waiver->waiver;
  return fmt::format("{} until {}: {}", waiver.owner, date_text(waiver.until), waiver.reason);
}

}  // namespace

std::string result_words(const StoredReport& report, const CheckResult& check, std::size_t width) {
  Page page(width);
  page.put(clean_line(check.id));
  page.paragraph(fmt::format("{}: {}.", title_of(check), standing_words(check)));
  page.put("");
  page.paragraph(check.message);
  draw(page, check);
  page.fact("compared", compared_words(report, check));
  page.fact("why", why_words(check));
  page.fact("correction", correction_words(report, check));
  page.fact("would decide", decide_words(check));
  add_groups(page, check);
  std::string_view name = "timing";
  for (const std::string& line : timing_sentences(timing_of(check))) page.fact(std::exchange(name, ""), line);
  page.fact("flips", flips_sentence(check));
  page.fact("declared at", declared_place(report.plan, check.planned.file, check.planned.line));
  page.fact("owner", check.planned.owner);
  page.fact("note", check.planned.note);
  page.fact("waiver", waiver_words(check));
  page.put("");
  page.paragraph(fmt::format("More on this check: modelgate explain {}.{}", to_string(check.planned.family),
                             check.planned.metric));
  return page.take();
}

std::string ids_by_standing(const StoredReport& report) {
  constexpr std::array order{std::pair{Standing::blocking, "Blocking"}, std::pair{Standing::warning, "Warnings"},
                             std::pair{Standing::waived, "Waived"}, std::pair{Standing::passed, "Passed"},
                             std::pair{Standing::left_out, "Left out"}};
  std::string text;
  for (const auto& [standing, title] : order) {
    const auto results = with_standing(report.verdict, standing);
    if (results.empty()) continue;
    text += fmt::format("{}{}: {}\n", text.empty() ? "" : "\n", title, results.size());
    for (const CheckResult* result : results)
      text += fmt::format("  {}  {}\n", clean_line(result->id), outcome_words(result->outcome));
  }
  if (!report.verdict.not_judged.empty()) {
    text += fmt::format("{}Not judged: {}\n", text.empty() ? "" : "\n", report.verdict.not_judged.size());
    for (const NotJudged& one : report.verdict.not_judged)
      text += fmt::format("  {}  {}\n", clean_line(one.id), clean_line(one.reason));
  }
  return defuse_commands(text);
}

}  // namespace modelgate
