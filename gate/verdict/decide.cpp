// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/decide.hpp"

#include <algorithm>
#include <utility>

#include "gate/verdict/budget.hpp"
#include "gate/verdict/words.hpp"

namespace modelgate {
namespace {

/// By the table of outcomes: a proven fail first, then what the data cannot answer, then a proven pass.
Outcome outcome_of(const CheckResult& result, bool any_part_fails) {
  if (result.outcome == Outcome::error) return Outcome::error;
  if (!result.planned.selected) return Outcome::not_selected;
  if (any_part_fails) return Outcome::fail;
  if (result.outcome == Outcome::not_assessable || result.parts.empty()) return Outcome::not_assessable;
  const bool proven =
      std::ranges::all_of(result.parts, [](const Part& part) { return part.passes && !part.on_the_line; });
  return proven ? Outcome::pass : Outcome::inconclusive;
}

Reason reason_of(const CheckResult& result) {
  switch (result.outcome) {
    case Outcome::pass:
    case Outcome::fail:
    case Outcome::waived:
    case Outcome::not_selected: return Reason::none;
    case Outcome::inconclusive:
      if (std::ranges::any_of(result.parts, [](const Part& part) { return part.discordant_needed.has_value(); }))
        return Reason::too_few_events;
      return result.reason == Reason::none ? Reason::straddles_limit : result.reason;
    case Outcome::not_assessable: return result.reason == Reason::none ? Reason::undefined : result.reason;
    case Outcome::error: return result.reason == Reason::none ? Reason::internal : result.reason;
  }
  return Reason::internal;
}

bool inconclusive_blocks(const CheckResult& result) {
  switch (result.planned.on_inconclusive) {
    case OnInconclusive::block: return true;
    case OnInconclusive::warn: return false;
    case OnInconclusive::guard: return !std::ranges::all_of(result.parts, &Part::hard_margin_excluded);
  }
  return true;
}

bool blocks(const CheckResult& result) {
  if (result.outcome == Outcome::error) return true;
  if (result.planned.severity == Severity::warn) return false;
  switch (result.outcome) {
    case Outcome::fail: return true;
    case Outcome::inconclusive: return inconclusive_blocks(result);
    case Outcome::not_assessable: return result.planned.on_not_assessable == OnNotAssessable::block;
    default: return false;
  }
}

/// Something must have been judged: a gate whose every check was left out or had nothing to look at decides nothing.
bool nothing_judged(const std::vector<CheckResult>& checks) {
  return std::ranges::all_of(checks, [](const CheckResult& check) {
    return check.outcome == Outcome::not_selected || check.outcome == Outcome::not_assessable;
  });
}

void settle(Verdict& verdict) {
  const auto count = [&](auto matches) { return std::ranges::count_if(verdict.checks, matches); };
  const bool errors = count([](const CheckResult& c) { return c.outcome == Outcome::error; }) > 0;
  const bool blocked = count([](const CheckResult& c) { return c.blocking && c.outcome != Outcome::error; }) > 0;
  verdict.partial = count([](const CheckResult& c) { return c.outcome == Outcome::not_selected; }) > 0 ||
                    std::ranges::any_of(verdict.not_judged, &NotJudged::partial);
  if (blocked) {
    verdict.kind = VerdictKind::block;
    verdict.exit_code = ExitCode::block;
  } else if (errors || nothing_judged(verdict.checks)) {
    verdict.kind = VerdictKind::error;
    verdict.exit_code = ExitCode::error;
  } else {
    verdict.kind = VerdictKind::pass;
    verdict.exit_code = ExitCode::pass;
  }
  verdict.headline = headline_for(verdict);
}

CheckResult error_result(const PlannedCheck& planned, const Error& error) {
  CheckResult result;
  result.planned = planned;
  result.id = planned.base_id;
  if (planned.slice) {
    for (const std::string& column : planned.slice->columns) result.id += "." + column;  // the values are not known yet
  }
  result.outcome = Outcome::error;
  result.reason = error.reason;
  result.detail = error.message;
  return result;
}

}  // namespace

Verdict decide(const Plan& plan, std::vector<CheckResult> results, std::vector<NotJudged> not_judged) {
  const std::vector<bool> fails = spend_error_budget(results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    CheckResult& result = results[i];
    result.outcome = outcome_of(result, fails[i]);
    result.reason = reason_of(result);
    result.blocking = blocks(result);
    result.message = message_for(result);
  }
  Verdict verdict;
  verdict.checks = std::move(results);
  verdict.not_judged = std::move(not_judged);
  verdict.warnings = plan.warnings;
  settle(verdict);
  return verdict;
}

Verdict pessimistic_verdict(const Plan& plan) {
  return failed_verdict(plan,
                        Error{ErrorKind::internal, Reason::internal,
                              "The gate did not finish: it was killed, or the machine went away, before this check "
                              "was judged. Run it again."});
}

Verdict failed_verdict(const Plan& plan, const Error& error) {
  Verdict verdict;
  for (const PlannedCheck& planned : plan.checks) {
    CheckResult result = error_result(planned, error);
    result.message = message_for(result);
    verdict.checks.push_back(std::move(result));
  }
  verdict.warnings = plan.warnings;
  verdict.kind = VerdictKind::error;
  verdict.exit_code = exit_code_of(error);
  verdict.headline = error.message;
  return verdict;
}

ExitCode exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::usage: return ExitCode::usage;
    case ErrorKind::report: return ExitCode::report;
    case ErrorKind::data:
    case ErrorKind::model:
    case ErrorKind::internal: return ExitCode::error;
  }
  return ExitCode::error;
}

}  // namespace modelgate
