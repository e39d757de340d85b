// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/waive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

/// From this many days before its end a waiver in force is warned of.
constexpr int days_of_warning = 14;

bool higher_is_better(const CheckResult& result) {
  return result.planned.spec == nullptr || result.planned.spec->direction == Direction::higher_is_better;
}

std::string value(const CheckResult& result, double number) {
  return value_text(number, result.planned.spec == nullptr ? Unit::plain : result.planned.spec->unit);
}

/// "line 3 of waivers.yaml".
std::string place_of(const Waiver& waiver, const WaiverBook& book) {
  return fmt::format("{}:{}", book.file, waiver.line);
}

/// What a sentence can be built on: the reason as written, with one full stop.
std::string sentence(std::string text) {
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return text + ".";
}

/// The candidate's values that `worst` bounds: the one judged, and those of all groups that a relative limit compares.
std::vector<double> bounded_values(const CheckResult& result) {
  std::vector<double> values;
  if (result.candidate.value) values.push_back(*result.candidate.value);
  if (!result.planned.attribute || !is_relative(result.planned.limit.word)) return values;
  for (const GroupRate& group : result.groups) {
    if (group.assessable && group.candidate.value && group.rate == result.planned.metric)
      values.push_back(*group.candidate.value);
  }
  return values;
}

/// Why the waiver does not cover what was measured; empty where it does.
std::string uncovered(const CheckResult& result, const Waiver& waiver) {
  const std::vector<double> values = bounded_values(result);
  if (values.empty() != waiver.worst.has_value()) {
    if (!waiver.worst) return {};
    for (const double one : values) {
      const bool tolerated = higher_is_better(result) ? one >= *waiver.worst : one <= *waiver.worst;
      if (!tolerated)
        return fmt::format("{} is worse than the {} that it tolerates", value(result, one),
                           value(result, *waiver.worst));
    }
    return {};
  }
  return values.empty() ? "there is no value to hold against its worst; a waiver without worst covers that"
                        : "without worst it covers only a result that has no value";
}

bool coverable(Outcome outcome) {
  return outcome == Outcome::fail || outcome == Outcome::inconclusive || outcome == Outcome::not_assessable;
}

void waive(CheckResult& result, const Waiver& waiver) {
  result.waiver = WaiverInForce{waiver, result.outcome};
  result.outcome = Outcome::waived;
  result.blocking = false;
  const std::string bound = waiver.worst ? ", no worse than " + value(result, *waiver.worst) : std::string{};
  result.message = fmt::format("Waived by {} until {}{}: {} {}", waiver.owner, date_text(waiver.until), bound,
                               sentence(waiver.reason), result.message);
}

class Applying {
 public:
  explicit Applying(const WaiverBook& book) : book_(book) {}

  void apply(CheckResult& result, const Waiver& waiver) {
    if (result.outcome == Outcome::not_selected) return;
    const bool expired = waiver.until < book_.today;
    if (result.outcome == Outcome::error) {
      result.message += " A waiver covers no error.";
    } else if (!result.blocking) {
      not_needed(result, waiver, expired);
    } else if (expired) {
      result.message += fmt::format(" Its waiver by {} expired on {}.", waiver.owner, date_text(waiver.until));
      warn(waiver, fmt::format("expired on {}, so that the check blocks again", date_text(waiver.until)));
    } else if (coverable(result.outcome)) {
      cover(result, waiver);
    }
  }

  void warn(const Waiver& waiver, const std::string& what) {
    notes.warnings.push_back(
        fmt::format("The waiver of {} ({}, owner {}) {}.", waiver.check, place_of(waiver, book_), waiver.owner, what));
  }

  WaiverNotes notes;

 private:
  void not_needed(const CheckResult& result, const Waiver& waiver, bool expired) {
    const std::string why = result.outcome == Outcome::pass ? "the check passes" : "the check does not block anyway";
    warn(waiver, fmt::format("is not needed: {}{}; remove it", why, expired ? ", and it has expired" : ""));
  }

  void cover(CheckResult& result, const Waiver& waiver) {
    if (const std::string why = uncovered(result, waiver); !why.empty()) {
      result.message += fmt::format(" Not waived ({}): {}.", place_of(waiver, book_), why);
      warn(waiver, "does not cover what was measured: " + why);
      return;
    }
    waive(result, waiver);
    const int left = days_from(book_.today, waiver.until);
    if (left <= days_of_warning)
      warn(waiver, fmt::format("ends in {} {}, on {}; from then on the check blocks", left, left == 1 ? "day" : "days",
                               date_text(waiver.until)));
  }

  const WaiverBook& book_;
};

/// A result whose slices are not known stands for all of them: left out, or in error as a whole.
bool stands_for(const CheckResult& result, const std::string& id) {
  return result.planned.slice && result.slice.empty() && id.starts_with(result.planned.base_id + ".");
}

}  // namespace

WaiverNotes apply_waivers(std::vector<CheckResult>& results, std::span<const NotJudged> not_judged,
                          const WaiverBook& book) {
  Applying applying(book);
  for (const Waiver& waiver : book.waivers) {
    const auto hit = std::ranges::find(results, waiver.check, &CheckResult::id);
    if (std::ranges::count(results, waiver.check, &CheckResult::id) > 1) {
      applying.warn(waiver, "covers nothing: more than one result has this id");
      continue;
    }
    if (hit != results.end()) {
      applying.apply(*hit, waiver);
      continue;
    }
    if (std::ranges::any_of(results, [&](const CheckResult& one) { return stands_for(one, waiver.check); })) continue;
    const bool left_out = std::ranges::any_of(not_judged, [&](const NotJudged& one) {
      return waiver.check == one.id || waiver.check.starts_with(one.id + ".");
    });
    if (left_out) {
      applying.warn(waiver, "was not needed: the check was not judged in this run");
    } else {
      applying.notes.strays.push_back(&waiver);
    }
  }
  return applying.notes;
}

}  // namespace modelgate
