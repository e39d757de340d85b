// SPDX-License-Identifier: Apache-2.0
// load, rate, clients and batch: what they become, and what cannot stand together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Plan with_check(std::string_view check) { return plan_of(gate_with_check(check, "latency")); }
std::string refused(std::string_view check) { return sentences_of(gate_with_check(check, "latency")); }

TEST(Load, is_single_stream_where_nothing_is_said) {
  EXPECT_EQ(with_check("{metric: latency_p99, max: 20ms}").checks.at(0).shape, LoadShape{});
  EXPECT_EQ(with_check("{metric: latency_p99, max: 20ms, load: single_stream}").checks.at(0).shape, LoadShape{});
}

TEST(Load, offline_takes_batches_and_margins) {
  const Plan plan = with_check("{metric: latency, max_regression: 5%, load: offline, batch: [1, 32]}");
  ASSERT_EQ(plan.checks.size(), 2U);
  EXPECT_EQ(plan.checks[0].shape, (LoadShape{.load = Load::offline, .batch = 1}));
  EXPECT_EQ(plan.checks[1].shape, (LoadShape{.load = Load::offline, .batch = 32}));
  EXPECT_THAT(ids_of(plan), ElementsAre("latency.latency.max_regression.batch=1.load=offline",
                                        "latency.latency.max_regression.batch=32.load=offline"));
}

TEST(Load, server_has_its_rate_and_one_client_where_no_number_is_given) {
  const Plan plan = with_check("{metric: latency_p99, max: 20ms, load: server, rate: 100/s}");
  EXPECT_EQ(plan.checks.at(0).shape, (LoadShape{.load = Load::server, .batch = 1, .rate = 100.0, .clients = 1}));
  EXPECT_THAT(ids_of(plan), ElementsAre("latency.latency_p99.max.load=server"));
  const Plan several = with_check("{metric: latency_p99, max: 20ms, load: server, rate: 2.5 /s, clients: 4}");
  EXPECT_EQ(several.checks.at(0).shape, (LoadShape{.load = Load::server, .batch = 1, .rate = 2.5, .clients = 4}));
}

TEST(Load, server_needs_a_rate) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency_p99, max: 20ms, load: server}", "latency")),
            R"(modelgate.yaml:13: error: "load: server" needs "rate"
   13 |     - {metric: latency_p99, max: 20ms, load: server}
      |                                              ^
      write rate: 100/s, the requests a second of all clients together)");
}

TEST(Load, rate_and_clients_belong_to_server) {
  for (const std::string_view load : {"", ", load: single_stream", ", load: offline"}) {
    EXPECT_EQ(refused("{metric: latency_p99, max: 20ms" + std::string{load} + ", rate: 100/s, clients: 4}"),
              "modelgate.yaml:13: error: \"rate\" belongs to load: server; write load: server, or remove it\n"
              "modelgate.yaml:13: error: \"clients\" belongs to load: server; write load: server, or remove it");
  }
}

TEST(Load, a_wrong_word_for_it_is_one_mistake) {
  EXPECT_EQ(refused("{metric: latency_p99, max: 20ms, load: servre, rate: 100/s}"),
            "modelgate.yaml:13: error: \"load\" cannot be \"servre\"; did you mean \"server\"?");
}

TEST(Load, server_is_for_absolute_limits_and_says_why) {
  EXPECT_EQ(
      error_of(gate_with_check("{metric: latency, max_regression: 5%, load: server, rate: 100/s}", "latency")),
      R"(modelgate.yaml:13: error: "max_regression" compares with production, and load: server is for absolute limits only: near the model's capacity a small slow-down multiplies the waiting, so that a ratio says more of the rate than of the models
   13 |     - {metric: latency, max_regression: 5%, load: server, rate: 100/s}
      |                         ^
      write a limit on the candidate itself (latency_p99 with max: 20ms), or load: single_stream or offline)");
  EXPECT_THAT(refused("{metric: latency_p99, max: 1s, min_improvement: 1%, load: server, rate: 9/s}"),
              HasSubstr("\"min_improvement\" compares with production"));
}

TEST(Load, a_rate_has_a_unit_and_a_range) {
  const auto rate = [](std::string_view text) {
    return refused("{metric: latency_p99, max: 20ms, load: server, rate: " + std::string{text} + "}");
  };
  const std::string unit = "modelgate.yaml:13: error: \"rate\" needs a rate with its unit; such as 100/s";
  for (const char* wrong : {"100", "fast", "100/min", "-1/s", "nan/s", "inf/s"}) EXPECT_EQ(rate(wrong), unit) << wrong;
  const std::string range = "modelgate.yaml:13: error: \"rate\" is out of range: 0.1 to 100000";
  for (const char* wrong : {"0/s", "0.09/s", "100001/s"}) EXPECT_EQ(rate(wrong), range) << wrong;
  EXPECT_EQ(with_check("{metric: latency_p99, max: 1s, load: server, rate: 0.1/s}").checks.at(0).shape.rate, 0.1);
}

TEST(Load, clients_are_at_least_one) {
  EXPECT_EQ(refused("{metric: latency_p99, max: 20ms, load: server, rate: 9/s, clients: 0}"),
            "modelgate.yaml:13: error: \"clients\" is out of range: 1 to 10000");
}

TEST(Load, is_for_checks_of_time_alone) {
  EXPECT_EQ(sentences_of(gate_with_check("{metric: recall, min: 0.5, load: server, rate: 9/s, clients: 2}")),
            "modelgate.yaml:13: error: \"load\" does not apply to recall; remove it\n"
            "modelgate.yaml:13: error: \"rate\" does not apply to recall; remove it\n"
            "modelgate.yaml:13: error: \"clients\" does not apply to recall; remove it");
}

TEST(Load, two_rates_need_an_id) {
  constexpr std::string_view slow = "{metric: latency_p99, max: 20ms, load: server, rate: 100/s}";
  const std::string fast = "{metric: latency_p99, max: 90ms, load: server, rate: 200/s";
  EXPECT_EQ(refused(std::string{slow} + "\n    - " + fast + "}"),
            "modelgate.yaml:14: error: two checks have the id \"latency.latency_p99.max.load=server\" (lines 13 and "
            "14); rate and clients do not stand in ids; give one of them an id of its own: id: NAME");
  EXPECT_THAT(ids_of(with_check(std::string{slow} + "\n    - " + fast + ", id: rush hour}")),
              ElementsAre("latency.latency_p99.max.load=server", "rush hour.max.load=server"));
}

}  // namespace
}  // namespace modelgate::test
