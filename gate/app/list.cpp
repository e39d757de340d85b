// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/check.hpp"
#include "checks/latency/served.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/limits.hpp"
#include "gate/config/metric_name.hpp"
#include "gate/report/report.hpp"

namespace modelgate {
namespace {

std::string names_of(std::uint8_t set, std::span<const LimitWord> words) {
  std::string joined;
  for (const LimitWord word : words) {
    if (has(set, word)) joined += (joined.empty() ? "" : ", ") + std::string(to_string(word));
  }
  return joined;
}

std::string tasks_of(std::uint8_t set) {
  std::string joined;
  for (const Task task : {Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking}) {
    if (has(set, task)) joined += (joined.empty() ? "" : ", ") + std::string(to_string(task));
  }
  return joined;
}

/// "accuracy.recall@10": the parameter tells the ranking metric from its namesake.
std::string heading_of(const CheckSpec& spec) { return fmt::format("{}.{}", to_string(spec.family), example_of(spec)); }

/// The name by which Markdown readers link to a heading: letters, digits and underscores.
std::string anchor_of(std::string heading) {
  std::erase_if(heading, [](char c) { return c == '.' || c == '@'; });
  return heading;
}

/// The page of a check one level deeper, under its family.
std::string page_of(const CheckSpec& spec) {
  const bool loads = has(spec.scope, ScopeKey::load);
  std::string page = fmt::format("### {}\n\n{}\n\nTasks: {}. Limits: {}.{}\n\n", heading_of(spec), spec.summary,
                                 tasks_of(spec.tasks), names_of(spec.limits, all_limit_words),
                                 loads ? " Takes `load`, see [load shapes](#load-shapes)." : "");
  std::string_view rest = spec.explain;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    page += fmt::format("{}{}\n", rest.starts_with("## ") ? "##" : "", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return page;
}

/// Every check as one Markdown page, by family: summaries in a table, then the pages of explain.
std::string reference() {
  std::string text =
      "# Every check\n\nPrinted by `modelgate list --markdown` from the registry; a test holds this page to it. One "
      "page alone: `modelgate explain <metric>`.\n";
  std::string pages;
  std::optional<Family> family;
  for (const RegisteredCheck& check : registry()) {
    const CheckSpec& spec = check.spec;
    if (spec.family != family) {
      text += fmt::format("\n**{}**\n\n| check | tasks | limits | what it is |\n|---|---|---|---|\n",
                          to_string(spec.family));
      pages += fmt::format("\n## {}\n", to_string(spec.family));
      family = spec.family;
    }
    text += fmt::format("| [`{}`](#{}) | {} | {} | {} |\n", example_of(spec), anchor_of(heading_of(spec)),
                        tasks_of(spec.tasks), names_of(spec.limits, all_limit_words), spec.summary);
    pages += "\n" + page_of(spec);
  }
  return text + pages + fmt::format("\n## Load shapes\n\n{}", load_shapes_text);
}

}  // namespace

ExitCode command_list(std::span<const std::string> words) {
  if (words.size() == 1 && words[0] == "--markdown") {
    print_out(reference());
    return ExitCode::pass;
  }
  if (!words.empty()) {
    print_out(
        "usage: modelgate list [--markdown]\nPrints every check with its tasks and limit words, and the report "
        "formats;\n--markdown: every check with its whole explanation, as one page.\n");
    const bool asked = words[0] == "--help" || words[0] == "-h";
    return asked ? ExitCode::pass : ExitCode::usage;
  }
  constexpr std::array limit_words{LimitWord::min, LimitWord::max, LimitWord::max_regression,
                                   LimitWord::min_improvement};
  std::string text;
  std::optional<Family> family;
  for (const RegisteredCheck& check : registry()) {
    if (check.spec.family != family) text += fmt::format("{}{}:\n", family ? "\n" : "", to_string(check.spec.family));
    family = check.spec.family;
    text += fmt::format("  {:30} {}\n", example_of(check.spec), check.spec.summary);
    text += fmt::format("  {:30} {} · {}\n", "", tasks_of(check.spec.tasks), names_of(check.spec.limits, limit_words));
  }
  text += fmt::format("\nreports by suffix: {}\na folder gets junit.xml, report.json, summary.md and report.html\n",
                      report_suffixes());
  text += "more of one check: modelgate explain <metric>\n";
  print_out(text);
  return ExitCode::pass;
}

}  // namespace modelgate
