// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gate/integrity/digest.hpp"
#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;
using testing::Field;

TEST(Overrides, a_candidate_of_another_path_leaves_the_old_ones_version_and_columns) {
  const std::string gate = short_gate({{"model: new.pt", "model: new.pt, version: v2"}});
  const ModelSpec candidate = plan_of(gate, {.candidate = "built/x.pt"}).model(Role::candidate);
  EXPECT_EQ(candidate.source, ModelSource::live);
  EXPECT_EQ(candidate.path, "built/x.pt");
  EXPECT_EQ(candidate.version, "");
}

TEST(Overrides, the_pin_of_the_gate_file_stays) {
  const std::string pin(64, 'a');
  const std::string gate = short_gate({{"model: new.pt", "model: new.pt, sha256: " + pin}});
  EXPECT_EQ(plan_of(gate, {.candidate = "x.pt"}).model(Role::candidate).sha256, pin);
}

TEST(Overrides, a_predictions_file_serves_as_a_model) {
  for (const std::string path : {"preds/*.parquet", "p.csv"}) {
    const ModelSpec candidate = plan_of(short_gate(), {.candidate = path}).model(Role::candidate);
    EXPECT_EQ(candidate.source, ModelSource::recorded) << path;
    EXPECT_EQ(candidate.path, path);
  }
}

TEST(Overrides, production_can_come_from_the_command_line_alone) {
  const Plan plan = plan_of(short_gate({{"production: {model: old.pt}\n", ""}}), {.production = "live.pt"});
  EXPECT_EQ(plan.model(Role::production).path, "live.pt");
}

TEST(Overrides, everything_is_recorded_in_order_of_use) {
  const Plan plan =
      plan_of(short_gate(), {.candidate = "x.pt",
                             .production = "p.csv",
                             .dataset = "d.csv",
                             .sets = {"candidate.version=v3", "runtime.threads=2", "runtime.timeout=5min"},
                             .seed = 7});
  std::vector<std::string> lines;
  for (const Override& one : plan.overrides) lines.push_back(one.key + "=" + one.value);
  EXPECT_THAT(
      lines, ElementsAre("candidate.model=x.pt", "production.predictions=p.csv", "dataset.path=d.csv", "runtime.seed=7",
                         "runtime.threads=2", "runtime.timeout=5min", "candidate.version=v3"));
  EXPECT_EQ(plan.model(Role::candidate).version, "v3");
  EXPECT_EQ(plan.dataset.path, "d.csv");
  EXPECT_EQ(plan.runtime.threads, 2);
  EXPECT_EQ(plan.runtime.timeout_s, 300.0);
  EXPECT_EQ(plan.runtime.seed, 7U);
}

TEST(Overrides, set_reaches_models_dataset_and_runtime) {
  const Plan plan = plan_of(short_gate(), {.sets = {"candidate.predictions=c.csv", "production.model=p.pt",
                                                    "dataset.path=s3://bucket/rows.parquet", "runtime.chunk=128",
                                                    "runtime.memory=2GiB", "runtime.allocator=system"}});
  EXPECT_EQ(plan.model(Role::candidate).source, ModelSource::recorded);
  EXPECT_EQ(plan.model(Role::production).path, "p.pt");
  EXPECT_EQ(plan.dataset.path, "s3://bucket/rows.parquet");
  EXPECT_EQ(plan.runtime.chunk, 128U);
  EXPECT_EQ(plan.runtime.memory_bytes, 2ULL << 30U);
  EXPECT_FALSE(plan.runtime.pinned_allocator);
}

TEST(Overrides, paths_of_the_file_are_relative_to_it_those_of_the_command_line_are_not) {
  const GateFolder folder("");
  std::filesystem::create_directory("gates");
  std::ofstream("gates/g.yaml") << short_gate(
      {{"[{columns: [a]}]", "[{columns: [a], dtype: int64, vocabulary: v.json}]"}});
  const auto plan = folder.load({.gate_file = "gates/g.yaml", .production = "live.pt"});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->gate_file, "gates/g.yaml");
  EXPECT_EQ(plan->model(Role::candidate).path, "gates/new.pt");
  EXPECT_EQ(plan->model(Role::candidate).written, "new.pt");
  EXPECT_EQ(plan->model(Role::candidate).inputs.at(0).vocabulary, "gates/v.json");
  EXPECT_EQ(plan->model(Role::production).path, "live.pt");
  EXPECT_EQ(plan->dataset.path, "gates/rows.parquet");
}

TEST(Overrides, an_absolute_path_stays) {
  EXPECT_EQ(plan_of(short_gate({{"new.pt", "/models/new.pt"}})).model(Role::candidate).path, "/models/new.pt");
}

TEST(Digest, without_overrides_is_that_of_the_file) {
  EXPECT_EQ(plan_of(short_gate()).gate_sha256, sha256_hex(short_gate()));
}

TEST(Digest, covers_the_overrides) {
  const std::string one = plan_of(short_gate(), {.seed = 1}).gate_sha256;
  EXPECT_NE(one, sha256_hex(short_gate()));
  EXPECT_NE(one, plan_of(short_gate(), {.seed = 2}).gate_sha256);
}

std::vector<std::string> selected(std::vector<std::string> only) {
  std::vector<std::string> ids;
  for (const PlannedCheck& check : plan_of(sample(), {.only = std::move(only)}).checks) {
    if (check.selected) ids.push_back(check.base_id + (check.slice ? " by " + check.slice->text() : ""));
  }
  return ids;
}

TEST(Only, a_family) {
  EXPECT_THAT(selected({"latency"}),
              ElementsAre("latency.latency.max_regression.batch=1", "latency.latency_p99.max.batch=1",
                          "latency.latency_p99.max.batch=32"));
}

TEST(Only, an_exact_id) { EXPECT_THAT(selected({"accuracy.roc_auc.min"}), ElementsAre("accuracy.roc_auc.min")); }

TEST(Only, the_beginning_of_ids_up_to_a_dot) {
  EXPECT_THAT(
      selected({"latency.latency", "accuracy.roc_auc"}),
      ElementsAre("accuracy.roc_auc.min", "accuracy.roc_auc.max_regression", "latency.latency.max_regression.batch=1"));
}

TEST(Only, the_id_of_a_slices_result_selects_its_declaration) {
  EXPECT_THAT(selected({"accuracy.recall.max_regression.region=north"}),
              ElementsAre("accuracy.recall.max_regression by region"));
}

TEST(Only, several_in_one_argument) {
  EXPECT_THAT(selected({"accuracy.roc_auc.min,bias.tpr"}),
              ElementsAre("accuracy.roc_auc.min", "bias.tpr.max_regression.attribute=sex"));
}

TEST(Only, nothing_given_selects_all) { EXPECT_EQ(selected({}).size(), 13U); }

}  // namespace
}  // namespace modelgate::test
