// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

PlannedCheck check_of(const std::string& task, const std::string& metric) {
  const std::string label = task == "ranking" ? "label: y\n  query: q" : "label: y";
  const Plan plan =
      plan_of(short_gate({{"binary", task}, {"label: y", label}, {"metric: recall", "metric: " + metric}}));
  return plan.checks.empty() ? PlannedCheck{} : plan.checks.front();
}

TEST(MetricName, ranks_stand_behind_the_at) {
  const PlannedCheck check = check_of("ranking", "ndcg@10");
  EXPECT_EQ(check.metric, "ndcg@10");
  EXPECT_EQ(check.parameter, 10.0);
  EXPECT_EQ(check.base_id, "accuracy.ndcg@10.max_regression");
  EXPECT_EQ(check_of("multiclass", "top_k_accuracy@5").parameter, 5.0);
}

TEST(MetricName, a_metric_whose_row_allows_it_stands_without_ranks) {
  EXPECT_EQ(check_of("ranking", "ndcg").metric, "ndcg");
  EXPECT_EQ(check_of("ranking", "ndcg").parameter, 0.0);
}

TEST(MetricName, a_share_has_one_spelling) {
  for (const char* const written : {"recall_at_fpr@0.01", "recall_at_fpr@0.010", "recall_at_fpr@.01"}) {
    const PlannedCheck check = check_of("binary", written);
    EXPECT_EQ(check.metric, "recall_at_fpr@0.01") << written;
    EXPECT_EQ(check.parameter, 0.01) << written;
    EXPECT_EQ(check.base_id, "accuracy.recall_at_fpr@0.01.max_regression") << written;
  }
  EXPECT_EQ(check_of("binary", "recall_at_fpr@0.00001").metric, "recall_at_fpr@0.00001");
}

TEST(MetricName, the_task_tells_rows_of_one_name_apart) {
  EXPECT_EQ(check_of("ranking", "recall@10").spec->parameter, MetricParameter::ranks);
  EXPECT_EQ(check_of("binary", "recall").spec->parameter, MetricParameter::none);
}

}  // namespace
}  // namespace modelgate::test
