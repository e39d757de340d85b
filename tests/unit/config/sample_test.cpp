// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;

TEST(Sample, resolves_to_one_planned_check_per_limit_scope_and_batch) {
  EXPECT_THAT(
      ids_of(plan_of(sample())),
      ElementsAre("accuracy.roc_auc.min", "accuracy.roc_auc.max_regression", "accuracy.recall.max_regression",
                  "accuracy.recall.max_regression.region", "accuracy.recall.max_regression.sex.age_band",
                  "accuracy.accuracy.max_regression.channel", "bias.equalized_odds_difference.max.attribute=sex",
                  "bias.demographic_parity_ratio.min.attribute=sex",
                  "bias.demographic_parity_ratio.min.attribute=sex+age_band", "bias.tpr.max_regression.attribute=sex",
                  "latency.latency.max_regression.batch=1", "latency.latency_p99.max.batch=1",
                  "latency.latency_p99.max.batch=32"));
}

TEST(Sample, head_and_models) {
  const Plan plan = plan_of(sample());
  EXPECT_EQ(plan.gate_file, "modelgate.yaml");
  EXPECT_EQ(plan.name, "card_fraud");
  EXPECT_EQ(plan.task, Task::binary);
  EXPECT_EQ(plan.on_inconclusive, OnInconclusive::guard);
  EXPECT_FALSE(plan.first_release);
  EXPECT_FALSE(plan.allow_identical);
  const ModelSpec& candidate = plan.model(Role::candidate);
  EXPECT_EQ(candidate.source, ModelSource::live);
  EXPECT_EQ(candidate.path, "models/v2.2/model.pt");
  EXPECT_EQ(candidate.version, "fraud_model_v2.2");
  EXPECT_EQ(candidate.line, 6);
  EXPECT_EQ(candidate.output.kind, OutputKind::probability);
  EXPECT_EQ(candidate.output.positive_threshold, 0.31);
  EXPECT_EQ(plan.model(Role::production).output.positive_threshold, 0.44);
  EXPECT_EQ(plan.model(Role::production).inputs, candidate.inputs);
}

TEST(Sample, dataset_and_runtime) {
  const Plan plan = plan_of(sample());
  EXPECT_EQ(plan.dataset.path, "golden/2026-10/*.parquet");
  EXPECT_EQ(plan.dataset.id, "transaction_id");
  EXPECT_THAT(plan.dataset.label.columns, ElementsAre("outcome"));
  EXPECT_EQ(plan.dataset.label.positive, "fraud");
  EXPECT_EQ(plan.dataset.population, Population::sample);
  EXPECT_EQ(plan.runtime.device, "cpu");
  EXPECT_EQ(plan.runtime.threads, 1);
  EXPECT_EQ(plan.runtime.chunk, 0U);
  EXPECT_EQ(plan.runtime.timeout_s, 600.0);
  EXPECT_EQ(plan.runtime.request_timeout_s, 60.0);
  EXPECT_EQ(plan.runtime.memory_bytes, 8ULL << 30U);
  EXPECT_EQ(plan.runtime.seed, 1U);
  EXPECT_TRUE(plan.runtime.pinned_allocator);
  EXPECT_EQ(plan.runtime.isolation, Isolation::partial);
  EXPECT_FALSE(plan.runtime.allow_native_unisolated);
}

TEST(Sample, inputs) {
  const std::vector<InputSpec> inputs = plan_of(sample()).model(Role::candidate).inputs;
  ASSERT_EQ(inputs.size(), 6U);
  EXPECT_THAT(inputs[0].columns, ElementsAre("amount", "hour", "v*"));
  EXPECT_EQ(inputs[0].nulls.kind, NullPolicy::Kind::nan);
  EXPECT_EQ(inputs[0].line, 18);
  EXPECT_EQ(inputs[1].dtype, DType::int64);
  EXPECT_EQ(inputs[1].vocabulary, "mcc.json");
  EXPECT_EQ(inputs[1].unknown, 0);
  EXPECT_THAT(inputs[2].shape, ElementsAre(1, 28, 28));
  EXPECT_EQ(inputs[3].kind, InputSpec::Kind::files);
  EXPECT_THAT(inputs[3].columns, ElementsAre("path_column"));
  EXPECT_EQ(inputs[4].pad, 0.0);
  EXPECT_EQ(inputs[4].length, 128);
  EXPECT_TRUE(inputs[4].truncate);
  EXPECT_EQ(inputs[5].kind, InputSpec::Kind::mask_of);
  EXPECT_EQ(inputs[5].mask_of, "input_ids");
  EXPECT_EQ(inputs[5].length, 128);
}

TEST(Sample, limits_policy_and_scopes) {
  const std::vector<PlannedCheck> checks = plan_of(sample()).checks;
  ASSERT_EQ(checks.size(), 13U);
  EXPECT_EQ(checks[0].limit.value, 0.85);
  EXPECT_EQ(checks[0].owner, "model-risk");
  EXPECT_EQ(checks[0].on_inconclusive, OnInconclusive::guard);
  EXPECT_EQ(checks[0].confidence, 0.95);
  EXPECT_EQ(checks[0].line, 31);
  EXPECT_EQ(checks[0].spec->metric, "roc_auc");
  EXPECT_EQ(checks[3].limit.value, 0.05);
  EXPECT_FALSE(checks[3].limit.relative);
  EXPECT_EQ(checks[3].limit.text, "5pp");
  EXPECT_EQ(checks[3].on_inconclusive, OnInconclusive::warn);
  EXPECT_EQ(checks[4].slice->text(), "sex & age_band");
  EXPECT_EQ(checks[5].limit.value, 0.01);
  EXPECT_TRUE(checks[5].limit.relative);
  EXPECT_THAT(checks[5].slice->values, ElementsAre("web", "app", "branch"));
  EXPECT_EQ(checks[5].min_rows, 20U);
  EXPECT_EQ(checks[6].attribute->text(), "sex");
  EXPECT_EQ(checks[6].min_group_size, 20U);
  EXPECT_EQ(checks[7].min_group_size, 25U);
  EXPECT_EQ(checks[12].shape.batch, 32);
  EXPECT_EQ(checks[12].limit.value, 0.02);
  EXPECT_EQ(checks[12].severity, Severity::block);
  EXPECT_TRUE(checks[12].selected);
}

TEST(Sample, every_prefix_is_either_a_plan_or_an_error_with_a_text) {
  const std::string_view whole = sample();
  const GateFolder folder("");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::ofstream("modelgate.yaml", std::ios::binary) << whole.substr(0, length);
    const auto plan = folder.load();
    if (plan) {
      EXPECT_FALSE(plan->checks.empty()) << "prefix of " << length << " bytes";
    } else {
      EXPECT_FALSE(plan.error().message.empty()) << "prefix of " << length << " bytes";
    }
  }
}

}  // namespace
}  // namespace modelgate::test
