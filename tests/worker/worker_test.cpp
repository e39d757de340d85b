// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<WorkerClient> ready_with(const std::string& name, const std::shared_ptr<InputBuffers>& buffers,
                                         const OutputSpec& output = {}) {
  auto client = start(name, {}, output);
  const auto ready = client->ready();
  EXPECT_TRUE(ready.has_value()) << (ready ? "" : ready.error().message);
  EXPECT_TRUE(client->attach(buffers).has_value());
  return client;
}

TEST(Worker, GivesTheSameOutputsAsPythonForEveryChunkSize) {
  const std::vector<float> inputs = read_floats("parity.in");
  const std::vector<float> expected = read_floats("parity.out");
  ASSERT_EQ(expected.size(), 1000U);
  for (const std::size_t rows : {std::size_t{1}, std::size_t{200}, std::size_t{1000}}) {
    const auto buffers = float_buffers(32, 2, rows);
    const auto client = ready_with("parity", buffers);
    for (std::size_t start = 0, slot = 0; start < expected.size(); start += rows, slot ^= 1) {
      const auto from = inputs.begin() + static_cast<std::ptrdiff_t>(start * 32);
      write_floats(*buffers, slot, {from, from + static_cast<std::ptrdiff_t>(rows * 32)});
      const std::vector<float> got = ask(*client, slot, rows);
      ASSERT_EQ(got.size(), rows);
      for (std::size_t i = 0; i < rows; ++i) ASSERT_NEAR(got[i], expected[start + i], 1e-6) << "row " << start + i;
    }
  }
}

TEST(Worker, DescribesWhatItsModelTakes) {
  const auto client = start("parity");
  ASSERT_TRUE(client->ready().has_value());
  const auto description = client->describe();
  ASSERT_TRUE(description.has_value()) << description.error().message;
  ASSERT_EQ(description->arguments.size(), 1U) << "without self";
  EXPECT_EQ(description->arguments[0].type, "Tensor");
  EXPECT_THAT(description->widths, testing::Contains(32U));
}

TEST(Worker, BurnsTheShareOfItsOwnCpuTimeThatIsAskedOfItAndAnswersTheSame) {
  const auto buffers = float_buffers(32, 1, 1000);
  const std::vector<float> inputs = read_floats("parity.in");
  write_floats(*buffers, 0, {inputs.begin(), inputs.begin() + 32000});
  const auto cpu_of = [&](double slowdown) {
    WorkerOptions options;
    options.instrumented = true;
    options.slowdown = slowdown;
    const auto client = start("parity", std::move(options));
    EXPECT_TRUE(client->ready().has_value());
    EXPECT_TRUE(client->attach(buffers).has_value());
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ask(*client, 0, 1000).size(), 1000U);
    const double before = client->cpu_s().value_or(0);
    for (int i = 0; i < 200; ++i) EXPECT_EQ(ask(*client, 0, 1000).size(), 1000U);
    return client->cpu_s().value_or(0) - before;
  };
  EXPECT_GT(cpu_of(10.0), 3 * cpu_of(0.0));
}

TEST(Worker, TakesTheTupleElementOfOutputIndex) {
  const auto buffers = float_buffers(2, 1, 2);
  write_floats(*buffers, 0, {1, 3, 5, 7});
  OutputSpec output;
  output.index = 1;
  EXPECT_THAT(ask(*ready_with("tuple", buffers, output), 0, 2), ElementsAre(2, 6));
}

TEST(Worker, TakesTheDictEntryOfOutputName) {
  const auto buffers = float_buffers(2, 1, 2);
  write_floats(*buffers, 0, {1, 3, 5, 7});
  OutputSpec output;
  output.name = "score";
  EXPECT_THAT(ask(*ready_with("dict", buffers, output), 0, 2), ElementsAre(2, 6));
}

TEST(Worker, SaysWhatToChooseFromWhenTheOutputIsNoSingleTensor) {
  const auto buffers = float_buffers(2, 1, 2);
  OutputBlock block;
  const auto tuple = ready_with("tuple", buffers)->request(0, 2, block);
  ASSERT_FALSE(tuple.has_value());
  EXPECT_EQ(tuple.error().reason, Reason::wrong_shape);
  EXPECT_THAT(tuple.error().message, HasSubstr("gives 2 outputs; choose one by output.index"));
  OutputSpec output;
  output.name = "prob";
  const auto dict = ready_with("dict", buffers, output)->request(0, 2, block);
  ASSERT_FALSE(dict.has_value());
  EXPECT_THAT(dict.error().message, HasSubstr("no entry \"prob\"; it has: logits, score"));
}

TEST(Worker, GivesAStringInputAsAListOfStrings) {
  auto buffers = InputBuffers::create({{DType::string, {}, 0, 1}}, 1, 3);
  ASSERT_TRUE(buffers.has_value());
  const std::vector<std::uint64_t> offsets{0, 2, 2, 7};
  std::byte* at = (*buffers)->slot(0)[0].data();
  std::memcpy(at, offsets.data(), offsets.size() * sizeof(std::uint64_t));
  std::memcpy(at + offsets.size() * sizeof(std::uint64_t), "abhello", 7);
  EXPECT_THAT(ask(*ready_with("strings", *buffers), 0, 3), ElementsAre(2, 0, 5));
}

TEST(Worker, GivesSeveralInputsInOrder) {
  auto buffers = InputBuffers::create({floats(2), {DType::int64, {1}, sizeof(std::int64_t), 0}}, 1, 2);
  ASSERT_TRUE(buffers.has_value());
  const std::vector<std::int64_t> codes{1, 2};
  write_floats(**buffers, 0, {1, 2, 3, 4});
  std::memcpy((*buffers)->slot(0)[1].data(), codes.data(), sizeof(std::int64_t) * codes.size());
  EXPECT_THAT(ask(*ready_with("two_inputs", *buffers), 0, 2), ElementsAre(103, 207));
}

TEST(Worker, KeepsTheGatesRowsWhenAModelScribblesOverItsInputs) {
  for (const std::size_t rows : {std::size_t{4}, std::size_t{40000}}) {  // copied and mapped inputs
    const auto buffers = float_buffers(2, 1, rows);
    const auto client = ready_with("in_place", buffers);
    for (const float value : {1.0F, 1.0F, 5.0F}) {
      write_floats(*buffers, 0, std::vector<float>(rows * 2, value));
      EXPECT_EQ(ask(*client, 0, rows), std::vector<float>(rows, 4 * value));
      EXPECT_EQ(ask(*client, 0, rows),
                std::vector<float>(rows, 4 * value));  // the same slot again, untouched by the gate
    }
  }
}

TEST(Worker, ReadsHalfPrecisionAsFloatAndIntegersAsInt64) {
  const auto buffers = float_buffers(2, 1, 2);
  write_floats(*buffers, 0, {0.25, 0, 0.75, 0});
  EXPECT_THAT(ask(*ready_with("half", buffers), 0, 2), ElementsAre(0.25, 0.75));
  OutputBlock block;
  ASSERT_TRUE(ready_with("classes", buffers)->request(0, 2, block).has_value());
  EXPECT_EQ(block.type, OutputBlock::Type::int64);
}

TEST(Worker, AnswersTwoRequestsInFlightInOrder) {
  const auto buffers = float_buffers(1, 2, 1);
  const auto client = ready_with("sum", buffers);
  OutputBlock block;
  for (int round = 0; round < 100; ++round) {
    write_floats(*buffers, 0, {1.0F + static_cast<float>(round)});
    write_floats(*buffers, 1, {-1.0F - static_cast<float>(round)});
    ASSERT_TRUE(client->submit(0, 1).has_value());
    ASSERT_TRUE(client->submit(1, 1).has_value());
    EXPECT_FALSE(client->submit(0, 1).has_value());
    for (const float expected : {1.0F + static_cast<float>(round), -1.0F - static_cast<float>(round)}) {
      ASSERT_TRUE(client->collect(block).has_value());
      float got = 0;
      std::memcpy(&got, block.bytes.data(), sizeof(got));
      EXPECT_EQ(got, expected);
    }
  }
}

/// Whether an idle worker is seen to sleep again: a busy kernel may have let it run on without a pause until now.
bool sleeps_after(WorkerClient& client, std::uint64_t switches) {
  for (int i = 0; i < 500; ++i) {
    ask(client, 0, 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (const auto now = client.counters(); now && now->voluntary_switches > switches) return true;
  }
  return false;
}

TEST(Worker, CountsWhatTheKernelSawOfIt) {
  const auto buffers = float_buffers(32, 1, 1000);
  write_floats(*buffers, 0, read_floats("parity.in"));
  const auto client = ready_with("parity", buffers);
  const auto before = client->counters();
  ASSERT_TRUE(before.has_value());
  for (int i = 0; i < 50; ++i) ask(*client, 0, 1000);
  const auto after = client->counters();
  ASSERT_TRUE(after.has_value());
  EXPECT_GT(after->cpu_s, before->cpu_s);
  EXPECT_TRUE(sleeps_after(*client, after->voluntary_switches));
  EXPECT_GT(before->faults, 1000U);
  EXPECT_GT(client->peak_rss_bytes(), 50U << 20);
  const std::uint64_t peak = client->peak_rss_bytes();
  EXPECT_EQ(client->quit().text(), "exited with code 0");
  EXPECT_GE(client->peak_rss_bytes(), peak);
}

}  // namespace
}  // namespace modelgate::test
