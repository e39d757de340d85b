// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/words.hpp"

#include <gtest/gtest.h>

namespace modelgate {
namespace {

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec seconds_spec{.metric = "latency_p50", .unit = Unit::seconds};

CheckResult relative(Outcome outcome) {
  CheckResult result;
  result.planned.metric = "recall";
  result.planned.spec = &recall;
  result.planned.limit = {LimitWord::max_regression, 0.01, false, "0.01"};
  result.candidate.value = 0.904;
  result.production.value = 0.912;
  result.difference = {-0.008, Interval{-0.021, 0.005}};
  result.parts.resize(1);
  result.rows = 1840;
  result.rows_needed = 5740;
  result.outcome = outcome;
  return result;
}

CheckResult absolute(Outcome outcome) {
  CheckResult result;
  result.planned.metric = "recall";
  result.planned.spec = &recall;
  result.planned.limit = {LimitWord::min, 0.85, false, "0.85"};
  result.candidate = {0.861, Interval{0.842, 0.878}};
  result.parts.resize(1);
  result.rows = 1840;
  result.rows_needed = 5740;
  result.outcome = outcome;
  return result;
}

TEST(MessageFor, AnInconclusiveComparisonSaysWhatWouldDecide) {
  EXPECT_EQ(
      message_for(relative(Outcome::inconclusive)),
      "recall 0.9040 against production's 0.9120, -0.0080, interval [-0.0210, +0.0050]: 1,840 rows cannot rule out "
      "-0.0210 against the allowed regression of 0.0100; about 3,900 more would decide.");
}

TEST(MessageFor, AnInconclusiveLimitNamesTheEndThatIsOpen) {
  EXPECT_EQ(
      message_for(absolute(Outcome::inconclusive)),
      "recall 0.8610, interval [0.8420, 0.8780]: 1,840 rows cannot rule out 0.8420 against the required 0.8500; about "
      "3,900 more would decide.");
}

TEST(MessageFor, APassAndAFailNameTheLimit) {
  EXPECT_EQ(message_for(absolute(Outcome::pass)),
            "recall 0.8610, interval [0.8420, 0.8780]: at least the required 0.8500.");
  EXPECT_EQ(message_for(relative(Outcome::fail)),
            "recall 0.9040 against production's 0.9120, -0.0080, interval [-0.0210, +0.0050]: beyond the allowed "
            "regression of "
            "0.0100.");
}

TEST(MessageFor, APercentMarginShowsWhatItCameTo) {
  CheckResult result = relative(Outcome::fail);
  result.planned.limit = {LimitWord::max_regression, 0.01, true, "1%"};
  result.margin = 0.00912;
  EXPECT_NE(message_for(result).find("the allowed regression of 0.0091 (1% of production)"), std::string::npos);
}

TEST(MessageFor, ABiasGapNamesThePairThatDecides) {
  CheckResult result = absolute(Outcome::fail);
  result.parts = {{.label = "F vs M, tpr", .p_fail = 0.001}, {.label = "F vs M, fpr", .p_fail = 0.7}};
  result.shown = "F vs M, tpr";
  EXPECT_NE(message_for(result).find("(F vs M, tpr)"), std::string::npos);
  result.parts[1].fails = true;
  EXPECT_NE(message_for(result).find("Proven for F vs M, fpr."), std::string::npos);
}

TEST(MessageFor, AWithheldFailSaysWhatWithholdsIt) {
  CheckResult result = relative(Outcome::inconclusive);
  result.parts[0].p_fail = 0.001;
  result.parts[0].p_adjusted = 0.02;
  result.parts[0].discordant = 9;
  result.parts[0].discordant_needed = 10;
  EXPECT_NE(message_for(result).find("the models disagree on only 9 of the 10 rows that a fail needs"),
            std::string::npos);
  result.parts[0].discordant_needed.reset();
  result.parts[0].p_adjusted = 0.061;
  EXPECT_NE(message_for(result).find("not proven after the correction for the whole gate (p 0.0010, adjusted 0.0610)"),
            std::string::npos);
}

TEST(MessageFor, WhatCannotBeJudgedSaysWhy) {
  CheckResult result = absolute(Outcome::not_assessable);
  result.detail = "The slice region=north has no rows.";
  EXPECT_EQ(message_for(result), "recall cannot be judged. The slice region=north has no rows.");
}

CheckResult overloaded(Outcome outcome, double seconds) {
  CheckResult result;
  result.outcome = outcome;
  result.planned.family = Family::latency;
  result.planned.metric = "latency_p50";
  result.planned.spec = &seconds_spec;
  result.planned.limit = {LimitWord::max, 100.0, false, "100s"};
  result.candidate.value = seconds;
  result.latency.emplace().shape.load = Load::server;
  result.latency->candidate.utilisation = {1.42, Interval{1.4, 1.45}};
  result.detail = "The candidate cannot serve 100/s.";
  return result;
}

TEST(MessageFor, ARateThatCannotBeServedLeadsAndNoTimeWithinTheLimitIsCalledBeyondIt) {
  EXPECT_EQ(message_for(overloaded(Outcome::fail, 1.043)),
            "The candidate cannot serve 100/s. latency_p50 1043 ms, against the allowed 100000 ms.");
  EXPECT_EQ(message_for(overloaded(Outcome::fail, 200.0)),
            "The candidate cannot serve 100/s. latency_p50 200000 ms: beyond the allowed 100000 ms.");
  EXPECT_EQ(message_for(overloaded(Outcome::inconclusive, 1.043)).find("The candidate cannot serve"), 0U);
  CheckResult served = overloaded(Outcome::fail, 200.0);
  served.latency->candidate.utilisation = {0.2, Interval{0.1, 0.3}};
  served.candidate.interval = Interval{150.0, 250.0};
  EXPECT_EQ(message_for(served).find("latency_p50 200000 ms"), 0U) << "a tail of its own is told by its time";
}

}  // namespace
}  // namespace modelgate
