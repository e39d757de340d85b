// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/check.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/terminal.hpp"
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

}  // namespace

ExitCode command_list(std::span<const std::string> words) {
  if (!words.empty()) {
    print_out("usage: modelgate list\nPrints every check with its tasks and limit words, and the report formats.\n");
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
