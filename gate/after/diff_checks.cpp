// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "gate/after/diff.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// How much one term lets through: above 0 more than before, below 0 less, 0 the same.
using Slack = double;

/// What a larger number of this limit does: a larger max or allowed regression lets more through, the others less.
Slack slack_of(const Limit& before, const Limit& after) {
  const bool larger_is_looser = after.word == LimitWord::max || after.word == LimitWord::max_regression;
  return larger_is_looser ? after.value - before.value : before.value - after.value;
}

class Terms {
 public:
  void compare(std::string_view what, const std::string& before, const std::string& after, Slack slack) {
    if (before == after) return;
    const std::string_view name = slack > 0 ? "loosened" : slack < 0 ? "tightened" : "changed";
    loosened_ = loosened_ || slack > 0;
    text_ += fmt::format("{}{} {}: {} → {}", text_.empty() ? "" : "; ", what, name, before, after);
  }
  bool loosened() const { return loosened_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool loosened_ = false;
};

std::string limit_words(const CheckResult& check) {
  return fmt::format("{} {}", to_string(check.planned.limit.word), clean_line(check.planned.limit.text, 60));
}

std::string limit_value(const Limit& limit) {
  return fmt::format("{}{}", limit.value, limit.relative ? " of production" : "");
}

template <class Policy>
void compare_policy(Terms& terms, std::string_view what, Policy before, Policy after) {
  // The enumerators stand from strict to lenient.
  terms.compare(what, std::string(to_string(before)), std::string(to_string(after)),
                static_cast<Slack>(after) - static_cast<Slack>(before));
}

std::string margin_words(const PlannedCheck& planned) {
  return planned.hard_margin ? fmt::format("{}", *planned.hard_margin) : "3 margins";
}

Terms terms_of(const CheckResult& before, const CheckResult& after) {
  const PlannedCheck& one = before.planned;
  const PlannedCheck& other = after.planned;
  Terms terms;
  const bool comparable = one.limit.word == other.limit.word && one.limit.relative == other.limit.relative;
  if (one.limit.value != other.limit.value || !comparable) {
    const bool same_words = limit_words(before) == limit_words(after);  // "5%" of the one is not "5%" of the other
    const auto words = [&](const CheckResult& check) {
      return same_words ? fmt::format("{} ({})", limit_words(check), limit_value(check.planned.limit))
                        : limit_words(check);
    };
    terms.compare("limit", words(before), words(after), comparable ? slack_of(one.limit, other.limit) : 0);
  }
  compare_policy(terms, "severity", one.severity, other.severity);
  compare_policy(terms, "on_inconclusive", one.on_inconclusive, other.on_inconclusive);
  compare_policy(terms, "on_not_assessable", one.on_not_assessable, other.on_not_assessable);
  terms.compare("confidence", fixed_text(one.confidence, 4), fixed_text(other.confidence, 4),
                one.confidence - other.confidence);
  terms.compare("hard_margin", margin_words(one), margin_words(other),
                one.hard_margin && other.hard_margin ? *other.hard_margin - *one.hard_margin : 0);
  terms.compare("min_rows", std::to_string(one.min_rows), std::to_string(other.min_rows), 0);
  terms.compare("min_group_size", std::to_string(one.min_group_size), std::to_string(other.min_group_size), 0);
  terms.compare("reference_group", clean_line(one.reference_group, 60), clean_line(other.reference_group, 60), 0);
  return terms;
}

std::string standing_words(const CheckResult& check) {
  const bool blocks = standing_of(check) == Standing::blocking;
  return outcome_words(check.outcome) + (blocks ? " (blocks)" : "");
}

/// The number that its interval is about.
const Estimate& judged_estimate(const CheckResult& check) {
  return is_relative(check.planned.limit.word) ? check.difference : check.candidate;
}

bool moved(const CheckResult& before, const CheckResult& after) {
  const Estimate& one = judged_estimate(before);
  const Estimate& other = judged_estimate(after);
  return one.interval && other.value && (*other.value < one.interval->low || *other.value > one.interval->high);
}

std::string numbers_words(const CheckResult& check) {
  const Facts facts = facts_of(check);
  const std::string value = facts.difference.empty() ? facts.candidate : facts.difference;
  const std::string text = facts.interval.empty() ? value : value + " " + facts.interval;
  // Another machine times both models otherwise: production's time tells the one from the other.
  const bool beside = check.latency && facts.difference.empty() && !facts.production.empty();
  return beside ? text + ", production " + facts.production : text;
}

struct Sections {
  DiffSection loosened{"Limits loosened", {}};
  DiffSection terms{"Limits tightened or changed", {}};
  DiffSection removed{"Checks removed", {}};
  DiffSection unjudged{"Checks no longer judged", {}};
  DiffSection added{"Checks added", {}};
  DiffSection blocking{"Now blocking", {}};
  DiffSection outcomes{"Other outcomes changed", {}};
  DiffSection values{"Values beyond the interval they had", {}};
};

/// True where anything of the check changed.
bool add_pair(Sections& sections, const CheckResult& before, const CheckResult& after) {
  const std::string id = clean_line(after.id, 300);
  const Terms terms = terms_of(before, after);
  if (!terms.text().empty())
    (terms.loosened() ? sections.loosened : sections.terms).lines.push_back(id + ": " + terms.text());
  const bool same_outcome = before.outcome == after.outcome && standing_of(before) == standing_of(after);
  if (!same_outcome) {
    const bool blocks = standing_of(after) == Standing::blocking;
    (blocks ? sections.blocking : sections.outcomes)
        .lines.push_back(fmt::format("{}: {} → {}; {}", id, standing_words(before), standing_words(after),
                                     clean_line(after.message, 500)));
  }
  const bool has_moved = moved(before, after);
  if (has_moved)
    sections.values.lines.push_back(fmt::format("{}: {} → {}", id, numbers_words(before), numbers_words(after)));
  return !terms.text().empty() || !same_outcome || has_moved;
}

std::string introduced(const CheckResult& check) {
  return fmt::format("{}: {}, {}", clean_line(check.id, 300), limit_words(check), standing_words(check));
}

/// A check of the first report that the second has no result of: left out with a reason, or gone from the gate file.
void add_gone(Sections& sections, const CheckResult& check, const std::vector<NotJudged>& not_judged) {
  const auto reason = std::ranges::find_if(
      not_judged, [&](const NotJudged& one) { return one.id == check.id || one.id == check.planned.base_id; });
  if (reason == not_judged.end())
    sections.removed.lines.push_back(introduced(check));
  else
    sections.unjudged.lines.push_back(fmt::format("{}; {}", introduced(check), clean_line(reason->reason, 300)));
}

}  // namespace

void add_check_sections(ReportDiff& diff, const Verdict& before, const Verdict& after) {
  std::map<std::string_view, const CheckResult*> earlier;
  for (const CheckResult& check : before.checks) earlier.emplace(check.id, &check);
  Sections sections;
  for (const CheckResult& check : after.checks) {
    const auto known = earlier.find(check.id);
    if (known == earlier.end()) {
      sections.added.lines.push_back(introduced(check));
      continue;
    }
    diff.unchanged += add_pair(sections, *known->second, check) ? 0 : 1;
    earlier.erase(known);
  }
  for (const CheckResult& check : before.checks)
    if (earlier.contains(check.id)) add_gone(sections, check, after.not_judged);
  for (DiffSection* section : {&sections.loosened, &sections.removed, &sections.unjudged, &sections.blocking,
                               &sections.outcomes, &sections.terms, &sections.added, &sections.values})
    diff.sections.push_back(std::move(*section));
}

}  // namespace modelgate
