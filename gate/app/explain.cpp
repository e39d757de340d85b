// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "checks/check.hpp"
#include "checks/latency/served.hpp"
#include "gate/app/after_options.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/explain_result.hpp"
#include "gate/app/options.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/error.hpp"

namespace modelgate {
namespace {

/// "recall", "ndcg@10", "accuracy.recall" and the id of a report ("accuracy.recall.max_regression.region=north") all
/// name the check.
bool named_by(const CheckSpec& spec, std::string_view words) {
  const std::string full = fmt::format("{}.{}", to_string(spec.family), spec.metric);
  return words == spec.metric || words.starts_with(fmt::format("{}@", spec.metric)) || words == full ||
         words.starts_with(full + ".") || words.starts_with(full + "@");
}

}  // namespace

ExitCode command_explain(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(explain_help());
    return ExitCode::pass;
  }
  const auto options = parse_explain(words);
  if (!options) return fail_with(options.error());
  if (!options->report.empty()) return explain_result(options->report, options->id);
  std::size_t longest = 0;  // latency.latency_p99.9 is not an id of latency_p99
  for (const RegisteredCheck& check : registry())
    if (named_by(check.spec, options->id)) longest = std::max(longest, check.spec.metric.size());
  std::string text;
  for (const RegisteredCheck& check : registry()) {
    if (!named_by(check.spec, options->id) || check.spec.metric.size() < longest) continue;
    text += fmt::format("{}# {}.{}\n\n{}\n", text.empty() ? "" : "\n", to_string(check.spec.family), check.spec.metric,
                        check.spec.explain);
    if (has(check.spec.scope, ScopeKey::load)) text += fmt::format("## Load shapes\n\n{}", load_shapes_text);
  }
  if (text.empty()) {
    std::vector<std::string_view> metrics;
    for (const RegisteredCheck& check : registry()) metrics.push_back(check.spec.metric);
    return fail_with(Error{ErrorKind::usage, Reason::data_invalid,
                           fmt::format("modelgate explain: no check \"{}\"; {}\nSee: modelgate list", options->id,
                                       did_you_mean(options->id, metrics, "none has a name like it"))});
  }
  print_out(text);
  return ExitCode::pass;
}

}  // namespace modelgate
