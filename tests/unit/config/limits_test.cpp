// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(Tolerance, is_read_and_0_where_nothing_is_written) {
  const Plan plan = plan_of(gate_with_check("{metric: max_abs_difference, max: 1e-5}", "parity"));
  ASSERT_EQ(plan.checks.size(), 1U);
  EXPECT_EQ(plan.checks[0].family, Family::parity);
  EXPECT_EQ(plan.checks[0].base_id, "parity.max_abs_difference.max");
  EXPECT_DOUBLE_EQ(plan.checks[0].limit.value, 1e-5);
  EXPECT_EQ(plan.checks[0].tolerance, SameWithin{});
  const auto of = [](std::string_view tolerance) {
    return plan_of(gate_with_check(fmt::format("{{metric: mismatched_rows, max: 0, tolerance: {}}}", tolerance),
                                   "determinism"))
        .checks.at(0)
        .tolerance;
  };
  EXPECT_EQ(of("1e-6"), (SameWithin{.absolute = 1e-6}));
  EXPECT_EQ(of("{absolute: 1e-6}"), (SameWithin{.absolute = 1e-6}));
  EXPECT_EQ(of("{relative: 1e-5}"), (SameWithin{.relative = 1e-5}));
  EXPECT_EQ(of("{absolute: 1e-6, relative: 1e-5}"), (SameWithin{1e-6, 1e-5}));
}

struct LimitCase {
  std::string_view check;
  std::string_view family;
  double value;
  bool relative;
};

class LimitValues : public testing::TestWithParam<LimitCase> {};

TEST_P(LimitValues, resolve_to_the_metrics_unit) {
  const LimitCase& wanted = GetParam();
  const Plan plan = plan_of(gate_with_check(wanted.check, wanted.family));
  ASSERT_EQ(plan.checks.size(), 1U);
  EXPECT_DOUBLE_EQ(plan.checks[0].limit.value, wanted.value);
  EXPECT_EQ(plan.checks[0].limit.relative, wanted.relative);
}

INSTANTIATE_TEST_SUITE_P(
    Units, LimitValues,
    testing::Values(LimitCase{"{metric: recall, min: 0.85}", "accuracy", 0.85, false},
                    LimitCase{"{metric: recall, min: 85pp}", "accuracy", 0.85, false},
                    LimitCase{"{metric: recall, min: 1}", "accuracy", 1.0, false},
                    LimitCase{"{metric: recall, max_regression: 5 pp}", "accuracy", 0.05, false},
                    LimitCase{"{metric: recall, max_regression: 1e-3}", "accuracy", 0.001, false},
                    LimitCase{"{metric: recall, max_regression: \"0.5%\"}", "accuracy", 0.005, true},
                    LimitCase{"{metric: recall, min_improvement: 0}", "accuracy", 0.0, false},
                    LimitCase{"{metric: log_loss, max: 3.5}", "accuracy", 3.5, false},
                    LimitCase{"{metric: log_loss, max_regression: 150%}", "accuracy", 1.5, true},
                    LimitCase{"{metric: latency, max: 20ms}", "latency", 0.02, false},
                    LimitCase{"{metric: latency, max: 1.5min}", "latency", 90.0, false},
                    LimitCase{"{metric: latency, max: 250us}", "latency", 0.00025, false},
                    LimitCase{"{metric: latency, max_regression: 100%}", "latency", 1.0, true},
                    LimitCase{"{metric: latency, max_regression: 2ms}", "latency", 0.002, false},
                    LimitCase{"{metric: peak_memory, max: 1GiB}", "resources", 1073741824.0, false},
                    LimitCase{"{metric: peak_memory, max_regression: 50MiB}", "resources", 52428800.0, false},
                    LimitCase{"{metric: cold_start, max_regression: 100ms}", "resources", 0.1, false},
                    LimitCase{"{metric: throughput, min: 100/s}", "resources", 100.0, false}));

TEST(Limits, pp_is_the_nearest_double) {
  EXPECT_EQ(plan_of(gate_with_check("{metric: recall, max_regression: 7pp}")).checks[0].limit.value, 0.07);
}

TEST(Limits, a_metric_that_can_be_negative_takes_a_negative_limit) {
  const Plan plan = plan_of(short_gate({{"binary", "regression"}, {"recall, max_regression: 0.02", "r2, min: -0.5"}}));
  EXPECT_EQ(plan.checks[0].limit.value, -0.5);
}

TEST(Limits, the_hard_margin_stands_with_max_regression_only) {
  const Plan plan =
      plan_of(gate_with_check("{metric: recall, min: 0.5, max_regression: 2%, hard_margin: 6%, min_improvement: 0}"));
  EXPECT_EQ(plan.checks[0].hard_margin, std::nullopt);
  EXPECT_EQ(plan.checks[1].hard_margin, 0.06);
  EXPECT_EQ(plan.checks[2].hard_margin, std::nullopt);
}

TEST(Limits, policy_words_of_a_check) {
  const Plan plan = plan_of(gate_with_check(
      "{metric: recall, min: 0.5, severity: warn, on_inconclusive: block, on_not_assessable: warn, confidence: 0.99, "
      "owner: risk, note: \"why: because\", slices: [a], min_rows: 50}"));
  const PlannedCheck& check = plan.checks.at(0);
  EXPECT_EQ(check.severity, Severity::warn);
  EXPECT_EQ(check.on_inconclusive, OnInconclusive::block);
  EXPECT_EQ(check.on_not_assessable, OnNotAssessable::warn);
  EXPECT_EQ(check.confidence, 0.99);
  EXPECT_EQ(check.owner, "risk");
  EXPECT_EQ(check.note, "why: because");
  EXPECT_EQ(check.min_rows, 50U);
}

TEST(Limits, a_block_of_text_is_one_line) {
  const Plan plan =
      plan_of(gate_with_check("{metric: recall, min: 0.5}\n    - metric: recall\n      min: 0.6\n"
                              "      id: other\n      note: >\n        folded\n        text"));
  EXPECT_EQ(plan.checks.at(1).note, "folded text");
  EXPECT_EQ(plan.checks.at(1).line, 14);
}

}  // namespace
}  // namespace modelgate::test
