// SPDX-License-Identifier: Apache-2.0
#include "gate/report/report_sense.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/report/facts.hpp"

namespace modelgate {
namespace {

using Trouble = std::optional<JsonTrouble>;

/// A proven fail, and whatever the gate file says to block, blocks; guard may go either way.
bool must_block(const CheckResult& check) {
  if (check.outcome == Outcome::error) return true;
  if (check.planned.severity == Severity::warn) return false;
  if (check.outcome == Outcome::fail) return true;
  if (check.outcome == Outcome::inconclusive) return check.planned.on_inconclusive == OnInconclusive::block;
  return check.outcome == Outcome::not_assessable && check.planned.on_not_assessable == OnNotAssessable::block;
}

Trouble of_check(const CheckResult& check, std::size_t index) {
  const auto at = [&](std::string_view member, std::string what) {
    return JsonTrouble{fmt::format("/checks/{}/{}", index, member), std::move(what)};
  };
  const bool blocks = standing_of(check) == Standing::blocking;
  if (must_block(check) && !blocks)
    return at("blocking",
              fmt::format("is false, but {} blocks by this check's own policy", outcome_words(check.outcome)));
  if (check.blocking && !blocks)
    return at("blocking", fmt::format("is true, but {} never blocks", outcome_words(check.outcome)));
  if ((check.outcome == Outcome::waived) != check.waiver.has_value())
    return at("waiver", check.waiver ? "stands beside an outcome that is not waived" : "is null beside outcome waived");
  return std::nullopt;
}

bool is_judged(const CheckResult& check) {
  const Outcome outcome = check.waiver ? check.waiver->instead_of : check.outcome;
  return outcome != Outcome::not_selected && outcome != Outcome::not_assessable;
}

Trouble of_kind(const Verdict& verdict) {
  const auto count = [&](auto matches) { return std::ranges::count_if(verdict.checks, matches); };
  const auto blocking = count([](const CheckResult& one) { return standing_of(one) == Standing::blocking; });
  const auto errors = count([](const CheckResult& one) { return one.outcome == Outcome::error; });
  if (verdict.kind == VerdictKind::pass && blocking > 0)
    return JsonTrouble{"/verdict", fmt::format("is pass, but {} of its checks block", blocking)};
  if (verdict.kind == VerdictKind::pass && count(is_judged) == 0)
    return JsonTrouble{"/verdict", "is pass, but no check was judged"};
  if (verdict.kind == VerdictKind::block && blocking == errors)
    return JsonTrouble{"/verdict", "is block, but none of its checks blocks"};
  return std::nullopt;
}

Trouble of_exit_code(const Verdict& verdict) {
  const bool fits = verdict.kind == VerdictKind::pass    ? verdict.exit_code == ExitCode::pass
                    : verdict.kind == VerdictKind::block ? verdict.exit_code == ExitCode::block
                                                         : verdict.exit_code > ExitCode::block;
  if (fits) return std::nullopt;
  return JsonTrouble{"/exit_code", fmt::format("is {}, which verdict {} does not give",
                                               static_cast<int>(verdict.exit_code), to_string(verdict.kind))};
}

Trouble of_scope(const Verdict& verdict) {
  const bool left_out =
      std::ranges::any_of(verdict.not_judged, &NotJudged::partial) ||
      std::ranges::any_of(verdict.checks, [](const CheckResult& one) { return one.outcome == Outcome::not_selected; });
  if (verdict.partial || !left_out) return std::nullopt;
  return JsonTrouble{"/scope", "is full, but checks were left out"};
}

}  // namespace

std::optional<JsonTrouble> contradiction_in(const Verdict& verdict) {
  for (std::size_t i = 0; i < verdict.checks.size(); ++i)
    if (auto trouble = of_check(verdict.checks[i], i)) return trouble;
  if (auto trouble = of_kind(verdict)) return trouble;
  if (auto trouble = of_exit_code(verdict)) return trouble;
  return of_scope(verdict);
}

}  // namespace modelgate
