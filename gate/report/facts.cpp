// SPDX-License-Identifier: Apache-2.0
#include "gate/report/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/measured.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/paragraph.hpp"
#include "gate/core/policy.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// 0.05 → "5%", 0.025 → "2.5%".
std::string share_text(double share) {
  std::string text = fixed_text(100.0 * share, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

std::string delta_text(const CheckResult& result, double value) {
  if (!is_timing_ratio(result)) return difference_text(value, unit_of(result));
  return (value > 0 && std::isfinite(value) ? "+" : "") + fixed_text(100.0 * value, 1) + "%";
}

std::string text_of(const std::optional<double>& value, const CheckResult& result) {
  return value ? value_text(*value, unit_of(result)) : std::string{};
}

template <class Text>
std::string interval_text(const std::optional<Interval>& interval, Text text) {
  if (!interval) return {};
  const auto end = [&](double value) { return std::isfinite(value) ? text(value) : std::string{"unbounded"}; };
  return fmt::format("[{}, {}]", end(interval->low), end(interval->high));
}

bool more_is_better(const CheckResult& result) {
  return result.planned.spec == nullptr || result.planned.spec->direction == Direction::higher_is_better;
}

/// The sign of the side of no difference on which a margin against production lies.
double margin_sign(const CheckResult& result) {
  return more_is_better(result) == (result.planned.limit.word == LimitWord::max_regression) ? -1.0 : 1.0;
}

/// The margin in the metric's unit, nothing where production left it unknown.
std::optional<double> resolved_margin(const CheckResult& result) {
  return result.margin && std::isfinite(*result.margin) ? result.margin : std::nullopt;
}

/// The limit as a signed difference: the margin with the sign of the side on which harm lies.
std::string margin_text(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  const std::optional<double> resolved = resolved_margin(result);
  const double sign = margin_sign(result);
  const std::string_view compare = more_is_better(result) ? "≥ " : "≤ ";
  if (limit.relative && (is_timing_ratio(result) || !resolved))
    return fmt::format("{}{}{}", compare, sign < 0 ? "-" : "+", share_text(limit.value));
  const double margin = sign * std::abs(resolved.value_or(limit.value));
  return fmt::format("{}{}", compare, difference_text(margin, unit_of(result)));
}

std::string limit_text(const CheckResult& result) {
  if (is_relative(result.planned.limit.word)) return margin_text(result);
  const std::string_view compare = result.planned.limit.word == LimitWord::min ? "≥ " : "≤ ";
  return fmt::format("{}{}", compare, value_text(result.planned.limit.value, unit_of(result)));
}

std::string limit_note(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  return limit.relative && !is_timing_ratio(result) ? share_text(limit.value) + " of production" : std::string{};
}

std::string check_text(const CheckResult& result) {
  std::string text = clean_line(result.planned.metric);
  if (text.empty()) text = clean_line(result.id);
  if (result.planned.family == Family::determinism) text += ", asked again";  // parity has a metric of this name
  if (!result.planned.klass.empty()) text += " of class " + clean_line(result.planned.klass);
  const CheckSpec* spec = result.planned.spec;
  const bool of_requests = spec == nullptr || spec->scope == 0 || has(spec->scope, ScopeKey::batch);
  if (is_measured(result.planned.family) && of_requests && result.planned.shape.batch != 1)
    text += fmt::format(", batch {}", result.planned.shape.batch);
  return text;
}

std::string scope_text(const CheckResult& result) {
  std::string text;
  for (const auto& [column, value] : result.slice) {
    if (!text.empty()) text += ", ";
    text += clean_line(column) + "=" + clean_line(value);
  }
  if (!text.empty()) return text;
  if (result.planned.attribute) return "by " + clean_line(result.planned.attribute->text());
  return result.planned.slice ? "by " + clean_line(result.planned.slice->text()) : std::string{};
}

/// A p-value that is never shown as 0: "< 0.0001".
std::string p_text(double p) { return p < 0.0001 ? "below 0.0001" : fixed_text(p, 4); }

}  // namespace

Unit unit_of(const CheckResult& result) {
  return result.planned.spec == nullptr ? Unit::rate : result.planned.spec->unit;
}

bool is_timing_ratio(const CheckResult& result) { return compared_as_ratio(result.planned); }

bool is_of_rounds(const CheckResult& result) {
  return is_measured(result.planned.family) && !is_exact_method(result.method);
}

Standing standing_of(const CheckResult& result) {
  switch (result.outcome) {
    case Outcome::pass: return Standing::passed;
    case Outcome::waived: return Standing::waived;
    case Outcome::not_selected: return Standing::left_out;
    case Outcome::error: return Standing::blocking;
    case Outcome::fail:
    case Outcome::inconclusive:
    case Outcome::not_assessable: return result.blocking ? Standing::blocking : Standing::warning;
  }
  return Standing::blocking;
}

std::vector<const CheckResult*> with_standing(const Verdict& verdict, Standing standing) {
  std::vector<const CheckResult*> found;
  for (const CheckResult& result : verdict.checks)
    if (standing_of(result) == standing) found.push_back(&result);
  return found;
}

Facts facts_of(const CheckResult& result) {
  Facts facts;
  facts.check = check_text(result);
  facts.scope = scope_text(result);
  facts.candidate = text_of(result.candidate.value, result);
  facts.production = text_of(result.production.value, result);
  if (is_relative(result.planned.limit.word)) {
    if (result.difference.value) facts.difference = delta_text(result, *result.difference.value);
    facts.interval = interval_text(result.difference.interval, [&](double v) { return delta_text(result, v); });
  } else {
    facts.interval = interval_text(result.candidate.interval, [&](double v) { return value_text(v, unit_of(result)); });
  }
  facts.limit = limit_text(result);
  facts.limit_note = limit_note(result);
  return facts;
}

std::optional<double> limit_position(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  std::optional<double> at = limit.value;
  if (is_relative(result.planned.limit.word)) {
    const std::optional<double> resolved = is_timing_ratio(result) ? std::nullopt : resolved_margin(result);
    if (limit.relative && !resolved && !is_timing_ratio(result)) return std::nullopt;
    at = margin_sign(result) * std::abs(resolved.value_or(limit.value));
  }
  return std::isfinite(*at) ? at : std::nullopt;
}

std::string title_of(const CheckResult& result) {
  std::string title = check_text(result);
  const std::string scope = scope_text(result);
  if (!scope.empty()) title += (scope.starts_with("by ") ? " " : ", ") + scope;
  return title;
}

std::string numbers_sentence(const CheckResult& result) {
  const Facts facts = facts_of(result);
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  };
  const bool has_difference = !facts.difference.empty();
  add("candidate", facts.candidate);
  if (!has_difference && !facts.candidate.empty() && !facts.interval.empty()) text += " " + facts.interval;
  add("production", facts.production);
  add("difference", has_difference ? facts.difference + " " + facts.interval : std::string{});
  add("limit", facts.limit + (facts.limit_note.empty() ? "" : " (" + facts.limit_note + ")"));
  return text;
}

std::string evidence_sentence(const CheckResult& result) {
  std::string text = count_text(result.rows) + (result.rows == 1 ? " row" : " rows");
  if (result.method == exact_method) return std::string(exact_method);
  if (result.method == exact_rows_method) return fmt::format("{}, {}", text, exact_rows_method);
  if (is_of_rounds(result)) text = count_text(result.rows) + (result.rows == 1 ? " round" : " rounds");
  if (result.latency)
    text = fmt::format("{} requests in {} rounds", count_text(result.latency->requests), result.latency->rounds);
  if (result.units && *result.units != result.rows) text += fmt::format(" in {} units", count_text(*result.units));
  if (result.kish) text += fmt::format(" (weighing as much as {:.0f})", std::floor(*result.kish));
  if (!result.method.empty()) text += ", " + clean_line(result.method);
  text += fmt::format(", {} one-sided confidence", share_text(result.planned.confidence));
  if (!result.parts.empty())
    text += fmt::format(", p {}, adjusted {}", p_text(smallest_p(result)), p_text(smallest_adjusted_p(result)));
  return text;
}

std::string outcome_words(Outcome outcome) {
  std::string text(to_string(outcome));
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::optional<BlockChance> block_chance_of(const Report& report) {
  if (report.plan.dataset.population == Population::fixed) return std::nullopt;
  return report.verdict.block_chance;
}

std::string declared_place(const Plan& plan, const std::string& file, int line) {
  constexpr std::size_t longest = line_cap - 20;
  const std::string declaring = clean_line(file.empty() ? plan.gate_file : file, longest);
  return declaring.empty() || line <= 0 ? std::string{} : fmt::format("{}:{}", declaring, line);
}

std::string override_text(const Override& one) { return clean_line(one.key) + "=" + clean_line(one.value); }

std::string reuse_sentence(const Verdict& verdict) {
  if (!verdict.reuse.sentence.empty()) return verdict.reuse.sentence;
  return "Reuse of the golden rows is unknown: the gate file names no ledger; error rates hold for one look.";
}

std::string in_full(const CheckResult& result) {
  if (result.outcome != Outcome::error) return {};
  const std::string clean = clean_text(result.detail);  // first: what it drops may have stood between two line ends
  return std::string(after_first_paragraph(clean));
}

std::string flips_sentence(const CheckResult& result) {
  if (!result.flips || result.flips->rows == 0 || result.flips->right_to_wrong == 0) return {};
  const auto share = [](std::size_t count, std::size_t rows) {
    return fmt::format("{} of {} rows ({}%)", count_text(count), count_text(rows),
                       fixed_text(100.0 * static_cast<double>(count) / static_cast<double>(rows), 1));
  };
  std::string text = "Right to wrong: " + share(result.flips->right_to_wrong, result.flips->rows);
  std::string_view lead = "; most of all ";
  for (const FlipSlice& slice : result.flips->slices) {
    if (slice.rows == 0) continue;
    text += fmt::format("{}{}={}: {}", lead, clean_line(slice.column), clean_line(slice.value),
                        share(slice.right_to_wrong, slice.rows));
    lead = ", ";
  }
  return text + ".";
}

std::string counts_sentence(const Verdict& verdict) {
  const auto number = [&](Standing standing) { return with_standing(verdict, standing).size(); };
  const std::size_t waived = number(Standing::waived);
  return fmt::format("{} block, {} warn, {}{} pass", number(Standing::blocking), number(Standing::warning),
                     waived > 0 ? fmt::format("{} waived, ", waived) : "", number(Standing::passed));
}

std::string population_note(const Plan& plan) {
  return plan.dataset.population == Population::fixed ? "holds for these rows only: population: fixed" : "";
}

bool is_partial(const Verdict& verdict) {
  return verdict.partial || verdict.exit_code == ExitCode::usage ||
         std::ranges::all_of(verdict.checks,
                             [](const CheckResult& one) { return one.outcome == Outcome::not_selected; });
}

std::string block_chance_sentence(const Report& report) {
  const Verdict& verdict = report.verdict;
  const std::optional<BlockChance> chance = block_chance_of(report);
  if (!chance) return {};
  const auto& [probability, assumption] = *chance;
  const auto tells = [&](const std::string& warning) { return !assumption.empty() && warning.contains(assumption); };
  if (std::ranges::any_of(verdict.warnings, tells)) return {};
  const std::string share =
      std::isfinite(probability) && probability < 0.0005 ? "under 0.1" : fixed_text(100.0 * probability, 1);
  std::string text = fmt::format("An equal model would be blocked in {}% of runs", share);
  if (!assumption.empty()) text += ": " + assumption;
  return text.ends_with('.') ? text : text + ".";
}

std::string_view exit_meaning(ExitCode code) {
  switch (code) {
    case ExitCode::pass: return "every check allows the deployment";
    case ExitCode::block: return "a check blocks the deployment; retrying does not help";
    case ExitCode::usage: return "the command line or the gate file is wrong; nothing was judged";
    case ExitCode::error: return "something could not be evaluated; the deployment is blocked";
    case ExitCode::report: return "a report could not be written; the deployment is blocked";
    case ExitCode::sigint:
    case ExitCode::sigterm: return "the run was cancelled; the deployment is blocked";
  }
  return "unknown; the deployment is blocked";
}

double smallest_p(const CheckResult& result) {
  return result.parts.empty() ? 1.0 : std::ranges::min(result.parts, {}, &Part::p_fail).p_fail;
}

double smallest_adjusted_p(const CheckResult& result) {
  return result.parts.empty() ? 1.0 : std::ranges::min(result.parts, {}, &Part::p_adjusted).p_adjusted;
}

}  // namespace modelgate
