// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/repeated_answers.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace modelgate {
namespace {

using testing::HasSubstr;
using testing::Not;

PlannedCheck determinism(double absolute, double relative = 0.0) {
  PlannedCheck check;
  check.family = Family::determinism;
  check.tolerance = {absolute, relative};
  return check;
}

TEST(TimedTolerance, IsTheOptimisersUnlessMoreIsDeclared) {
  Plan plan;
  EXPECT_EQ(timed_tolerance(plan).absolute, 1e-5);
  EXPECT_EQ(timed_tolerance(plan).relative, 1e-5);
  plan.checks = {determinism(0.0), determinism(1e-9)};
  EXPECT_EQ(timed_tolerance(plan).absolute, 1e-5);
  plan.checks.push_back(determinism(0.25));
  EXPECT_EQ(timed_tolerance(plan).absolute, 0.25);
  plan.checks.push_back(determinism(0.0, 0.125));
  EXPECT_EQ(timed_tolerance(plan), (SameWithin{0.25, 0.125}));
  PlannedCheck parity = determinism(0.5);
  parity.family = Family::parity;
  plan.checks.push_back(parity);
  EXPECT_EQ(timed_tolerance(plan).absolute, 0.25);
}

TEST(TimedTolerance, CannotBeRaisedBesideAPolicy) {
  Plan plan;
  plan.extends_file = "policy.yaml";
  plan.checks = {determinism(0.25)};
  EXPECT_EQ(timed_tolerance(plan).absolute, 1e-5);
  plan.checks[0].of_policy = true;
  EXPECT_EQ(timed_tolerance(plan).absolute, 0.25);
}

TEST(OutputsDiffer, NamesTheFirstRowsTheirSizesAndAnswers) {
  RepeatedOutputs found{.answers = 1200, .rows = 2000, .differences = {0.5, 0.25, 0.25, 0.125}};
  found.most = {{16, 0.5, 6}, {0, 0.25, 7}, {1, 0.25, 9}, {2, 0.125, 6}};
  found.same = {1e-5, 1e-5};
  const Error error = outputs_differ(Role::production, found, "");
  EXPECT_EQ(error.reason, Reason::outputs_differ);
  EXPECT_EQ(error.kind, ErrorKind::model);
  EXPECT_THAT(error.message, HasSubstr("production: its answers changed while it was timed: 4 of 2,000 golden rows"));
  EXPECT_THAT(error.message,
              HasSubstr("(row 17 by 0.5 in its answer 6, row 1 by 0.25 in its answer 7, row 2 by 0.25 in its answer 9; "
                        "up to 1e-05, or 1e-05 of the number, count as the same)"));
  EXPECT_THAT(error.message, Not(HasSubstr("row 3")));
  EXPECT_THAT(error.message,
              HasSubstr("declare how far they may lie apart, under checks: of the gate file: determinism: "
                        "[{metric: mismatched_rows, max: 0, tolerance: 1}] (twice what was seen; if the "
                        "check is there already, raise its tolerance)."));
}

TEST(OutputsDiffer, SaysWhereAndHowMuchMayBeDeclared) {
  RepeatedOutputs found{.answers = 12, .rows = 8, .differences = {0.31}};
  found.most = {{0, 0.31, 2}};
  EXPECT_THAT(outputs_differ(Role::candidate, found, "../policy/credit.yaml").message,
              HasSubstr("under checks: of ../policy/credit.yaml: determinism: [{metric: mismatched_rows, max: 0, "
                        "tolerance: 0.7}]"));
  found.most[0].difference = std::numeric_limits<double>::infinity();
  const std::string broken = outputs_differ(Role::candidate, found, "").message;
  EXPECT_THAT(broken, HasSubstr("row 1 to or from no finite number in its answer 2"));
  EXPECT_THAT(broken, Not(HasSubstr("declare"))) << "nobody can mean that";
}

}  // namespace
}  // namespace modelgate
