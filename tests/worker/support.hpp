// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gate/model/worker_client.hpp"

namespace modelgate::test {

inline std::string model_path(const std::string& name) {
  return std::string(MODELGATE_TEST_MODELS) + "/" + name + ".pt";
}

inline std::vector<float> read_floats(const std::string& name) {
  std::ifstream file(std::string(MODELGATE_TEST_MODELS) + "/" + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

inline InputLayout floats(std::int64_t columns) {
  return {DType::float32, {columns}, static_cast<std::size_t>(columns) * sizeof(float), 0};
}

inline std::shared_ptr<InputBuffers> float_buffers(std::int64_t columns, std::size_t slots, std::size_t rows) {
  auto buffers = InputBuffers::create({floats(columns)}, slots, rows);
  EXPECT_TRUE(buffers.has_value());
  return buffers.value_or(nullptr);
}

inline void write_floats(InputBuffers& buffers, std::size_t slot, const std::vector<float>& values) {
  std::memcpy(buffers.slot(slot)[0].data(), values.data(), values.size() * sizeof(float));
}

/// A started worker with its model ordered; short timeouts, so that a broken test ends.
inline std::unique_ptr<WorkerClient> start(const std::string& name, WorkerOptions options = {},
                                           const OutputSpec& output = {}) {
  options.who = "candidate";
  if (options.runtime.timeout_s == RuntimeSpec{}.timeout_s) options.runtime.timeout_s = 60;
  auto model = open_model(model_path(name));
  EXPECT_TRUE(model.has_value()) << (model ? "" : model.error().message);
  auto client = WorkerClient::start(std::move(options));
  EXPECT_TRUE(client.has_value()) << (client ? "" : client.error().message);
  if (!model || !client) return nullptr;
  EXPECT_TRUE((*client)->load(*model, output).has_value());
  return std::move(*client);
}

/// The outputs of one request over the first slot; expects float32.
inline std::vector<float> ask(WorkerClient& client, std::size_t slot, std::size_t rows) {
  OutputBlock block;
  const auto answered = client.request(slot, rows, block);
  EXPECT_TRUE(answered.has_value()) << (answered ? "" : answered.error().message);
  if (!answered) return {};
  EXPECT_EQ(block.type, OutputBlock::Type::float32);
  std::vector<float> values(block.rows * block.columns);
  std::memcpy(values.data(), block.bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace modelgate::test
