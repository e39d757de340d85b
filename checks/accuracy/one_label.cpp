// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/one_label.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/cache.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

Result<std::size_t> label_of(const PlannedCheck& planned, const ScoreTable& table) {
  const std::vector<std::string>& names = table.rows.class_names;
  if (planned.klass.empty())
    return usage_error(fmt::format("{} of several labels needs class: NAME for one label.", planned.metric));
  const auto hit = std::ranges::find(names, planned.klass);
  if (hit == names.end())
    return data_error(
        fmt::format("There is no label \"{}\"; the golden data know {} labels.", planned.klass, names.size()));
  return static_cast<std::size_t>(hit - names.begin());
}

}  // namespace

std::vector<CheckResult> judge_one_label(const PlannedCheck& planned, const Evidence& evidence, Evaluate judge) {
  const bool several = evidence.table != nullptr && evidence.cache != nullptr &&
                       evidence.table->task == Task::multilabel && evidence.table->rows.rows > 0;
  if (!several) return judge(planned, evidence);
  const auto one_error = [&](const Error& error) {
    return judge_scopes(planned, evidence, [&](ScopeCase& scope) { fail_with(scope.result, error); });
  };
  const Result<std::size_t> label = label_of(planned, *evidence.table);
  if (!label) return one_error(label.error());
  const Result<std::shared_ptr<LabelEvidence>>& alone = evidence.cache->of_label(*label, evidence.plan);
  if (!alone) return one_error(alone.error());
  PlannedCheck binary = planned;
  binary.klass.clear();  // the label is the positive class of its own table
  std::vector<CheckResult> results =
      judge(binary, {evidence.plan, &(*alone)->table, evidence.samples, (*alone)->cache.get()});
  for (CheckResult& result : results) result.planned = planned;
  return results;
}

}  // namespace modelgate
