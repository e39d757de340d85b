// SPDX-License-Identifier: Apache-2.0
// What the phase checks before it times anything; timing itself is tested with the command.
#include "gate/app/latency_phase.hpp"

#include <gmock/gmock.h>

#include "checks/check.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
const std::string folder = MODELGATE_SOURCE_DIR "/fixtures/generated/breast_cancer/";
const std::string wrong_digest(64, '0');

PlannedCheck latency_check(std::int64_t batch, bool selected = true) {
  PlannedCheck check;
  check.family = Family::latency;
  check.metric = "latency_p99";
  check.limit = {LimitWord::max, 1.0, false, "1s"};
  check.shape.batch = batch;
  check.selected = selected;
  check.spec = &find_check(Family::latency, "latency_p99")->spec;
  return check;
}

/// A candidate without production whose pin does not fit, so that nothing is timed.
Plan plan_with(std::vector<PlannedCheck> checks) {
  Plan plan;
  plan.dataset.path = plan.dataset.written = folder + "golden.parquet";
  plan.dataset.id = "patient";
  ModelSpec& model = plan.models[candidate];
  model.source = ModelSource::live;
  model.path = model.written = folder + "models/candidate.pt";
  model.sha256 = wrong_digest;
  InputSpec input;
  input.columns = {"mean_*", "*_error", "worst_*"};
  model.inputs = {input};
  plan.checks = std::move(checks);
  return plan;
}

Result<Samples> timed(const Plan& plan, RunRecord& record) {
  SilentProgress silent;
  return latency_phase(plan, silent, record);
}

TEST(LatencyPhase, HasOneRunForEachBatchOfASelectedCheck) {
  RunRecord record;
  const auto samples =
      timed(plan_with({latency_check(32), latency_check(1), latency_check(32), latency_check(8, false)}), record);
  ASSERT_TRUE(samples.has_value()) << samples.error().message;
  ASSERT_THAT(samples->runs, SizeIs(2));
  EXPECT_EQ(samples->runs[0].shape.batch, 1);
  EXPECT_EQ(samples->runs[1].shape.batch, 32);
}

TEST(LatencyPhase, DoesNotRunAModelOfOtherBytesThanItsPin) {
  RunRecord record;
  const auto samples = timed(plan_with({latency_check(1)}), record);
  ASSERT_TRUE(samples.has_value()) << samples.error().message;
  const auto& error = samples->runs.at(0).errors[candidate];
  ASSERT_TRUE(error);
  EXPECT_EQ(error->reason, Reason::digest_mismatch);
  EXPECT_THAT(error->message, HasSubstr("but the gate file pins " + wrong_digest));
  EXPECT_THAT(samples->runs[0].rounds, IsEmpty());
}

TEST(LatencyPhase, DoesNotTimeAModelThatChangedSinceTheReplay) {
  Plan plan = plan_with({latency_check(1)});
  plan.models[candidate].sha256.clear();
  RunRecord record;
  record.dataset_sha256 = "of the replay";
  record.models[candidate].sha256 = wrong_digest;
  const auto samples = timed(plan, record);
  ASSERT_TRUE(samples.has_value()) << samples.error().message;
  const auto& error = samples->runs.at(0).errors[candidate];
  ASSERT_TRUE(error);
  EXPECT_EQ(error->reason, Reason::digest_mismatch);
  EXPECT_THAT(error->message, HasSubstr("changed while the gate was running"));
  EXPECT_EQ(record.models[candidate].sha256, wrong_digest);
}

TEST(LatencyPhase, FillsTheRecordOfTheDataWithoutAReplay) {
  RunRecord record;
  ASSERT_TRUE(timed(plan_with({latency_check(1)}), record).has_value());
  EXPECT_THAT(record.dataset_sha256, SizeIs(64));
  EXPECT_EQ(record.dataset_rows, 369U);
}

TEST(LatencyPhase, HoldsTheDataToItsPinAndItsRows) {
  Plan plan = plan_with({latency_check(1)});
  plan.dataset.sha256 = wrong_digest;
  RunRecord record;
  const auto other = timed(plan, record);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, Reason::digest_mismatch);

  plan.dataset.sha256.clear();
  plan.dataset.min_rows = 370;
  const auto few = timed(plan, record);
  ASSERT_FALSE(few.has_value());
  EXPECT_EQ(few.error().reason, Reason::data_invalid);
  EXPECT_THAT(few.error().message, HasSubstr("has 369 rows; dataset.min_rows asks for 370"));
}

TEST(LatencyPhase, ReadsNothingWithoutASelectedCheckOrALiveCandidate) {
  Plan plan = plan_with({latency_check(1, false)});
  plan.dataset.path = "/nowhere.parquet";
  RunRecord record;
  auto samples = timed(plan, record);
  ASSERT_TRUE(samples.has_value());
  EXPECT_THAT(samples->runs, IsEmpty());
  plan.checks = {latency_check(1)};
  plan.models[candidate].source = ModelSource::recorded;
  samples = timed(plan, record);
  ASSERT_TRUE(samples.has_value());
  EXPECT_THAT(samples->runs, IsEmpty());
}

}  // namespace
}  // namespace modelgate
