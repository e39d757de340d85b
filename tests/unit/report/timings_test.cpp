// SPDX-License-Identifier: Apache-2.0
#include "gate/report/timings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/report/console_timing.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/scale.hpp"
#include "gate/report/junit_cases.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timing_gauges.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

CheckResult timed(LatencyReport latency) {
  CheckResult result;
  result.outcome = Outcome::pass;
  result.planned.family = Family::latency;
  result.planned.metric = "latency";
  result.latency = std::move(latency);
  return result;
}

LatencyReport whole() {
  return {.shape = {},
          .requests = 6400,
          .rounds = 16,
          .candidate = {.p50_ms = {0.0312, Interval{0.0309, 0.0316}}, .p99_ms = {1.204, Interval{0.9, 2.0}}},
          .production = {.p50_ms = {0.0301, {}}, .p99_ms = {}},
          .wall = Estimate{0.025, Interval{-0.01, 0.06}},
          .cpu = Estimate{0.0, {}},
          .gate_cost_us = 9.24,
          .control_rounds = 1,
          .control_cpu = Estimate{-0.001, Interval{-0.004, 0.003}},
          .preempted_share = 0.031,
          .seconds = 9.4,
          .waited_s = 2.5,
          .allocator = "pinned",
          .machine = {.load = 3.2, .steal = 0.004, .cpu_pressure = {}}};
}

TEST(Timings, ChoosesAUnitInWhichTheTypicalRequestIsRead) {
  const CheckResult result = timed(whole());
  const Timing timing = timing_of(result);
  EXPECT_EQ(timing.unit, "µs");
  ASSERT_THAT(timing.rows, SizeIs(2));
  EXPECT_EQ(timing.rows[0].candidate, "31.2");
  EXPECT_EQ(timing.rows[0].candidate_interval, "[30.9, 31.6]");
  EXPECT_EQ(timing.rows[0].production_interval, "");
  EXPECT_EQ(timing.rows[1].candidate, "1,204");
  EXPECT_EQ(timing.rows[1].production, "");
}

TEST(Timings, AreToldInWholeSentences) {
  const CheckResult result = timed(whole());
  EXPECT_THAT(timing_sentences(timing_of(result)),
              ElementsAre("candidate p50 31.2 µs [30.9, 31.6], p99 1,204 µs [900, 2,000]", "production p50 30.1 µs",
                          "CPU time 0.0%, wall time +2.5% [-1.0%, +6.0%]; production against itself, 1 round: CPU time "
                          "-0.1% [-0.4%, +0.3%]",
                          "6,400 requests in 16 rounds, 3.1% of the turns interrupted, allocator pinned; the gate "
                          "itself takes 9.24 µs of each request, alike for both models"));
}

TEST(Timings, UnderLoadServerTellHowBusyTheModelsAreAndHowLateTheGateWas) {
  LatencyReport latency = whole();
  latency.candidate.utilisation = {0.88, Interval{0.861, 1.2}};
  latency.production.utilisation = {0.451, {}};
  latency.late_p50_us = 5.0;
  latency.late_p99_us = 41.0;
  const CheckResult streamed = timed(latency);
  EXPECT_THAT(effort_sentence(timing_of(streamed)), Not(HasSubstr("at work")))
      << "a share of the rate, and there is none";
  latency.shape = {Load::server, 1, 100.0, 4};
  const CheckResult served = timed(latency);
  EXPECT_EQ(
      effort_sentence(timing_of(served)),
      "share of the time at work, at 100% requests pile up: candidate 88.0% [86.1%, 120.0%], production 45.1%; "
      "6,400 requests in 16 rounds, 3.1% of the turns interrupted, allocator pinned; the gate sent requests 5.00 µs "
      "late at the median, 41.0 µs at p99; the gate itself takes 9.24 µs of each request, alike for both models");
  latency.candidate.utilisation = {std::numeric_limits<double>::quiet_NaN(), {}};
  latency.production.utilisation = {};
  latency.late_p50_us.reset();
  const CheckResult unknown = timed(latency);
  EXPECT_EQ(effort_sentence(timing_of(unknown)).find("6,400 requests"), 0U);
}

TEST(Timings, ShowNothingWhereNothingIsKnown) {
  Verdict verdict;
  verdict.checks.push_back(timed({}));
  EXPECT_THAT(timing_sentences(timing_of(verdict.checks[0])), IsEmpty());
  EXPECT_THAT(console_timing(timing_of(verdict.checks[0]), 80), IsEmpty());
  EXPECT_EQ(machine_sentence(verdict), "");
  EXPECT_EQ(timing_gauges(verdict, "gate=\"g\""), "");
}

TEST(Timings, NeverShowNaNOrInfinity) {
  LatencyReport latency = whole();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  latency.candidate.p50_ms = {nan, Interval{nan, nan}};
  latency.candidate.p99_ms = {1.0, Interval{0.5, infinite}};
  latency.wall = Estimate{0.1, Interval{-0.1, infinite}};
  latency.gate_cost_us = nan;
  latency.preempted_share = nan;
  latency.machine = {.load = nan, .steal = infinite, .cpu_pressure = 0.5};
  Verdict verdict;
  verdict.checks.push_back(timed(latency));
  std::string all = machine_sentence(verdict) + timing_gauges(verdict, "gate=\"g\"");
  for (const std::string& line : timing_sentences(timing_of(verdict.checks[0]))) all += line;
  EXPECT_THAT(all, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf ")), Not(HasSubstr("undefined"))));
  EXPECT_THAT(all, HasSubstr("unbounded"));
}

TEST(Timings, AreToldOnceForEachLoadShapeUnderTheResultThatStandsWorst) {
  Verdict verdict;
  verdict.checks.push_back(timed(whole()));
  verdict.checks.push_back(timed(whole()));
  verdict.checks.back().outcome = Outcome::fail;
  LatencyReport other = whole();
  other.shape = {Load::server, 1, 100.0, 4};
  verdict.checks.push_back(timed(other));
  const std::vector<Timing> timings = timings_of(verdict);
  ASSERT_THAT(timings, SizeIs(2));
  EXPECT_EQ(timings[0].result, &verdict.checks[1]);
  EXPECT_EQ(timings[0].title, "single stream, batch 1");
  EXPECT_EQ(timings[1].title, "server, batch 1, 100/s from 4 clients");
}

TEST(Timings, TheMachineIsToldOnceForAllRuns) {
  Verdict verdict;
  verdict.checks.push_back(timed(whole()));
  verdict.checks.push_back(timed(whole()));  // the same run: its seconds must not count twice
  LatencyReport other = whole();
  other.shape.batch = 32;
  other.machine.load = 7.0;
  verdict.checks.push_back(timed(other));
  EXPECT_EQ(machine_sentence(verdict),
            "The rounds took 18.8 s, after 5.00 s of waiting for other gates on this machine; load 7.0, 0.4% of the "
            "CPU time taken by the hypervisor.");
}

TEST(Timings, FitInEightyColumnsHoweverLongTheNumbersAre) {
  LatencyReport latency = whole();
  for (LatencySide* side : {&latency.candidate, &latency.production})
    for (Estimate* one : {&side->p50_ms, &side->p95_ms, &side->p99_ms})
      *one = {123456789.0, Interval{123456788.0, 123456790123.0}};
  latency.allocator = std::string(300, 'x');
  for (const LatencyReport& one : {latency, whole()}) {
    const CheckResult result = timed(one);
    const auto lines = console_timing(timing_of(result), 80);
    EXPECT_THAT(lines, Not(IsEmpty()));
    for (const std::string& line : lines) EXPECT_LE(display_width(line), 80U) << line;
  }
}

TEST(Timings, StandInTheTextOfTheJUnitCase) {
  const sample::OwnedReport report = sample::fraud();
  std::string all;
  for (const JUnitSuite& suite : junit_suites(report.view()))
    for (const JUnitCase& one : suite.cases) all += one.system_out + one.text;
  EXPECT_THAT(all, AllOf(HasSubstr("candidate p50 1.20 ms [1.19, 1.21]"),
                         HasSubstr("the gate itself takes 41.0 µs of each request, alike for both models")));
}

TEST(LatencyPicture, DrawsLimitsThatAreNearAndTellsThoseThatAreFar) {
  const CurvePair pair{CurveKind::latency_ecdf, Curve{{1.0, 1.2, 2.0}, {0.1, 0.95, 1.0}}, std::nullopt};
  const auto near = latency_picture(pair, {{3.0, "p99 ≤ 3ms"}});
  const auto far = latency_picture(pair, {{1000.0, "p99 ≤ 1s"}});
  ASSERT_TRUE(near && far);
  EXPECT_THAT(near->svg, HasSubstr(">p99 ≤ 3ms<"));
  EXPECT_THAT(far->svg, Not(HasSubstr(">p99 ≤ 1s<")));
  EXPECT_THAT(far->description, HasSubstr("Limit: p99 ≤ 1s, far beyond the picture."));
  EXPECT_THAT(near->description, HasSubstr("The candidate: p50 1.200 ms, p95 1.200 ms, p99 2.000 ms."));
}

TEST(LatencyPicture, IsLogarithmicWhereTimesSpreadWidely) {
  const auto of = [](double slowest) {
    return latency_picture({CurveKind::latency_ecdf, Curve{{0.1, 0.2, slowest}, {0.1, 0.9, 1.0}}, std::nullopt}, {});
  };
  EXPECT_THAT(of(0.3)->svg, Not(HasSubstr("logarithmic")));
  EXPECT_THAT(of(30.0)->svg, HasSubstr("logarithmic"));
}

TEST(LatencyPicture, LimitsOfPercentilesAloneAreLimitsOnTheAxis) {
  CheckResult result = timed(whole());
  EXPECT_FALSE(latency_limit(result));
  result.planned.metric = "latency_p99.9";
  result.planned.limit = {.word = LimitWord::max, .value = 0.02, .text = "20ms"};
  ASSERT_TRUE(latency_limit(result));
  EXPECT_EQ(latency_limit(result)->text, "p99.9 ≤ 20ms");
  EXPECT_DOUBLE_EQ(latency_limit(result)->ms, 20.0);
}

TEST(LogTicks, AreRoundAndWithinTheRange) {
  const auto labels = [](Interval range) {
    const Ticks ticks = log_ticks(range);
    std::vector<std::string> all;
    for (const double tick : ticks.values) all.push_back(ticks.label(tick));
    return all;
  };
  EXPECT_THAT(labels({0.03, 2.5}), ElementsAre("0.05", "0.1", "0.2", "0.5", "1", "2"));
  EXPECT_THAT(labels({0.5, 2000}), ElementsAre("1", "10", "100", "1000"));
  EXPECT_THAT(labels({0.0, 1.0}), IsEmpty());
}

}  // namespace
}  // namespace modelgate
