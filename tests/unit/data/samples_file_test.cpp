// SPDX-License-Identifier: Apache-2.0
#include "gate/data/samples_file.hpp"

#include <arrow/compute/api.h>
#include <parquet/arrow/reader.h>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

class SamplesFile : public DataTest {
 protected:
  static std::shared_ptr<arrow::Table> read(const std::string& file) {
    auto input = *arrow::io::ReadableFile::Open(file);
    auto reader = *parquet::arrow::OpenFile(input, arrow::default_memory_pool());
    return *(*reader->ReadTable())->CombineChunks();
  }

  /// A column as Arrow prints it as JSON-like text, nulls as "null".
  static std::vector<std::string> column(const arrow::Table& table, const std::string& name) {
    const auto chunks = table.GetColumnByName(name);
    std::vector<std::string> texts;
    for (std::int64_t row = 0; row < chunks->length(); ++row) texts.push_back((*chunks->GetScalar(row))->ToString());
    return texts;
  }
};

Turn turn_of(std::uint32_t requests, double cpu_s) {
  return {.wall_s = 2 * cpu_s,
          .cpu_s = cpu_s,
          .requests = requests,
          .voluntary_switches = 1,
          .involuntary_switches = 2,
          .faults = 3};
}

/// Two groups of turns: 2 and 1 requests, then 1 and 1.
Round round_of_turns() {
  Round round;
  round.cpu = 3;
  for (const std::size_t side : {0U, 1U}) round.request_s[side] = {0.001F, 0.002F, 0.003F, 0.004F, 0.005F};
  for (const double cpu_s : {0.25, 0.5}) {
    TurnGroup group;
    for (auto& turns : group.turns) turns = {turn_of(cpu_s < 0.3 ? 2 : 1, cpu_s), turn_of(1, cpu_s)};
    round.groups.push_back(group);
  }
  return round;
}

TEST_F(SamplesFile, HasARowForEveryRequestAndWhatIsKnownOfItsTurn) {
  Samples samples;
  samples.runs.push_back({.shape = {.batch = 4}, .rounds = {round_of_turns()}, .control = {}});
  ASSERT_TRUE(write_samples(path("samples.parquet"), samples).has_value());
  const auto table = read(path("samples.parquet"));
  ASSERT_EQ(table->num_rows(), 10);
  EXPECT_EQ(column(*table, "model"),
            (std::vector<std::string>{"candidate", "candidate", "candidate", "candidate", "candidate", "production",
                                      "production", "production", "production", "production"}));
  const auto candidate = table->Slice(0, 5);
  EXPECT_EQ(column(*candidate, "group"), (std::vector<std::string>{"0", "0", "0", "1", "1"}));
  EXPECT_EQ(column(*candidate, "turn"), (std::vector<std::string>{"0", "0", "1", "0", "1"}));
  EXPECT_EQ(column(*candidate, "request"), (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(column(*candidate, "turn_requests"), (std::vector<std::string>{"2", "2", "1", "1", "1"}));
  EXPECT_EQ(column(*candidate, "turn_cpu_ms"), (std::vector<std::string>{"250", "250", "250", "500", "500"}));
  EXPECT_EQ(column(*candidate, "turn_involuntary_switches"), (std::vector<std::string>(5, "2")));
  EXPECT_EQ(column(*candidate, "cpu"), (std::vector<std::string>(5, "3")));
  EXPECT_EQ(column(*candidate, "batch"), (std::vector<std::string>(5, "4")));
  EXPECT_EQ(column(*candidate, "rate"), (std::vector<std::string>(5, "null")));
  const auto wall = std::static_pointer_cast<arrow::DoubleArray>(candidate->GetColumnByName("wall_ms")->chunk(0));
  EXPECT_NEAR(wall->Value(4), 5.0, 1e-6);
}

TEST_F(SamplesFile, LeavesOutWhatIsNotKnownAndTellsTheControlsApart) {
  Round server;
  server.request_s[0] = {0.5F};
  Round control;
  control.request_s = {std::vector<float>{0.1F}, std::vector<float>{0.2F}};
  Samples samples;
  samples.runs.push_back({.shape = {Load::server, 1, 100.0, 4}, .rounds = {Round{}, server}, .control = {control}});
  ASSERT_TRUE(write_samples(path("samples.parquet"), samples).has_value());
  const auto table = read(path("samples.parquet"));
  EXPECT_EQ(column(*table, "model"), (std::vector<std::string>{"candidate", "control_a", "control_b"}));
  EXPECT_EQ(column(*table, "round"), (std::vector<std::string>{"1", "0", "0"}));
  EXPECT_EQ(column(*table, "rate"), (std::vector<std::string>(3, "100")));
  EXPECT_EQ(column(*table, "clients"), (std::vector<std::string>(3, "4")));
  for (const char* name : {"cpu", "group", "turn", "turn_requests", "turn_wall_ms", "turn_cpu_ms", "turn_faults"})
    EXPECT_EQ(column(*table, name), (std::vector<std::string>(3, "null"))) << name;
}

TEST_F(SamplesFile, NamesNoTurnWhereTheTurnsDoNotAccountForTheRequests) {
  Round round = round_of_turns();
  round.request_s[0].push_back(0.006F);
  round.request_s[1].pop_back();
  Samples samples;
  samples.runs.push_back({.shape = {}, .rounds = {round}, .control = {}});
  ASSERT_TRUE(write_samples(path("samples.parquet"), samples).has_value());
  EXPECT_EQ(column(*read(path("samples.parquet")), "turn"), (std::vector<std::string>(10, "null")));
}

TEST_F(SamplesFile, ReplacesAFileWholeOrNotAtAll) {
  write("samples.parquet", "an older one");
  ASSERT_TRUE(write_samples(path("samples.parquet"), {}).has_value());
  EXPECT_EQ(read(path("samples.parquet"))->num_rows(), 0);
  const auto nowhere = write_samples(path("absent/samples.parquet"), {});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().kind, ErrorKind::report);
  EXPECT_THAT(nowhere.error().message, HasSubstr(path("absent/samples.parquet") + " cannot be written"));
}

}  // namespace
}  // namespace modelgate
