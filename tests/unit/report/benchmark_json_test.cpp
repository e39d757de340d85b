// SPDX-License-Identifier: Apache-2.0
#include "gate/report/benchmark_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;
using testing::DoubleNear;
using testing::ElementsAre;

Round round_of(std::vector<float> candidate_s, double cpu_s) {
  Round round;
  const auto requests = static_cast<std::uint32_t>(candidate_s.size());
  round.request_s = {std::move(candidate_s), std::vector<float>{0.001F}};
  TurnGroup group;
  group.turns[0][0] = {.wall_s = 0.0, .cpu_s = cpu_s, .requests = requests};
  group.turns[1][1] = {.wall_s = 0.0, .cpu_s = 0.0005, .requests = 1};
  round.groups = {group};
  return round;
}

Samples two_rounds() {
  Samples samples;
  samples.runs.push_back({.shape = {.batch = 8},
                          .rounds = {round_of({0.001F, 0.003F}, 0.002), round_of({0.004F, 0.004F}, 0.004)},
                          .control = {}});
  return samples;
}

Json written(const Samples& samples, const BenchmarkHost& host = {}) {
  return Json::parse(benchmark_json(samples, host));
}

std::vector<std::string> names(const Json& file) {
  std::vector<std::string> all;
  for (const Json& one : file.at("benchmarks")) all.push_back(one.at("name"));
  return all;
}

TEST(BenchmarkJson, IsOneRepetitionARoundAndTheirAggregates) {
  const Json file = written(two_rounds());
  const std::string candidate = "candidate/single_stream/batch:8";
  const std::string production = "production/single_stream/batch:8";
  EXPECT_THAT(names(file),
              ElementsAre(candidate, candidate, candidate + "_mean", candidate + "_median", candidate + "_stddev",
                          candidate + "_cv", production, production, production + "_mean", production + "_median",
                          production + "_stddev", production + "_cv"));
  const Json& first = file.at("benchmarks").at(0);
  EXPECT_EQ(first.at("run_type"), "iteration");
  EXPECT_EQ(first.at("repetitions"), 2);
  EXPECT_EQ(first.at("repetition_index"), 0);
  EXPECT_EQ(first.at("iterations"), 2);
  EXPECT_EQ(first.at("time_unit"), "ns");
  EXPECT_THAT(first.at("real_time").get<double>(), DoubleNear(2e6, 1));
  EXPECT_THAT(first.at("cpu_time").get<double>(), DoubleNear(1e6, 1));
  EXPECT_THAT(first.at("items_per_second").get<double>(), DoubleNear(8 / 0.002, 0.01));
}

TEST(BenchmarkJson, AggregatesAreThoseOfGoogleBenchmark) {
  const Json file = written(two_rounds());
  const auto real = [&](std::size_t at) { return file.at("benchmarks").at(at).at("real_time").get<double>(); };
  EXPECT_THAT(real(2), DoubleNear(3e6, 1));              // mean of 2 ms and 4 ms
  EXPECT_THAT(real(3), DoubleNear(3e6, 1));              // median
  EXPECT_THAT(real(4), DoubleNear(1414213.56, 1));       // sample standard deviation
  EXPECT_THAT(real(5), DoubleNear(0.4714045208, 1e-6));  // its share of the mean
  EXPECT_EQ(file.at("benchmarks").at(5).at("aggregate_unit"), "percentage");
  EXPECT_EQ(file.at("benchmarks").at(2).at("run_name"), "candidate/single_stream/batch:8");
}

TEST(BenchmarkJson, FieldsStandInAFixedOrder) {
  const std::string text = benchmark_json(two_rounds(), {});
  std::size_t last = 0;
  for (const char* key : {"\"context\"",
                          "\"date\"",
                          "\"host_name\"",
                          "\"executable\"",
                          "\"num_cpus\"",
                          "\"mhz_per_cpu\"",
                          "\"cpu_scaling_enabled\"",
                          "\"caches\"",
                          "\"load_avg\"",
                          "\"library_build_type\"",
                          "\"benchmarks\"",
                          "\"name\"",
                          "\"run_name\"",
                          "\"run_type\"",
                          "\"repetitions\"",
                          "\"repetition_index\"",
                          "\"threads\"",
                          "\"iterations\"",
                          "\"real_time\"",
                          "\"cpu_time\"",
                          "\"time_unit\"",
                          "\"items_per_second\""}) {
    const std::size_t at = text.find(key, last);
    ASSERT_NE(at, std::string::npos) << key;
    last = at;
  }
}

TEST(BenchmarkJson, ARateThatIsGivenSaysNothingOfTheThroughput) {
  Samples samples = two_rounds();
  samples.runs[0].shape = {Load::server, 1, 100.0, 4};
  for (Round& round : samples.runs[0].rounds) round.groups.clear();
  const Json first = written(samples).at("benchmarks").at(0);
  EXPECT_EQ(first.at("name"), "candidate/server/batch:1/rate:100/clients:4");
  EXPECT_EQ(first.at("threads"), 4);
  EXPECT_EQ(first.at("cpu_time"), 0.0);
  EXPECT_FALSE(first.contains("items_per_second"));
}

TEST(BenchmarkJson, RoundsWithoutSoundTimesAreLeftOut) {
  Samples samples = two_rounds();
  samples.runs[0].rounds[0].request_s[0] = {std::numeric_limits<float>::quiet_NaN()};
  samples.runs[0].rounds[1].request_s[1].clear();
  samples.runs[0].control = {round_of({0.002F}, 0.001)};
  const Json file = written(samples);
  EXPECT_THAT(names(file), ElementsAre("candidate/single_stream/batch:8", "production/single_stream/batch:8",
                                       "control_a/single_stream/batch:8", "control_b/single_stream/batch:8"));
  EXPECT_EQ(benchmark_json(samples, {}).find("null"), std::string::npos);
}

TEST(BenchmarkJson, TellsTheMachine) {
  const Json context = written({}, {.date = "2026-11-22T13:40:00Z",
                                    .name = "runner\u202e-7\x1b[31m",
                                    .cpus = 4,
                                    .mhz = 2445.4,
                                    .cpu_scaling = true,
                                    .caches = {{"Data", 1, 32768, 2}},
                                    .load_average = {1.5, 1.0, 0.5},
                                    .debug_build = false})
                           .at("context");
  EXPECT_EQ(context.at("host_name"), "runner-7");
  EXPECT_EQ(context.at("mhz_per_cpu"), 2445);
  EXPECT_EQ(context.at("caches").dump(), R"([{"type":"Data","level":1,"size":32768,"num_sharing":2}])");
  EXPECT_EQ(context.at("load_avg").dump(), "[1.5,1.0,0.5]");
  EXPECT_EQ(context.at("library_build_type"), "release");
}

}  // namespace
}  // namespace modelgate
