// SPDX-License-Identifier: Apache-2.0
#include "gate/report/findings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/report/facts.hpp"

namespace modelgate {
namespace {

std::string cause_of(const CheckResult& result) {
  if (result.outcome == Outcome::error) return result.message;
  if (result.outcome != Outcome::not_assessable) return {};
  return result.detail.empty() ? result.message : result.detail;
}

}  // namespace

std::vector<Finding> findings_of(const std::vector<const CheckResult*>& results) {
  std::vector<Finding> findings;
  for (const CheckResult* result : results) {
    const std::string cause = cause_of(*result);
    const auto same = std::ranges::find_if(
        findings, [&](const Finding& f) { return !cause.empty() && f.outcome == result->outcome && f.cause == cause; });
    if (same == findings.end()) {
      findings.push_back({result->outcome, cause, result->message, {result}});
      continue;
    }
    same->results.push_back(result);
    if (same->message != result->message) same->message = cause;  // the message names the metric, the cause does not
  }
  return findings;
}

std::string title_of(const Finding& finding) {
  return finding.results.size() == 1 ? title_of(*finding.results.front())
                                     : fmt::format("{} checks, one cause", finding.results.size());
}

}  // namespace modelgate
