// SPDX-License-Identifier: Apache-2.0
#include "gate/app/explain_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "gate/after/result_words.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/suggest.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// Ids with the typed text in them, such as a metric's name; a few.
std::string ids_with(const std::string& typed, const std::vector<std::string_view>& ids) {
  constexpr std::size_t most = 8;
  std::string text;
  std::size_t found = 0;
  for (const std::string_view one : ids) {
    if (one.contains(typed) && ++found <= most) text += "\n  " + clean_line(one);
  }
  if (found == 0) return {};
  return "it has" + text + (found > most ? fmt::format("\n  and {} more", found - most) : "");
}

Error unknown_id(const std::string& report_file, const std::string& id, const Verdict& verdict) {
  std::vector<std::string_view> ids;
  ids.reserve(verdict.checks.size() + verdict.not_judged.size());
  for (const CheckResult& check : verdict.checks) ids.push_back(check.id);
  for (const NotJudged& one : verdict.not_judged) ids.push_back(one.id);
  const std::string others = ids_with(id, ids);
  return {
      ErrorKind::usage, Reason::data_invalid,
      fmt::format("modelgate explain: {} has no check \"{}\"; {}\nSee: modelgate explain --from {}",
                  clean_line(report_file), clean_line(id),
                  others.empty() ? did_you_mean(id, ids, "none has an id like it") : others, clean_line(report_file))};
}

}  // namespace

ExitCode explain_result(const std::string& report_file, const std::string& id) {
  const auto report = read_report(report_file);
  if (!report) return fail_with(report.error());
  const Verdict& verdict = report->verdict;
  if (id.empty()) {
    print_out(ids_by_standing(*report));
    return ExitCode::pass;
  }
  const auto hit = std::ranges::find(verdict.checks, id, &CheckResult::id);
  if (hit != verdict.checks.end()) {
    print_out(result_words(*report, *hit, terminal_width()));
    return ExitCode::pass;
  }
  const auto left_out = std::ranges::find(verdict.not_judged, id, &NotJudged::id);
  if (left_out == verdict.not_judged.end()) return fail_with(unknown_id(report_file, id, verdict));
  print_out(log_safe(fmt::format("{}\n  not judged: {}\n", clean_line(id), clean_line(left_out->reason))));
  return ExitCode::pass;
}

}  // namespace modelgate
