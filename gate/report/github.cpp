// SPDX-License-Identifier: Apache-2.0
#include "gate/report/github.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include "gate/report/facts.hpp"
#include "gate/report/findings.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t title_cap = 200;
constexpr std::size_t message_cap = 3'000;

/// The escapes of actions/toolkit, packages/core/src/command.ts; properties end at a colon or comma.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (special) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

struct Annotation {
  std::string title;
  std::string message;
  std::string file;  ///< from the workspace; empty: none
  int line = 0;
};

std::string command_of(std::string_view level, const Annotation& one) {
  std::string properties;
  if (!one.file.empty())
    properties =
        fmt::format("file={},line={},", escaped(defuse_commands(clean_line(one.file)), true), std::max(one.line, 1));
  // GitHub's runner also looks for the older form ##[ anywhere in a line.
  return fmt::format("::{} {}title={}::{}\n", level, properties,
                     escaped(defuse_commands(clean_line(one.title, title_cap)), true),
                     escaped(defuse_commands(clean_text(one.message, message_cap)), false));
}

/// A proven failure before what was not proven; among equals the clearest evidence first.
std::pair<int, double> rank_of(const Finding& finding) {
  const double p = smallest_adjusted_p(*finding.results.front());
  switch (finding.outcome) {
    case Outcome::fail: return {0, p};
    case Outcome::error: return {1, p};
    case Outcome::inconclusive: return {2, p};
    default: return {3, p};
  }
}

/// The line that a message about the gate file itself names: "modelgate.yaml:12: …".
int line_named(std::string_view message, const std::string& gate_file) {
  const std::string prefix = gate_file + ":";
  const std::size_t at = message.find(prefix);
  int line = 0;
  if (gate_file.empty() || at == std::string_view::npos) return line;
  const std::string_view rest = message.substr(at + prefix.size());
  std::from_chars(rest.data(), rest.data() + rest.size(), line);
  return line;
}

class Annotations {
 public:
  Annotations(const Report& report, const std::function<std::string(const std::string&)>& from_workspace)
      : report_(report), from_workspace_(from_workspace) {}

  std::string text() const {
    const Verdict& verdict = report_.verdict;
    const std::vector<const CheckResult*> blocking = with_standing(verdict, Standing::blocking);
    std::string text = commands_of("error", findings_of(blocking), "blocking checks");
    if (blocking.empty() && verdict.kind != VerdictKind::pass) text += command_of("error", of_gate());
    return text + commands_of("warning", findings_of(with_standing(verdict, Standing::warning)), "warnings");
  }

 private:
  std::string file_of(const std::string& declaring) const {
    return from_workspace_(declaring.empty() ? report_.plan.gate_file : declaring);
  }

  /// Stands in for the gate as a whole where no check can say that it did not pass.
  Annotation of_gate() const {
    const Verdict& verdict = report_.verdict;
    const std::string headline = clean_line(verdict.headline);
    return {fmt::format("modelgate: {}", to_string(verdict.kind)),
            headline.empty() ? std::string(exit_meaning(verdict.exit_code)) : headline, file_of({}),
            line_named(headline, clean_line(report_.plan.gate_file))};
  }

  Annotation annotation_of(const Finding& finding) const {
    const PlannedCheck& planned = finding.results.front()->planned;
    Annotation one{fmt::format("{}: {}", title_of(finding), outcome_words(finding.outcome)),
                   clean_line(finding.message), file_of(planned.file), planned.line};
    if (one.message.empty()) one.message = one.title;
    if (finding.results.size() > 1) {
      constexpr std::size_t named = 5;
      for (std::size_t i = 0; i < std::min(finding.results.size(), named); ++i)
        one.message += (i == 0 ? "\n" : "; ") + title_of(*finding.results[i]);
      if (finding.results.size() > named) one.message += fmt::format("; and {} more", finding.results.size() - named);
    }
    if (!planned.owner.empty()) one.message += "\nowner: " + clean_line(planned.owner);
    return one;
  }

  std::string commands_of(std::string_view level, std::vector<Finding> findings, std::string_view what) const {
    std::ranges::stable_sort(findings, {}, rank_of);
    const std::size_t shown = findings.size() <= annotations_kept ? findings.size() : annotations_kept - 1;
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) text += command_of(level, annotation_of(findings[i]));
    std::size_t left = 0;
    for (std::size_t i = shown; i < findings.size(); ++i) left += findings[i].results.size();
    if (left > 0)
      text += command_of(level, {fmt::format("and {} more {}", left, what),
                                 "GitHub shows ten of a kind. All of them stand in the job summary and in the reports.",
                                 file_of({}), 1});
    return text;
  }

  const Report& report_;
  const std::function<std::string(const std::string&)>& from_workspace_;
};

}  // namespace

std::string github_annotations(const Report& report,
                               const std::function<std::string(const std::string&)>& from_workspace) {
  return Annotations(report, from_workspace).text();
}

std::string github_summary(const Report& report, std::size_t standing) {
  const std::size_t room = standing < step_summary_cap ? step_summary_cap - standing : 0;
  // Half of the room: another gate of the same step finds some, too.
  if (room / 2 >= smallest_page) return markdown_text(report, room / 2);
  const std::string head =
      markdown_head(report) + "\nThis step's summary is full: the checks stand in the reports alone.\n";
  return head.size() <= room ? head : std::string{};
}

std::string github_outputs(const Report& report, const std::vector<std::string>& paths) {
  struct Kind {
    std::string_view name;
    std::string_view suffix;
  };
  constexpr std::array kinds{Kind{"junit", ".xml"}, Kind{"json", ".json"},    Kind{"summary", ".md"},
                             Kind{"html", ".html"}, Kind{"metrics", ".prom"}, Kind{"sarif", ".sarif"}};
  const Verdict& verdict = report.verdict;
  const std::size_t blocking = with_standing(verdict, Standing::blocking).size();
  const std::size_t failed = verdict.kind == VerdictKind::pass ? 0 : std::max<std::size_t>(blocking, 1);
  std::string text = fmt::format("verdict={}\nexit-code={}\nfailed={}\n", to_string(verdict.kind),
                                 static_cast<int>(verdict.exit_code), failed);
  for (const Kind& kind : kinds) {
    const auto first = std::ranges::find_if(paths, [&](const std::string& path) {
      return std::filesystem::path(path).extension() == kind.suffix && path.find_first_of("\r\n") == std::string::npos;
    });
    if (first != paths.end()) text += fmt::format("{}={}\n", kind.name, *first);
  }
  return text;
}

}  // namespace modelgate
