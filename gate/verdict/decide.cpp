// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gate/verdict/budget.hpp"
#include "gate/verdict/waive.hpp"
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
      if (result.reason == Reason::reuse_exhausted) return result.reason;
      if (std::ranges::any_of(result.parts, [](const Part& part) { return part.discordant_needed.has_value(); }))
        return Reason::too_few_events;
      return result.reason == Reason::none ? Reason::straddles_limit : result.reason;
    case Outcome::not_assessable: return result.reason == Reason::none ? Reason::undefined : result.reason;
    case Outcome::error: return result.reason == Reason::none ? Reason::internal : result.reason;
  }
  return Reason::internal;
}

bool inconclusive_blocks(const CheckResult& result) {
  // "Harm is excluded" would be said by the very rows that no longer say anything.
  if (result.reason == Reason::reuse_exhausted) return result.planned.on_inconclusive != OnInconclusive::warn;
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

/// More rows could still decide it.
bool is_open(Outcome outcome) { return outcome == Outcome::inconclusive || outcome == Outcome::not_assessable; }

/// Something must have been judged: a gate whose every check was left out, had nothing to look at or only used-up
/// golden rows decides nothing, whoever waives it.
bool nothing_judged(const std::vector<CheckResult>& checks) {
  return std::ranges::all_of(checks, [](const CheckResult& check) {
    const Outcome outcome = check.waiver ? check.waiver->instead_of : check.outcome;
    const bool used_up = outcome == Outcome::inconclusive && check.reason == Reason::reuse_exhausted;
    return outcome == Outcome::not_selected || outcome == Outcome::not_assessable || used_up;
  });
}

/// Reuse threatens false passes, not false fails: what is proven against the candidate stays, nothing speaks for it.
void spend_reuse(std::vector<CheckResult>& results, const Reuse& reuse) {
  if (!reuse.exhausted()) return;
  for (CheckResult& result : results) {
    if (!is_of_rows(result.planned.family) || result.outcome == Outcome::error || result.parts.empty()) continue;
    for (Part& part : result.parts) part.passes = part.hard_margin_excluded = false;
    result.reason = Reason::reuse_exhausted;
    result.detail = reuse.sentence;
  }
}

/// What a reader must know before any number.
std::string foreword_for(const Plan& plan, const Verdict& verdict) {
  if (std::ranges::any_of(verdict.checks,
                          [](const CheckResult& one) { return one.reason == Reason::identical_models; }))
    return "Nothing to compare: the candidate is the same file as production. ";
  const bool first = plan.model(Role::production).source == ModelSource::absent &&
                     plan.model(Role::candidate).source != ModelSource::absent;
  if (!first) return {};
  const std::string terms = plan.first_release_terms
                                ? fmt::format(" ({}, until {}: {})", plan.first_release_terms->owner,
                                              plan.first_release_terms->until, plan.first_release_terms->reason)
                                : std::string{};
  return fmt::format("First release{}: there is no production model, so that only absolute limits are judged. ", terms);
}

/// The slices that the check has on these rows; a few, for the one that was meant.
std::string slices_instead(const Verdict& verdict, const std::string& id) {
  constexpr std::size_t most = 5;
  std::string text;
  std::size_t listed = 0;
  for (const CheckResult& check : verdict.checks) {
    const bool sibling = !check.slice.empty() && id.starts_with(check.planned.base_id + ".");
    if (sibling && listed++ < most) text += (text.empty() ? "on these rows there are " : ", ") + check.id;
  }
  if (listed == 0) return "the reports list every id";
  return listed > most ? text + fmt::format(" and {} more", listed - most) : text;
}

/// A waiver nobody can have meant must not stand there as if it were in force.
void refuse_strays(Verdict& verdict, const WaiverNotes& notes, const WaiverBook& book) {
  std::string text;
  for (const Waiver* stray : notes.strays)
    text += fmt::format("{}{}:{}: no check has the id {}; {}.", text.empty() ? "" : " ", book.file, stray->line,
                        stray->check, slices_instead(verdict, stray->check));
  if (!text.empty()) spoil(verdict, {ErrorKind::data, Reason::data_invalid, text});
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

Verdict decide(const Plan& plan, std::vector<CheckResult> results, std::vector<NotJudged> not_judged,
               const Circumstances& circumstances) {
  spend_reuse(results, circumstances.reuse);
  const std::vector<bool> fails = spend_error_budget(results, circumstances.reuse.fail_level);
  for (std::size_t i = 0; i < results.size(); ++i) {
    CheckResult& result = results[i];
    result.outcome = outcome_of(result, fails[i]);
    result.reason = reason_of(result);
    result.blocking = blocks(result);
    result.message = message_for(result);
    if (!is_open(result.outcome)) result.rows_needed.reset();
  }
  const WaiverNotes notes = apply_waivers(results, not_judged, circumstances.waivers);
  Verdict verdict;
  verdict.checks = std::move(results);
  verdict.not_judged = std::move(not_judged);
  verdict.warnings = plan.warnings;
  verdict.warnings.insert(verdict.warnings.end(), notes.warnings.begin(), notes.warnings.end());
  verdict.reuse = circumstances.reuse;
  settle(verdict);
  verdict.headline = foreword_for(plan, verdict) + verdict.headline;
  refuse_strays(verdict, notes, circumstances.waivers);
  return verdict;
}

void spoil(Verdict& verdict, const Error& error) {
  if (verdict.kind != VerdictKind::pass) {
    verdict.warnings.push_back(error.message);
    return;
  }
  verdict.kind = VerdictKind::error;
  verdict.exit_code = exit_code_of(error);
  verdict.headline = error.message;
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
  verdict.reuse = unused(plan);
  verdict.kind = VerdictKind::error;
  verdict.exit_code = exit_code_of(error);
  verdict.headline = error.message;
  return verdict;
}

Reuse unused(const Plan& plan) {
  Reuse reuse;
  if (!plan.ledger) return reuse;
  reuse.status = Reuse::Status::not_judged;
  reuse.ledger = plan.ledger->written;
  reuse.sentence = "No golden row was judged; the ledger " + reuse.ledger + " stays as it is.";
  return reuse;
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
