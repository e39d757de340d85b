// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/core/check_id.hpp"
#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;

TEST(Ids, one_for_each_limit_word) {
  EXPECT_THAT(ids_of(plan_of(gate_with_check("{metric: recall, min: 0.5, max_regression: 5%, min_improvement: 0}"))),
              ElementsAre("accuracy.recall.min", "accuracy.recall.max_regression", "accuracy.recall.min_improvement"));
}

TEST(Ids, an_explicit_id_replaces_family_and_metric) {
  EXPECT_THAT(ids_of(plan_of(gate_with_check("{metric: recall, id: caught fraud, min: 0.5}"))),
              ElementsAre("caught fraud.min"));
}

TEST(Ids, characters_that_reports_do_not_keep_become_a_hash) {
  EXPECT_THAT(ids_of(plan_of(gate_with_check("{metric: tpr, attributes: [sex/x], max_regression: 0.1}", "bias"))),
              ElementsAre("bias.tpr.max_regression.attribute=sex_" + id_text("/").substr(1) + "x"));
  EXPECT_THAT(id_text("/"), testing::MatchesRegex("_[0-9a-f]{4}"));
  EXPECT_NE(id_text("a/b"), id_text("a?b"));
  EXPECT_EQ(id_text("aZ09 ._-=+()@"), "aZ09 ._-=+()@");
  EXPECT_THAT(id_text("日本"), testing::MatchesRegex("_[0-9a-f]{4}"));
}

TEST(Ids, class_batch_and_load_stand_only_where_written) {
  const std::string classes = short_gate({{"binary", "multiclass"}, {"recall, ", "recall, class: cat, "}});
  EXPECT_THAT(ids_of(plan_of(classes)), ElementsAre("accuracy.recall.max_regression.class=cat"));
  EXPECT_THAT(
      ids_of(plan_of(gate_with_check("{metric: latency, batch: [1, 8], load: single_stream, max: 1s}", "latency"))),
      ElementsAre("latency.latency.max.batch=1.load=single_stream", "latency.latency.max.batch=8.load=single_stream"));
  EXPECT_THAT(ids_of(plan_of(gate_with_check("{metric: latency, max: 1s}", "latency"))),
              ElementsAre("latency.latency.max"));
}

TEST(Ids, slices_do_not_enter_the_base_id_but_keep_declarations_apart) {
  const Plan plan =
      plan_of(gate_with_check("{metric: recall, min: 0.5, slices: [a, b, a & b]}\n"
                              "    - {metric: recall, min: 0.5}"));
  ASSERT_EQ(plan.checks.size(), 4U);
  for (const PlannedCheck& check : plan.checks) EXPECT_EQ(check.base_id, "accuracy.recall.min");
  EXPECT_THAT(ids_of(plan), ElementsAre("accuracy.recall.min.a", "accuracy.recall.min.b", "accuracy.recall.min.a.b",
                                        "accuracy.recall.min"));
}

TEST(Ids, two_equal_ids_are_an_error_that_names_both_lines) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5}\n    - {metric: recall, min: 0.6}")),
            R"(modelgate.yaml:14: error: two checks have the id "accuracy.recall.min" (lines 13 and 14)
   14 |     - {metric: recall, min: 0.6}
      |                ^
      give one of them an id of its own: id: NAME)");
}

TEST(Ids, the_same_slice_in_two_spellings_is_the_same_id) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, slices: [a]}\n"
                                     "    - {metric: recall, min: 0.6, slices: [{column: a, values: [x]}]}")),
            R"(modelgate.yaml:14: error: two checks have the id "accuracy.recall.min.a" (lines 13 and 14)
   14 |     - {metric: recall, min: 0.6, slices: [{column: a, values: [x]}]}
      |                ^
      give one of them an id of its own: id: NAME)");
}

TEST(Ids, an_explicit_id_keeps_two_entries_of_a_metric_apart) {
  EXPECT_THAT(ids_of(plan_of(gate_with_check("{metric: recall, min: 0.5}\n"
                                             "    - {metric: recall, min: 0.6, severity: warn, id: hoped for}"))),
              ElementsAre("accuracy.recall.min", "hoped for.min"));
}

}  // namespace
}  // namespace modelgate::test
