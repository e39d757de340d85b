// SPDX-License-Identifier: Apache-2.0
#include "gate/report/junit_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

constexpr std::size_t listed_groups = 40;

std::string_view error_type(Reason reason) {
  switch (reason) {
    case Reason::model_unloadable:
    case Reason::model_crashed:
    case Reason::non_finite:
    case Reason::wrong_shape:
    case Reason::outputs_differ: return "model";
    case Reason::data_invalid:
    case Reason::digest_mismatch:
    case Reason::signature_invalid:
    case Reason::absent_slice:
    case Reason::no_baseline: return "input";
    case Reason::timeout: return "timeout";
    default: return "internal";
  }
}

std::string_view failure_type(Outcome outcome) {
  if (outcome == Outcome::fail) return "threshold";
  return outcome == Outcome::inconclusive ? "inconclusive" : "data";
}

/// mikepenz/action-junit-report finds the file and line to annotate by this very form, leading space included.
std::string declared_at(const Report& report, const std::string& file, int line) {
  const std::string place = declared_place(report.plan, file, line);
  return place.empty() ? place : fmt::format("\n declared at {}", place);
}

std::string_view standing_text(const GroupRate& group) {
  if (!group.declared) return ", not declared";
  return group.assessable ? "" : ", too few to judge";
}

std::string group_lines(const CheckResult& result) {
  std::string text;
  for (std::size_t i = 0; i < result.groups.size(); ++i) {
    if (i == listed_groups) return text + fmt::format("\nand {} more groups", result.groups.size() - i);
    const GroupRate& group = result.groups[i];
    text += fmt::format("\n{} of {}: ", clean_line(group.rate), clean_line(group.group));
    text += group.candidate.value ? fixed_text(*group.candidate.value, 4) : "undefined";
    if (group.production.value) text += fmt::format(", production {}", fixed_text(*group.production.value, 4));
    const std::string events = group.events ? count_text(*group.events) + " of " : std::string{};
    text += fmt::format(" ({}{}{})", events, count_text(group.n), standing_text(group));
  }
  return text;
}

/// Everything below the first line of a case's text.
std::string details_of(const CheckResult& result) {
  std::string text = numbers_sentence(result);
  if (result.rows > 0 || result.latency) text += "\n" + evidence_sentence(result);
  for (const std::string& line : timing_sentences(timing_of(result))) text += "\n" + line;
  if (result.reason != Reason::none) text += fmt::format("\nreason: {}", to_string(result.reason));
  text += group_lines(result);
  if (const std::string flips = flips_sentence(result); !flips.empty()) text += "\n" + flips;
  if (const std::string more = in_full(result); !more.empty()) text += "\nin full:\n" + more;
  if (!result.planned.owner.empty()) text += "\nowner: " + clean_line(result.planned.owner);
  if (!result.planned.note.empty()) text += "\nnote: " + clean_line(result.planned.note);
  return text;
}

std::string with_declaration(const std::string& text, const std::string& declaration) {
  return clean_text(text, text_cap - std::min(declaration.size(), text_cap / 2)) + declaration;
}

std::string message_of(const CheckResult& result) {
  std::string message = clean_line(result.message);
  if (message.empty()) message = fmt::format("{}: {}", title_of(result), outcome_words(result.outcome));
  return message;
}

JUnitCase case_of(const CheckResult& result, const Report& report) {
  JUnitCase one;
  one.name = result.id;
  one.seconds = result.seconds;
  one.message = message_of(result);
  const std::string text = one.message + "\n" + details_of(result);
  const std::string declaration = declared_at(report, result.planned.file, result.planned.line);
  one.file = result.planned.file.empty() ? report.plan.gate_file : result.planned.file;
  one.line = result.planned.line;
  const Standing standing = standing_of(result);
  if (standing == Standing::passed || standing == Standing::warning) {
    const std::string mark = standing == Standing::warning ? "warning, does not block: " : "";
    one.system_out = with_declaration(mark + outcome_words(result.outcome) + ": " + text, declaration);
    return one;
  }
  one.text = with_declaration(text, declaration);
  if (standing == Standing::left_out || standing == Standing::waived) {
    one.element = CaseElement::skipped;
  } else if (result.outcome == Outcome::error) {
    one.element = CaseElement::error;
    one.type = error_type(result.reason);
  } else {
    one.element = CaseElement::failure;
    one.type = failure_type(result.outcome);
  }
  return one;
}

JUnitCase case_of(const NotJudged& left_out, const Report& report) {
  JUnitCase one;
  one.name = left_out.id;
  one.element = CaseElement::skipped;
  one.message = clean_line(left_out.reason);
  if (one.message.empty()) one.message = "Not judged in this run.";
  one.text = with_declaration(one.message, declared_at(report, left_out.file, left_out.line));
  one.file = left_out.file.empty() ? report.plan.gate_file : left_out.file;
  one.line = left_out.line;
  return one;
}

/// Stands in for the gate as a whole where no check can say that it did not pass.
JUnitCase gate_case(const Report& report) {
  JUnitCase one;
  one.name = "gate ran";
  one.element = CaseElement::error;
  one.type = report.verdict.exit_code == ExitCode::usage ? "input" : "internal";
  one.message = clean_line(report.verdict.headline);
  if (one.message.empty()) one.message = "The gate judged nothing.";
  one.text = with_declaration(fmt::format("{}\nexit {}: {}", one.message, static_cast<int>(report.verdict.exit_code),
                                          exit_meaning(report.verdict.exit_code)),
                              {});
  return one;
}

class Suites {
 public:
  explicit Suites(const Report& report)
      : gate_(report.plan.name.empty() ? "modelgate" : junit_name(clean_line(report.plan.name))) {}

  void add(std::string_view suite, JUnitCase one) {
    one.name = unique(junit_name(clean_line(one.name)));
    if (!(one.seconds >= 0.0) || !std::isfinite(one.seconds)) one.seconds = 0.0;
    const std::string name = fmt::format("{}.{}", gate_, suite);
    auto found = std::ranges::find(suites_, name, &JUnitSuite::name);
    if (found == suites_.end()) found = suites_.insert(suites_.end(), JUnitSuite{name, {}});
    found->cases.push_back(std::move(one));
  }

  bool has_red_case() const {
    return std::ranges::any_of(suites_, [](const JUnitSuite& suite) {
      return suite.count(CaseElement::failure) + suite.count(CaseElement::error) > 0;
    });
  }

  bool empty() const { return suites_.empty(); }
  std::vector<JUnitSuite> take() { return std::move(suites_); }

 private:
  /// Ids are unique by the gate file's rules; of two equal names GitLab would keep one only.
  std::string unique(const std::string& name) {
    std::string candidate = name;
    for (int copy = 2; !names_.insert(candidate).second; ++copy) candidate = fmt::format("{} ({})", name, copy);
    return candidate;
  }

  std::string gate_;
  std::vector<JUnitSuite> suites_;
  std::set<std::string> names_;
};

}  // namespace

std::size_t JUnitSuite::count(CaseElement element) const {
  return static_cast<std::size_t>(std::ranges::count(cases, element, &JUnitCase::element));
}

double JUnitSuite::seconds() const {
  double sum = 0.0;
  for (const JUnitCase& one : cases) sum += one.seconds;
  return sum;
}

std::vector<JUnitSuite> junit_suites(const Report& report) {
  Suites suites(report);
  for (const CheckResult& result : report.verdict.checks)
    suites.add(to_string(result.planned.family), case_of(result, report));
  for (const NotJudged& left_out : report.verdict.not_judged)
    suites.add(to_string(left_out.family), case_of(left_out, report));
  if (suites.empty() || (report.verdict.kind != VerdictKind::pass && !suites.has_red_case()))
    suites.add("gate", gate_case(report));
  return suites.take();
}

}  // namespace modelgate
