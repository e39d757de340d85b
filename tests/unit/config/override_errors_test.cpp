// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(OverrideErrors, limits_stay) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"checks.accuracy=0.5"}}),
            R"(--set checks.accuracy=0.5: error: --set does not reach "checks.accuracy"
      limits and policy change in the reviewed file alone; --set reaches models (not their pins), dataset.path and runtime (not isolation))");
}

TEST(OverrideErrors, policy_stays) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"on_inconclusive=warn"}}),
            R"(--set on_inconclusive=warn: error: --set does not reach "on_inconclusive"
      limits and policy change in the reviewed file alone; --set reaches models (not their pins), dataset.path and runtime (not isolation))");
}

TEST(OverrideErrors, pins_stay) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"candidate.sha256=00"}}),
            R"(--set candidate.sha256=00: error: --set does not reach "candidate.sha256"
      limits and policy change in the reviewed file alone; --set reaches models (not their pins), dataset.path and runtime (not isolation))");
}

TEST(OverrideErrors, isolation_stays) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.isolation=none"}}),
            R"(--set runtime.isolation=none: error: --set does not reach "runtime.isolation"
      limits and policy change in the reviewed file alone; --set reaches models (not their pins), dataset.path and runtime (not isolation))");
}

TEST(OverrideErrors, what_a_native_model_may_stays) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.allow_native_unisolated=true"}}),
            R"(--set runtime.allow_native_unisolated=true: error: --set does not reach "runtime.allow_native_unisolated"
      limits and policy change in the reviewed file alone; --set reaches models (not their pins), dataset.path and runtime (not isolation))");
}

TEST(OverrideErrors, misspelled) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.thread=2"}}),
            R"(--set runtime.thread=2: error: --set does not reach "runtime.thread"
      did you mean "runtime.threads"?)");
}

TEST(OverrideErrors, value_of_the_wrong_type) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.threads=many"}}),
            R"(--set runtime.threads=many: error: "threads" needs a whole number
      range: 1 to 1024)");
}

TEST(OverrideErrors, no_value) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.threads"}}),
            R"(--set runtime.threads: error: "runtime.threads" has no value
      write --set runtime.threads=VALUE)");
}

TEST(OverrideErrors, twice) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"runtime.threads=1", "runtime.threads=2"}}),
            R"(--set runtime.threads=2: error: runtime.threads is given twice on the command line
      keep one)");
}

TEST(OverrideErrors, candidate_of_an_unsupported_kind) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.candidate = "x.onnx"}),
            R"(--candidate x.onnx: error: a model is a TorchScript file (.pt) or an AOTInductor package (.pt2)
      other frameworks come as predictions: FILE.parquet or FILE.csv)");
}

TEST(OverrideErrors, two_candidates) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.candidate = "x.pt", .sets = {"candidate.predictions=p.csv"}}),
            R"(--set candidate.predictions=p.csv: error: candidate.predictions is given twice on the command line
      keep one)");
}

TEST(OverrideErrors, seed_beyond_json) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.seed = ~0ULL}),
            R"(--seed 18446744073709551615: error: "seed" needs a whole number
      range: 0 to 9007199254740991)");
}

TEST(OverrideErrors, control_character) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.sets = {"candidate.version=\x1b[31m"}}),
            R"(--set candidate.version=?[31m: error: the value is not UTF-8 text without control characters)");
}

TEST(OverrideErrors, only_misspelled) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.only = {"acuracy", "accuracy.recal"}}),
            R"(--only acuracy: error: no check is named "acuracy"
      did you mean "accuracy"?
--only accuracy.recal: error: no check is named "accuracy.recal"
      write a family, a check's id, or the beginning of ids up to a dot)");
}

TEST(OverrideErrors, only_nothing) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.only = {""}}),
            R"(--only : error: no check is named ""
      write a family, a check's id, or the beginning of ids up to a dot)");
}

TEST(OverrideErrors, no_gate_file) {
  EXPECT_EQ(
      error_of(short_gate(), PlanRequest{.gate_file = "none.yaml"}),
      R"(there is no gate file "none.yaml"; name another with -c FILE, or let modelgate init --candidate MODEL --production MODEL --dataset ROWS write one)");
}

TEST(OverrideErrors, gate_file_is_a_folder) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.gate_file = "."}),
            R"(the gate file "." is not a file; name one with -c FILE)");
}

}  // namespace
}  // namespace modelgate::test
