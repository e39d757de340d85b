// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;

TEST(Models, recorded_predictions_need_no_inputs) {
  const Plan plan = plan_of(short_gate({{"model: new.pt", "predictions: preds/*.csv, columns: [p]"},
                                        {"model: old.pt", "predictions: dataset, columns: [score]"},
                                        {"  inputs: [{columns: [a]}]\n", ""}}));
  const ModelSpec& candidate = plan.model(Role::candidate);
  EXPECT_EQ(candidate.source, ModelSource::recorded);
  EXPECT_EQ(candidate.path, "preds/*.csv");
  EXPECT_THAT(candidate.columns, ElementsAre("p"));
  EXPECT_TRUE(candidate.inputs.empty());
  const ModelSpec& production = plan.model(Role::production);
  EXPECT_EQ(production.source, ModelSource::dataset);
  EXPECT_EQ(production.path, "");
  EXPECT_EQ(production.written, "dataset");
  EXPECT_THAT(production.columns, ElementsAre("score"));
}

TEST(Models, own_inputs_replace_the_common_ones) {
  const Plan plan =
      plan_of(short_gate({{"model: new.pt", "model: new.pt, inputs: [{columns: [b, c], dtype: int64}]"}}));
  EXPECT_THAT(plan.model(Role::candidate).inputs.at(0).columns, ElementsAre("b", "c"));
  EXPECT_EQ(plan.model(Role::candidate).inputs.at(0).dtype, DType::int64);
  EXPECT_THAT(plan.model(Role::production).inputs.at(0).columns, ElementsAre("a"));
}

TEST(Models, own_output_keys_stand_over_the_common_ones_one_by_one) {
  const Plan plan =
      plan_of(short_gate({{"model: new.pt", "model: new.pt, output: {positive_threshold: 0.3}"},
                          {"model: old.pt", "model: old.pt, output: {index: 2}"},
                          {"checks:", "output: {kind: logit, name: head, positive_threshold: 0.6}\nchecks:"}}));
  const OutputSpec& candidate = plan.model(Role::candidate).output;
  EXPECT_EQ(candidate.kind, OutputKind::logit);
  EXPECT_EQ(candidate.positive_threshold, 0.3);
  EXPECT_EQ(candidate.name, "head");
  EXPECT_EQ(candidate.index, std::nullopt);
  const OutputSpec& production = plan.model(Role::production).output;
  EXPECT_EQ(production.positive_threshold, 0.6);
  EXPECT_EQ(production.index, 2);
  EXPECT_EQ(production.name, "");
}

TEST(Models, a_package_is_a_model_that_is_run) {
  const ModelSpec candidate = plan_of(short_gate({{"new.pt", "models/new.pt2"}})).model(Role::candidate);
  EXPECT_EQ(candidate.source, ModelSource::live);
  EXPECT_EQ(candidate.path, "models/new.pt2");
}

TEST(Models, the_default_output_follows_the_task) {
  EXPECT_EQ(plan_of(short_gate()).model(Role::candidate).output.positive_threshold, 0.5);
  const Plan plan = plan_of(short_gate({{"binary", "regression"}, {"recall, max_regression: 0.02", "r2, min: 0.5"}}));
  EXPECT_EQ(plan.model(Role::candidate).output.kind, OutputKind::value);
  EXPECT_EQ(plan.model(Role::candidate).output.positive_threshold, std::nullopt);
}

TEST(Models, a_score_serves_metrics_without_threshold) {
  const Plan plan =
      plan_of(short_gate({{"checks:", "output: {kind: score}\nchecks:"}, {"metric: recall", "metric: roc_auc"}}));
  EXPECT_EQ(plan.model(Role::candidate).output.kind, OutputKind::score);
}

TEST(Models, latency_of_recorded_predictions_stays_in_the_plan) {
  const Plan plan = plan_of(short_gate({{"model: new.pt", "predictions: p.csv"},
                                        {"accuracy", "latency"},
                                        {"metric: recall, max_regression: 0.02", "metric: latency, max: 1s"}}));
  EXPECT_EQ(plan.checks.size(), 1U);
}

TEST(Models, a_start_takes_the_rounds_that_others_need_anyway) {
  const auto batch_of_start = [](const std::string& latency) {
    const Plan plan = plan_of(gate_with_check(
        fmt::format("{{metric: cold_start, max: 1s}}\n  latency:\n    - {{metric: latency, max: 1s{}}}", latency),
        "resources"));
    return plan.checks.at(0).shape.batch;
  };
  EXPECT_EQ(batch_of_start(""), 1);
  EXPECT_EQ(batch_of_start(", batch: [64, 32]"), 32);
  EXPECT_EQ(plan_of(gate_with_check("{metric: cold_start, max: 1s}", "resources")).checks.at(0).shape.batch, 1);
}

TEST(Models, latency_alone_needs_no_label) {
  const Plan plan = plan_of(short_gate({{"  label: y\n", ""},
                                        {"accuracy", "latency"},
                                        {"metric: recall, max_regression: 0.02", "metric: latency, max: 1s"}}));
  EXPECT_TRUE(plan.dataset.label.columns.empty());
}

TEST(Models, a_weight_stands_where_every_metric_honours_it) {
  const Plan plan = plan_of(short_gate({{"  label: y", "  label: y\n  weight: {column: w, kind: sampling}"},
                                        {"metric: recall", "metric: accuracy"},
                                        {"checks:\n", "checks:\n  latency: [{metric: latency, max: 1s}]\n"}}));
  EXPECT_EQ(plan.dataset.weight, "w");
}

TEST(Models, pins_are_lower_case) {
  const std::string pin(64, 'A');
  const std::string gate = short_gate({{"model: new.pt", "model: new.pt, sha256: " + pin},
                                       {"  label: y", "  label: y\n  sha256: " + pin + "\n  min_rows: 1000"}});
  const Plan plan = plan_of(gate);
  EXPECT_EQ(plan.model(Role::candidate).sha256, std::string(64, 'a'));
  EXPECT_EQ(plan.dataset.sha256, std::string(64, 'a'));
  EXPECT_EQ(plan.dataset.min_rows, 1000U);
}

TEST(Models, a_signature_names_two_files_and_stays_whatever_model_the_command_line_names) {
  const std::string gate =
      short_gate({{"model: new.pt", "model: new.pt, signature: {bundle: sigs/new.sig, public_key: /keys/owner.pem}"}});
  for (const PlanRequest& request : {PlanRequest{}, PlanRequest{.candidate = "other.pt"}}) {
    const Plan plan = plan_of(gate, request);
    EXPECT_FALSE(plan.model(Role::production).signature.has_value());
    ASSERT_TRUE(plan.model(Role::candidate).signature.has_value());
    const SignatureSpec signature = plan.model(Role::candidate).signature.value_or(SignatureSpec{});
    EXPECT_EQ(signature.bundle, "sigs/new.sig");
    EXPECT_EQ(signature.bundle_written, "sigs/new.sig");
    EXPECT_EQ(signature.public_key, "/keys/owner.pem");
    EXPECT_EQ(signature.line, 5);
  }
  EXPECT_THAT(error_of(gate, {.candidate = "p.csv"}), testing::HasSubstr("not against its predictions"));
  EXPECT_THAT(error_of(gate, {.sets = {"candidate.signature=none"}}), testing::HasSubstr("does not reach"));
}

TEST(Models, a_first_release_has_no_production_and_keeps_its_relative_checks) {
  const std::string gate = short_gate({{"production: {model: old.pt}\n", ""}});
  const Plan plan = plan_of(gate, {.first_release = true});
  EXPECT_TRUE(plan.first_release);
  EXPECT_EQ(plan.model(Role::production).source, ModelSource::absent);
  EXPECT_THAT(ids_of(plan), ElementsAre("accuracy.recall.max_regression"));
}

TEST(Models, class_names_may_look_like_numbers_or_flags) {
  const Plan plan = plan_of(short_gate({{"binary", "multiclass"},
                                        {"checks:", "output: {classes: [0, 1, yes]}\nchecks:"},
                                        {"recall, ", "recall, class: yes, "}}));
  EXPECT_THAT(plan.model(Role::candidate).output.classes, ElementsAre("0", "1", "yes"));
  EXPECT_EQ(plan.checks.at(0).klass, "yes");
}

}  // namespace
}  // namespace modelgate::test
