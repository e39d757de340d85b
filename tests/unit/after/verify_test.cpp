// SPDX-License-Identifier: Apache-2.0
#include "gate/after/verify.hpp"

#include "tests/unit/after/support.hpp"

namespace modelgate {
namespace {

/// A request that the passing sample meets.
VerifyRequest met_by(const StoredReport& report) {
  return {.report = "report.json",
          .candidate = {"model.pt", report.run.models[index_of(Role::candidate)].sha256},
          .production = {},
          .dataset = {},
          .gate = {},
          .max_age = {},
          .now = *instant_from(report.run.started) + std::chrono::hours(1),
          .allowed_overrides = {"dataset.path"}};
}

TEST(Verify, a_met_request_has_no_objection) {
  const StoredReport report = stored(sample::passing());
  EXPECT_TRUE(objections_to(report, met_by(report)).empty());
}

TEST(Verify, a_candidate_without_a_digest_is_never_verified) {
  sample::OwnedReport original = sample::passing();
  original.run.models[index_of(Role::candidate)].sha256.clear();
  const StoredReport report = stored(original);
  VerifyRequest request = met_by(report);
  request.candidate.sha256 = std::string{};  // not even by another empty one
  const auto found = objections_to(report, request);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].find("has no digest of the candidate"), std::string::npos);
}

TEST(Verify, clocks_may_differ_by_five_minutes_and_no_more) {
  const StoredReport report = stored(sample::passing());
  VerifyRequest request = met_by(report);
  request.now = *instant_from(report.run.started) - std::chrono::minutes(5);
  EXPECT_TRUE(objections_to(report, request).empty());
  request.now -= std::chrono::seconds(1);
  EXPECT_EQ(objections_to(report, request).size(), 1U);
}

TEST(Verify, an_age_is_allowed_to_its_last_second) {
  const StoredReport report = stored(sample::passing());
  VerifyRequest request = met_by(report);
  request.max_age = std::chrono::hours(1);
  EXPECT_TRUE(objections_to(report, request).empty());
  request.now += std::chrono::seconds(1);
  EXPECT_EQ(objections_to(report, request).size(), 1U);
}

TEST(Verify, overrides_are_harmless_only_by_what_is_proven) {
  const StoredReport timed = stored(sample::passing());  // it has latency checks
  sample::OwnedReport rows = sample::passing();
  std::erase_if(rows.verdict.checks, [](const CheckResult& one) { return is_measured(one.planned.family); });
  const StoredReport untimed = stored(rows);
  VerifyRequest request = met_by(timed);
  for (const char* key : {"candidate.model", "candidate.predictions", "candidate.version", "runtime.timeout"})
    EXPECT_TRUE(is_harmless(key, timed, request)) << key;
  for (const char* key : {"production.model", "dataset.path", "candidate.columns", "runtime.seed", "runtime.threads"})
    EXPECT_FALSE(is_harmless(key, timed, request)) << key;
  EXPECT_TRUE(is_harmless("runtime.threads", untimed, request));
  request.dataset = request.production = request.candidate;
  EXPECT_TRUE(is_harmless("dataset.path", timed, request));
  EXPECT_TRUE(is_harmless("production.model", timed, request));
}

}  // namespace
}  // namespace modelgate
