// SPDX-License-Identifier: Apache-2.0
#include "checks/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "checks/cache.hpp"
#include "checks/judge.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

std::vector<CheckResult> one_error(const PlannedCheck& planned, std::string message) {
  std::vector<CheckResult> results{blank_result(planned)};
  fail_with(results.front(), {ErrorKind::internal, Reason::internal, std::move(message)});
  return results;
}

std::vector<CheckResult> evaluate(const PlannedCheck& planned, const Evidence& evidence) {
  const RegisteredCheck* check = find_check(planned.family, planned.metric);
  if (check == nullptr)
    return one_error(planned, fmt::format("There is no check {} of {}.", planned.metric, to_string(planned.family)));
  try {
    return check->evaluate(planned, evidence);
  } catch (const std::exception& exception) {  // memory at worst: one check is lost, not the gate
    return one_error(planned, fmt::format("The check could not be evaluated: {}.", exception.what()));
  }
}

/// What was left out must not turn the run into an error.
void soften_unselected(std::vector<CheckResult>& results) {
  for (CheckResult& result : results) {
    if (result.planned.selected || result.outcome != Outcome::error) continue;
    result.outcome = Outcome::not_assessable;
    result.parts.clear();
  }
}

std::vector<CheckResult> timed_evaluate(const PlannedCheck& planned, const Evidence& evidence) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::vector<CheckResult> results = evaluate(planned, evidence);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (CheckResult& result : results) result.seconds = seconds / static_cast<double>(results.size());
  soften_unselected(results);
  return results;
}

}  // namespace

std::vector<CheckResult> evaluate_all(const Plan& plan, const Evidence& evidence, unsigned threads) {
  std::unique_ptr<EvidenceCache> own;
  if (evidence.cache == nullptr) own = make_cache(evidence.table, plan);
  const Evidence complete{evidence.plan, evidence.table, evidence.samples,
                          evidence.cache != nullptr ? evidence.cache : own.get()};
  std::vector<std::vector<CheckResult>> by_check(plan.checks.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t at = next++; at < plan.checks.size(); at = next++)
      by_check[at] = timed_evaluate(plan.checks[at], complete);
  };
  {
    std::vector<std::jthread> workers;
    const std::size_t helpers = std::min<std::size_t>(std::max(1U, threads), plan.checks.size());
    for (std::size_t i = 1; i < helpers; ++i) workers.emplace_back(work);
    work();
  }
  std::vector<CheckResult> results;
  for (std::vector<CheckResult>& some : by_check) std::ranges::move(some, std::back_inserter(results));
  return results;
}

}  // namespace modelgate
