// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>

#include "gate/core/measured.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/paragraph.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

Unit unit_of(const CheckResult& result) {
  return result.planned.spec == nullptr ? Unit::plain : result.planned.spec->unit;
}

bool is_relative(const CheckResult& result) { return modelgate::is_relative(result.planned.limit.word); }

bool is_share(const CheckResult& result) { return compared_as_ratio(result.planned); }

std::string value(const CheckResult& result, double number) { return value_text(number, unit_of(result)); }

std::string difference(const CheckResult& result, double number) {
  return is_share(result) ? fmt::format("{}{}%", number > 0 ? "+" : "", fixed_text(100 * number, 1))
                          : difference_text(number, unit_of(result));
}

std::string interval(const CheckResult& result, const Interval& bounds, bool as_difference) {
  const auto text = [&](double end) { return as_difference ? difference(result, end) : value(result, end); };
  return fmt::format("[{}, {}]", text(bounds.low), text(bounds.high));
}

/// "allowed 0.0200", "1% of production", "required 0.8500".
std::string limit_text(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  std::string resolved = limit.relative && !is_share(result) && result.margin
                             ? fmt::format("{} ({} of production)", value(result, *result.margin), limit.text)
                             : (limit.relative ? limit.text : value(result, limit.value));
  switch (limit.word) {
    case LimitWord::min: return "the required " + resolved;
    case LimitWord::max: return "the allowed " + resolved;
    case LimitWord::max_regression: return "the allowed regression of " + resolved;
    case LimitWord::min_improvement: return "the required improvement of " + resolved;
  }
  return resolved;
}

/// The group, or pair and rate, whose numbers are shown, else nothing.
std::string where(const CheckResult& result) {
  return result.shown.empty() ? std::string{} : fmt::format(" ({})", result.shown);
}

/// The parts that are proven to fail, where there are several to tell apart.
std::string proven_for(const CheckResult& result) {
  std::string names;
  std::size_t unnamed = 0;
  constexpr std::size_t most_names = 200;  // bytes; an attribute may have hundreds of pairs
  for (const Part& part : result.parts) {
    if (!part.fails || part.label.empty()) continue;
    if (names.size() < most_names)
      names += (names.empty() ? "" : "; ") + part.label;
    else
      ++unnamed;
  }
  if (names.empty() || (names == result.shown && unnamed == 0)) return {};
  return fmt::format(" Proven for {}{}.", names, unnamed == 0 ? "" : fmt::format(" and {} more", unnamed));
}

/// "recall 0.8810 against production's 0.9120 (−0.0310, interval […])", or "recall 0.8610, interval […]".
std::string what_is_known(const CheckResult& result) {
  std::string text = result.planned.metric;
  if (!result.planned.klass.empty()) text += " of class " + result.planned.klass;
  if (!is_relative(result)) {
    if (result.candidate.value) text += " " + value(result, *result.candidate.value);
    text += where(result);
    if (result.candidate.interval) text += ", interval " + interval(result, *result.candidate.interval, false);
    return text;
  }
  if (result.candidate.value && result.production.value)
    text += fmt::format(" {} against production's {}", value(result, *result.candidate.value),
                        value(result, *result.production.value));
  text += where(result);
  if (result.difference.value) text += ", " + difference(result, *result.difference.value);
  if (result.difference.interval) text += ", interval " + interval(result, *result.difference.interval, true);
  return text;
}

/// The rows, requests or queries that the judgement rests on.
std::string evidence(const CheckResult& result) {
  if (is_measured(result.planned.family)) return fmt::format("{} rounds", count_text(result.rows));
  std::string text = fmt::format("{} rows", count_text(result.rows));
  if (result.units && *result.units != result.rows) text += fmt::format(" in {} units", count_text(*result.units));
  if (result.kish) text += fmt::format(" (weighing as much as {:.0f})", std::floor(*result.kish));
  return text;
}

std::string more_would_decide(const CheckResult& result) {
  if (!result.rows_needed) return {};
  if (is_measured(result.planned.family))
    return fmt::format("; about {} s more would decide", count_text(*result.rows_needed));
  if (*result.rows_needed <= result.rows) return {};
  return fmt::format("; about {} more would decide", count_text(*result.rows_needed - result.rows));
}

/// The end of the interval that the rows cannot rule out, on the bad side of the limit.
std::string open_end(const CheckResult& result) {
  const bool higher = result.planned.spec == nullptr || result.planned.spec->direction == Direction::higher_is_better;
  if (is_relative(result)) {
    if (!result.difference.interval) return "the other side of the limit";
    return difference(result, higher ? result.difference.interval->low : result.difference.interval->high);
  }
  if (!result.candidate.interval) return "the other side of the limit";
  return value(result, result.planned.limit.word == LimitWord::min ? result.candidate.interval->low
                                                                   : result.candidate.interval->high);
}

/// "at least the required 0.85" reads as it is meant for a minimum, and "within" for everything that may not be
/// exceeded.
std::string verdict_words(const CheckResult& result, bool good) {
  if (result.planned.limit.word == LimitWord::min) return good ? "at least " : "below ";
  if (result.planned.limit.word == LimitWord::min_improvement) return good ? "reaches " : "misses ";
  return good ? "within " : "beyond ";
}

/// Worse than allowed by its own interval, and yet no fail: too few rows that can speak, or the price of many tests.
std::string withheld_text(const CheckResult& result, const Part& part) {
  const std::string known = what_is_known(result) + ": " + verdict_words(result, false) + limit_text(result) + ", ";
  if (part.discordant_needed)
    return known + fmt::format("but the models disagree on only {:.0f} of the {:.0f} rows that a fail needs.",
                               part.discordant.value_or(0), *part.discordant_needed);
  return known + fmt::format("but not proven after the correction for the whole gate (p {}, adjusted {}).",
                             fixed_text(part.p_fail, 4), fixed_text(part.p_adjusted, 4));
}

/// The part that its own test alone would have failed, if any.
const Part* withheld(const CheckResult& result) {
  const double alpha = 1 - result.planned.confidence;
  const auto hit = std::ranges::find_if(result.parts, [&](const Part& part) {
    return !part.on_the_line && (part.discordant_needed || part.p_fail <= alpha);
  });
  return hit == result.parts.end() || is_measured(result.planned.family) ? nullptr : &*hit;
}

std::string inconclusive_text(const CheckResult& result) {
  if (result.reason == Reason::reuse_exhausted) return what_is_known(result) + ": no longer evidence.";
  if (const Part* part = withheld(result)) return withheld_text(result, *part);
  return fmt::format("{}: {} cannot rule out {} against {}{}.", what_is_known(result), evidence(result),
                     open_end(result), limit_text(result), more_would_decide(result));
}

std::string with_detail(const std::string& text, const CheckResult& result) {
  return result.detail.empty() ? text : text + " " + result.detail;
}

/// Load server, and the candidate is not shown to keep up with the rate: then its times are those of a queue that
/// grows, whatever side of the limit they are on.
bool unserved(const CheckResult& result) {
  if (result.planned.family != Family::latency || result.detail.empty()) return false;
  if (!result.latency || result.latency->shape.load != Load::server) return false;
  const std::optional<Interval>& share = result.latency->candidate.utilisation.interval;
  return !share || share->high >= 1.0 || !result.candidate.interval;
}

std::string unserved_text(const CheckResult& result) {
  const bool beyond =
      result.outcome == Outcome::fail && result.candidate.value.value_or(0) > result.planned.limit.value;
  return fmt::format("{} {}{} {}.", result.detail, what_is_known(result), beyond ? ": beyond" : ", against",
                     limit_text(result));
}

}  // namespace

std::string message_for(const CheckResult& result) {
  switch (result.outcome) {
    case Outcome::pass:
      return with_detail(what_is_known(result) + ": " + verdict_words(result, true) + limit_text(result) + ".", result);
    case Outcome::fail:
      if (unserved(result)) return unserved_text(result);
      return with_detail(
          what_is_known(result) + ": " + verdict_words(result, false) + limit_text(result) + "." + proven_for(result),
          result);
    case Outcome::inconclusive:
      if (result.reason != Reason::reuse_exhausted && unserved(result)) return unserved_text(result);
      return with_detail(inconclusive_text(result), result);
    case Outcome::not_assessable: return with_detail(result.planned.metric + " cannot be judged.", result);
    case Outcome::error:
      return result.detail.empty() ? "The check could not be evaluated." : std::string(first_paragraph(result.detail));
    case Outcome::waived: return with_detail("Waived.", result);
    case Outcome::not_selected: return "Left out by --only.";
  }
  return {};
}

std::string headline_for(const Verdict& verdict) {
  const auto blocking = [](const CheckResult& check) { return check.blocking; };
  const auto count = std::ranges::count_if(verdict.checks, blocking);
  if (verdict.kind == VerdictKind::pass) {
    const auto judged = std::ranges::count_if(
        verdict.checks, [](const CheckResult& check) { return check.outcome != Outcome::not_selected; });
    const auto warned = std::ranges::count_if(verdict.checks, [](const CheckResult& check) {
      return check.outcome != Outcome::pass && check.outcome != Outcome::not_selected &&
             check.outcome != Outcome::waived;
    });
    const auto waived = std::ranges::count(verdict.checks, Outcome::waived, &CheckResult::outcome);
    std::string text = fmt::format("{} of {} checks passed", judged - warned - waived, judged);
    if (warned > 0) text += fmt::format("; {} did not, and their policy lets them", warned);
    return text + (waived > 0 ? fmt::format("; {} waived.", waived) : ".");
  }
  if (count == 0) return "No check was judged, so nothing is known about the candidate.";
  const auto first = std::ranges::find_if(verdict.checks, [&](const CheckResult& check) {
    return check.blocking && (verdict.kind == VerdictKind::error || check.outcome != Outcome::error);
  });
  if (verdict.kind == VerdictKind::block)
    return fmt::format("{} of {} checks block, first {}.", count, verdict.checks.size(), first->id);
  return fmt::format("{} of {} checks could not be evaluated, first {}: {}", count, verdict.checks.size(), first->id,
                     first->message.substr(0, first->message.find('\n')));
}

}  // namespace modelgate
