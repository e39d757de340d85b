// SPDX-License-Identifier: Apache-2.0
#include "gate/after/diff.hpp"

#include <algorithm>

#include "gate/report/text.hpp"
#include "tests/unit/after/support.hpp"

namespace modelgate {
namespace {

std::vector<std::string> lines_of(const ReportDiff& diff, const std::string& title) {
  const auto hit = std::ranges::find(diff.sections, title, &DiffSection::title);
  return hit == diff.sections.end() ? std::vector<std::string>{} : hit->lines;
}

/// What a change of the first check's terms is called.
std::string called(void (*change)(PlannedCheck&), LimitWord word = LimitWord::min) {
  sample::OwnedReport before = sample::passing();
  before.verdict.checks.front().planned.limit.word = word;
  sample::OwnedReport after = before;
  change(after.verdict.checks.front().planned);
  const ReportDiff diff = diff_of(stored(before), stored(after));
  for (const char* title : {"Limits loosened", "Limits tightened or changed"})
    if (const auto lines = lines_of(diff, title); !lines.empty()) return lines.front();
  return "nothing";
}

TEST(Diff, every_term_knows_which_way_is_looser) {
  const auto lower = [](PlannedCheck& check) { check.limit.value -= 0.01; };
  const auto higher = [](PlannedCheck& check) { check.limit.value += 0.01; };
  for (const LimitWord word : {LimitWord::min, LimitWord::min_improvement}) {
    EXPECT_NE(called(lower, word).find("limit loosened"), std::string::npos);
    EXPECT_NE(called(higher, word).find("limit tightened"), std::string::npos);
  }
  for (const LimitWord word : {LimitWord::max, LimitWord::max_regression}) {
    EXPECT_NE(called(lower, word).find("limit tightened"), std::string::npos);
    EXPECT_NE(called(higher, word).find("limit loosened"), std::string::npos);
  }
  EXPECT_NE(called([](PlannedCheck& c) { c.severity = Severity::warn; }).find("severity loosened: block → warn"),
            std::string::npos);
  EXPECT_NE(called([](PlannedCheck& c) {
              c.on_inconclusive = OnInconclusive::block;
            }).find("on_inconclusive tightened: guard → block"),
            std::string::npos);
  EXPECT_NE(called([](PlannedCheck& c) { c.confidence = 0.9; }).find("confidence loosened"), std::string::npos);
  EXPECT_NE(called([](PlannedCheck& c) { c.limit.relative = true; }).find("limit changed"), std::string::npos);
  EXPECT_EQ(called([](PlannedCheck&) {}), "nothing");
}

TEST(Diff, a_value_moves_only_beyond_the_interval_it_had) {
  const sample::OwnedReport before = sample::passing();
  sample::OwnedReport after = before;
  Estimate& estimate = after.verdict.checks.front().candidate;
  estimate.value = before.verdict.checks.front().candidate.interval->high;
  EXPECT_TRUE(lines_of(diff_of(stored(before), stored(after)), "Values beyond the interval they had").empty());
  *estimate.value += 0.001;
  EXPECT_EQ(lines_of(diff_of(stored(before), stored(after)), "Values beyond the interval they had").size(), 1U);
}

TEST(Diff, a_check_that_is_not_judged_any_more_is_not_called_removed) {
  const sample::OwnedReport before = sample::passing();
  sample::OwnedReport after = before;
  const CheckResult left_out = after.verdict.checks.front();
  const CheckResult removed = after.verdict.checks.back();
  after.verdict.checks.erase(after.verdict.checks.begin());
  after.verdict.checks.pop_back();
  after.verdict.not_judged.push_back({left_out.planned.base_id, "first release", false});
  const ReportDiff diff = diff_of(stored(before), stored(after));
  ASSERT_EQ(lines_of(diff, "Checks no longer judged").size(), 1U);
  EXPECT_TRUE(lines_of(diff, "Checks no longer judged").front().ends_with("first release"));
  ASSERT_EQ(lines_of(diff, "Checks removed").size(), 1U);
  EXPECT_TRUE(lines_of(diff, "Checks removed").front().starts_with(removed.id));
}

TEST(Diff, reports_of_different_gates_say_so_first) {
  sample::OwnedReport other = sample::passing();
  other.plan.name = "another_gate";
  const ReportDiff diff = diff_of(stored(sample::passing()), stored(other));
  ASSERT_FALSE(diff.sections.empty());
  EXPECT_EQ(diff.sections.front().title, "Different gates");
}

TEST(Diff, hostile_reports_keep_within_the_terminal_and_the_comment) {
  const ReportDiff diff = diff_of(stored(sample::passing()), stored(sample::hostile()));
  const std::string text = diff_text(diff, 80);
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    EXPECT_LE(display_width(std::string_view(text).substr(from, end - from)), 80U);
    from = end + 1;
  }
  EXPECT_EQ(text.find("\n::"), std::string::npos);
  EXPECT_LE(diff_markdown(diff).size(), text_cap);
}

}  // namespace
}  // namespace modelgate
