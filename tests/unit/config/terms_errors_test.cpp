// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

std::string refused(const std::string& lines) {
  return sentences_of(short_gate({{"checks:", lines + "\nchecks:"}, {"metric: recall", "metric: accuracy"}}));
}

TEST(TermsErrors, waivers_are_one_path) {
  EXPECT_EQ(refused(R"(waivers: [a.yaml])"), R"(modelgate.yaml:11: error: "waivers" needs a text)");
}

TEST(TermsErrors, waivers_without_a_path) {
  EXPECT_EQ(
      refused(R"(waivers:)"),
      R"(modelgate.yaml:11: error: "waivers" has no value; Reviewed file of results that are tolerated for a time.)");
}

TEST(TermsErrors, waivers_twice) {
  EXPECT_EQ(refused(R"(waivers: a.yaml
waivers: b.yaml)"),
            R"(modelgate.yaml:12: error: duplicate key "waivers"; it stands on line 11 already; remove one of them)");
}

TEST(TermsErrors, waivers_misspelled) {
  EXPECT_EQ(refused(R"(waiver: a.yaml)"), R"(modelgate.yaml:11: error: unknown key "waiver"; did you mean "waivers"?)");
}

TEST(TermsErrors, ledger_as_a_path) {
  EXPECT_EQ(
      refused(R"(ledger: l.json)"),
      R"(modelgate.yaml:11: error: "ledger" needs a map of keys; Record of how many candidates these golden rows have judged.)");
}

TEST(TermsErrors, ledger_without_budget) {
  EXPECT_EQ(
      refused(R"(ledger: {path: l.json})"),
      R"(modelgate.yaml:11: error: "budget" is missing; Candidates that these golden rows may judge; pass is judged at alpha over it.)");
}

TEST(TermsErrors, ledger_without_path) {
  EXPECT_EQ(
      refused(R"(ledger: {budget: 3})"),
      R"(modelgate.yaml:11: error: "path" is missing; JSON file that outlives the run: in the repository or a cache of the CI.)");
}

TEST(TermsErrors, ledger_of_nothing) {
  EXPECT_EQ(refused(R"(ledger: {path: l.json, budget: 0, looks: 0})"),
            R"(modelgate.yaml:11: error: "budget" is out of range: 1 to 1000000)"
            "\n"
            R"(modelgate.yaml:11: error: "looks" is out of range: 1 to 100)");
}

TEST(TermsErrors, ledger_in_halves) {
  EXPECT_EQ(refused(R"(ledger: {path: l.json, budget: 2.5, looks: .nan})"),
            R"(modelgate.yaml:11: error: "budget" needs a whole number; range: 1 to 1000000)"
            "\n"
            R"(modelgate.yaml:11: error: "looks" needs a whole number; range: 1 to 100)");
}

TEST(TermsErrors, ledger_misspelled) {
  EXPECT_EQ(refused(R"(ledger: {path: l.json, budgets: 2})"),
            R"(modelgate.yaml:11: error: unknown key "budgets"; did you mean "budget"?)");
}

TEST(TermsErrors, reports_word) {
  EXPECT_EQ(refused(R"(reports: {row_evidence: hash})"),
            R"(modelgate.yaml:11: error: "row_evidence" cannot be "hash"; write off, hashed or plain)");
}

TEST(TermsErrors, reports_word_unlike_any) {
  EXPECT_EQ(refused(R"(reports: {row_evidence: true})"),
            R"(modelgate.yaml:11: error: "row_evidence" cannot be "true"; write off, hashed or plain)");
}

TEST(TermsErrors, reports_below_zero) {
  EXPECT_EQ(refused(R"(reports: {suppress_below: -1})"),
            R"(modelgate.yaml:11: error: "suppress_below" is out of range: 0 to 1000000000)");
}

TEST(TermsErrors, reports_samples_is_yes_or_no) {
  EXPECT_EQ(refused(R"(reports: {samples: all})"), R"(modelgate.yaml:11: error: "samples" needs true or false)");
}

TEST(TermsErrors, prevalence_of_nobody) {
  EXPECT_EQ(refused(R"(target_prevalence: 0)"),
            R"(modelgate.yaml:11: error: "target_prevalence" must lie between 0 and 1)");
}

TEST(TermsErrors, prevalence_of_all) {
  EXPECT_EQ(refused(R"(target_prevalence: 1)"),
            R"(modelgate.yaml:11: error: "target_prevalence" must lie between 0 and 1)");
}

TEST(TermsErrors, prevalence_in_percent) {
  EXPECT_EQ(refused(R"(target_prevalence: 2%)"),
            R"(modelgate.yaml:11: error: "target_prevalence" needs a number; range: 0 to 1)");
}

TEST(TermsErrors, prevalence_that_is_no_number) {
  EXPECT_EQ(refused(R"(target_prevalence: .nan)"),
            R"(modelgate.yaml:11: error: "target_prevalence" needs a number; range: 0 to 1)");
}

TEST(TermsErrors, prevalence_without_end) {
  EXPECT_EQ(refused(R"(target_prevalence: .inf)"),
            R"(modelgate.yaml:11: error: "target_prevalence" needs a number; range: 0 to 1)");
}

TEST(TermsErrors, prevalence_as_a_list) {
  EXPECT_EQ(refused(R"(target_prevalence: [0.1])"), R"(modelgate.yaml:11: error: "target_prevalence" needs a number)");
}

TEST(TermsErrors, prevalence_of_several_classes) {
  EXPECT_EQ(sentences_of(short_gate({{"binary", "multiclass"},
                                     {"checks:", "target_prevalence: 0.1\nchecks:"},
                                     {"metric: recall", "metric: accuracy"}})),
            R"(modelgate.yaml:11: error: "target_prevalence" is for binary tasks; this one is multiclass; remove it)");
}

TEST(TermsErrors, prevalence_that_a_metric_does_not_honour) {
  EXPECT_EQ(
      sentences_of(short_gate({{"checks:", "target_prevalence: 0.1\nchecks:"}})),
      R"(modelgate.yaml:14: error: recall does not honour target_prevalence (line 11) in this version; remove target_prevalence or this check)");
}

std::string first_release(const std::string& terms) {
  return sentences_of(short_gate({{"production: {model: old.pt}\n", "first_release: {" + terms + "}\n"}}));
}

TEST(FirstReleaseErrors, without_its_terms) {
  EXPECT_EQ(first_release("owner: me"),
            R"(modelgate.yaml:6: error: "reason" is missing; Why there is nothing to compare with.)"
            "\n"
            R"(modelgate.yaml:6: error: "until" is missing; Last day on which it holds.)");
}

TEST(FirstReleaseErrors, until_a_day_that_does_not_exist) {
  EXPECT_EQ(first_release("owner: me, reason: new, until: 2027-02-29"),
            R"(modelgate.yaml:6: error: "until" needs a day that exists, not "2027-02-29"; write it as 2026-12-31)");
}

TEST(FirstReleaseErrors, until_in_another_order) {
  EXPECT_EQ(first_release("owner: me, reason: new, until: 31.12.2026"),
            R"(modelgate.yaml:6: error: "until" needs a day that exists, not "31.12.2026"; write it as 2026-12-31)");
}

TEST(FirstReleaseErrors, until_a_month) {
  EXPECT_EQ(first_release("owner: me, reason: new, until: 2026-12"),
            R"(modelgate.yaml:6: error: "until" needs a day that exists, not "2026-12"; write it as 2026-12-31)");
}

TEST(FirstReleaseErrors, until_a_list) {
  EXPECT_EQ(first_release("owner: me, reason: new, until: [2026-12-31]"),
            R"(modelgate.yaml:6: error: "until" needs a date)");
}

TEST(FirstReleaseErrors, misspelled) {
  EXPECT_EQ(first_release("owner: me, reason: new, untill: 2026-12-31"),
            R"(modelgate.yaml:6: error: unknown key "untill"; did you mean "until"?)");
}

TEST(FirstReleaseErrors, without_an_owner) {
  EXPECT_EQ(first_release("owner: \"\", reason: new, until: 2026-12-31"),
            R"(modelgate.yaml:6: error: "owner" is empty)");
}

TEST(FirstReleaseErrors, beside_a_production_model) {
  EXPECT_EQ(
      sentences_of(short_gate({{"checks:", "first_release: {owner: me, reason: new, until: 2026-12-31}\nchecks:"}})),
      R"(modelgate.yaml:11: error: "first_release" stands beside a production model (line 6); remove first_release: the candidate is compared with production from now on)");
}

TEST(FirstReleaseErrors, beside_a_production_model_of_the_command_line) {
  EXPECT_EQ(
      sentences_of(short_gate({{"production: {model: old.pt}\n",
                                "first_release: {owner: me, reason: new, until: 2026-12-31}\n"}}),
                   {.production = "old.pt"}),
      R"(modelgate.yaml:6: error: "first_release" stands beside a production model (the command line); remove first_release: the candidate is compared with production from now on)");
}

}  // namespace
}  // namespace modelgate::test
