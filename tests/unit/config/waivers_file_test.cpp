// SPDX-License-Identifier: Apache-2.0
#include "gate/config/waivers_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate {
namespace {

using ::testing::HasSubstr;

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec latency{.family = Family::latency, .metric = "latency", .unit = Unit::seconds};

PlannedCheck planned(const char* base_id, const CheckSpec& spec, std::optional<Scope> slice = {}) {
  PlannedCheck check;
  check.base_id = base_id;
  check.metric = std::string(spec.metric);
  check.spec = &spec;
  check.slice = std::move(slice);
  return check;
}

Plan plan() {
  Plan made;
  made.checks = {planned("accuracy.recall.min", recall),
                 planned("accuracy.recall.max_regression", recall, Scope{{"region"}, {}}),
                 planned("accuracy.recall.max_regression", recall, Scope{{"channel"}, {"web", "app"}}),
                 planned("latency.latency.max", latency)};
  return made;
}

std::string error_of(const char* text) {
  const auto waivers = parse_waivers(text, "waivers.yaml", plan());
  return waivers ? "no error" : waivers.error().message;
}

std::string entry(const char* check, const char* more = "worst: 0.8") {
  return std::string("- {check: ") + check + ", owner: ada, reason: retraining, until: 2026-12-31, " + more + "}\n";
}

TEST(WaiversFile, ReadsEveryKey) {
  const auto waivers = parse_waivers("# reviewed\n" + entry("accuracy.recall.min"), "waivers.yaml", plan());
  ASSERT_TRUE(waivers) << waivers.error().message;
  ASSERT_EQ(waivers->size(), 1U);
  const Waiver& one = waivers->front();
  EXPECT_EQ(one.check, "accuracy.recall.min");
  EXPECT_EQ(one.owner, "ada");
  EXPECT_EQ(one.reason, "retraining");
  EXPECT_EQ(date_text(one.until), "2026-12-31");
  EXPECT_EQ(one.worst, 0.8);
  EXPECT_EQ(one.line, 2);
}

TEST(WaiversFile, TakesTheIdsOfSlices) {
  for (const char* id :
       {"accuracy.recall.max_regression.region=anything", "accuracy.recall.max_regression.channel=web"})
    EXPECT_EQ(error_of(entry(id).c_str()), "no error") << id;
  EXPECT_THAT(error_of(entry("accuracy.recall.max_regression.channel=wbe").c_str()),
              HasSubstr("did you mean \"accuracy.recall.max_regression.channel=web\"?"));
  EXPECT_THAT(error_of(entry("accuracy.recall.max_regression").c_str()), HasSubstr("each slice has an id of its own"));
}

TEST(WaiversFile, NamesTheIdThatWasMeant) {
  EXPECT_EQ(error_of(entry("accuracy.recal.min").c_str()),
            R"(waivers.yaml:1: error: no check has the id "accuracy.recal.min"
    1 | - {check: accuracy.recal.min, owner: ada, reason: retraining, until: 2026-12-31, worst: 0.8}
      |           ^
      did you mean "accuracy.recall.min"?)");
}

TEST(WaiversFile, RefusesWhatIsMissingUnknownOrTwice) {
  EXPECT_THAT(error_of("- {check: accuracy.recall.min, reason: r, until: 2026-12-31}\n"),
              HasSubstr("\"owner\" is missing"));
  EXPECT_THAT(error_of(entry("accuracy.recall.min", "wrst: 0.8").c_str()), HasSubstr("did you mean \"worst\"?"));
  EXPECT_THAT(error_of((entry("accuracy.recall.min") + entry("accuracy.recall.min")).c_str()),
              HasSubstr("waivers.yaml:2: error: two waivers for accuracy.recall.min: the other stands in line 1"));
  EXPECT_THAT(error_of("- {check: accuracy.recall.min, owner: '', reason: r, until: 2026-12-31}\n"),
              HasSubstr("must be a text that says something"));
  EXPECT_THAT(error_of("check: accuracy.recall.min\n"), HasSubstr("a list of waivers is needed"));
  EXPECT_THAT(error_of("- accuracy.recall.min\n"), HasSubstr("a map is needed"));
  EXPECT_THAT(error_of("- &a {check: accuracy.recall.min}\n"), HasSubstr("anchor"));
}

TEST(WaiversFile, RefusesDatesAndValuesThatAreNone) {
  EXPECT_THAT(error_of("- {check: accuracy.recall.min, owner: a, reason: r, until: 31.12.2026}\n"),
              HasSubstr("\"until\" is no date"));
  for (const char* worst : {"worst: 5pp", "worst: 80%", "worst: nan", "worst: .inf", "worst: [0.8]", "worst: 8ms"})
    EXPECT_THAT(error_of(entry("accuracy.recall.min", worst).c_str()), HasSubstr("no value of recall")) << worst;
}

TEST(WaiversFile, TakesDurationsForLatencyAlone) {
  const auto waivers = parse_waivers(entry("latency.latency.max", "worst: 20ms"), "waivers.yaml", plan());
  ASSERT_TRUE(waivers) << waivers.error().message;
  EXPECT_DOUBLE_EQ(*waivers->front().worst, 0.020);
  EXPECT_THAT(error_of(entry("latency.latency.max", "worst: 0.02").c_str()), HasSubstr("write a duration"));
}

TEST(WaiversFile, AMissingFileIsAnError) {
  Plan absent = plan();
  absent.waivers = "/nonexistent/waivers.yaml";
  const auto waivers = read_waivers(absent);
  ASSERT_FALSE(waivers);
  EXPECT_EQ(waivers.error().kind, ErrorKind::usage);
  EXPECT_TRUE(read_waivers(plan())) << "no file named, no waivers";
}

TEST(WaiversFile, AnEmptyFileSaysHowToWriteNone) {
  EXPECT_THAT(error_of(" \n"), HasSubstr("the file is empty; without waivers write []"));
}

}  // namespace
}  // namespace modelgate
