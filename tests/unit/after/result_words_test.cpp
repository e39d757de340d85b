// SPDX-License-Identifier: Apache-2.0
#include "gate/after/result_words.hpp"

#include <algorithm>

#include "gate/report/text.hpp"
#include "tests/unit/after/support.hpp"

namespace modelgate {
namespace {

TEST(ResultWords, every_result_of_every_outcome_keeps_within_the_terminal) {
  for (const auto& original : {sample::fraud(), sample::passing()}) {
    const StoredReport report = stored(original);
    for (const CheckResult& check : report.verdict.checks) {
      const std::string text = result_words(report, check, 80);
      for (const std::string& word : {std::string("compared"), std::string("why"), std::string("More on this check")})
        EXPECT_NE(text.find(word), std::string::npos) << check.id;
      for (std::size_t from = text.find('\n') + 1; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        EXPECT_LE(display_width(std::string_view(text).substr(from, end - from)), 80U) << check.id;
        from = end + 1;
      }
    }
  }
}

TEST(ResultWords, explain_is_asked_by_family_and_metric) {
  sample::OwnedReport original = sample::passing();
  original.verdict.checks[0].planned.family = Family::determinism;  // parity has a metric of this name
  original.verdict.checks[0].planned.metric = "mismatched_rows";
  const StoredReport report = stored(original);
  EXPECT_TRUE(result_words(report, report.verdict.checks[0], 80).contains("explain determinism.mismatched_rows\n"));
}

TEST(ResultWords, a_waived_result_names_who_and_until_when) {
  const StoredReport report = stored(sample::fraud());
  const auto waived = std::ranges::find(report.verdict.checks, Outcome::waived, &CheckResult::outcome);
  ASSERT_NE(waived, report.verdict.checks.end());
  const std::string text = result_words(report, *waived, 80);
  EXPECT_NE(text.find(waived->waiver->waiver.owner), std::string::npos);
  EXPECT_NE(text.find(date_text(waived->waiver->waiver.until)), std::string::npos);
}

TEST(ResultWords, ids_come_by_standing_and_none_is_lost) {
  const StoredReport report = stored(sample::fraud());
  const std::string text = ids_by_standing(report);
  EXPECT_TRUE(text.starts_with("Blocking: 4\n"));
  for (const CheckResult& check : report.verdict.checks)
    EXPECT_NE(text.find("  " + check.id + "  "), std::string::npos) << check.id;
}

}  // namespace
}  // namespace modelgate
