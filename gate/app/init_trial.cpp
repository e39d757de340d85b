// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "gate/data/golden_reader.hpp"

namespace modelgate {
namespace {

constexpr double most_life_s = 300.0;
constexpr double most_answer_s = 30.0;

template <class T>
void append(std::vector<double>& numbers, const OutputBlock& block) {
  std::vector<T> values(block.rows * block.columns);
  std::memcpy(values.data(), block.bytes.data(), values.size() * sizeof(T));
  numbers.insert(numbers.end(), values.begin(), values.end());
}

std::vector<double> numbers_of(const OutputBlock& block) {
  std::vector<double> numbers;
  switch (block.type) {
    case OutputBlock::Type::float32: append<float>(numbers, block); break;
    case OutputBlock::Type::float64: append<double>(numbers, block); break;
    case OutputBlock::Type::int64: append<std::int64_t>(numbers, block); break;
    case OutputBlock::Type::int32: append<std::int32_t>(numbers, block); break;
    case OutputBlock::Type::boolean: append<std::uint8_t>(numbers, block); break;
  }
  return numbers;
}

/// What the reader would do after the last row, which a trial does not reach.
void name_classes(RowColumns& rows, const std::vector<std::string>& classes) {
  rows.class_names = classes;
  if (!classes.empty() || rows.label_class.empty()) return;
  const std::int32_t last = *std::ranges::max_element(rows.label_class);
  for (std::int32_t k = 0; k <= last; ++k) rows.class_names.push_back(std::to_string(k));
}

}  // namespace

Result<void> ModelTrials::load(const OutputSpec& output) {
  client_.reset();
  const auto file = open_model(path_);
  if (!file) return std::unexpected(file.error());
  WorkerOptions options;
  options.who = who_;
  options.runtime.timeout_s = most_life_s;
  options.runtime.request_timeout_s = most_answer_s;
  options.profiling = false;
  auto client = WorkerClient::start(std::move(options));
  if (!client) return std::unexpected(client.error());
  if (const auto sent = (*client)->load(*file, output); !sent) return std::unexpected(sent.error());
  if (const auto ready = (*client)->ready(); !ready) return std::unexpected(ready.error());
  confinement_ = (*client)->opened_in();
  client_ = std::move(*client);
  loaded_ = output;
  return {};
}

Result<propose::Signature> ModelTrials::signature() {
  if (const auto ready = load({}); !ready) return std::unexpected(ready.error());
  const auto description = client_->describe();
  if (!description) return std::unexpected(description.error());
  propose::Signature signature;
  signature.widths = description->widths;
  for (const auto& argument : description->arguments) signature.arguments.emplace_back(argument.name, argument.type);
  return signature;
}

Result<Trial> ModelTrials::run(const std::vector<InputSpec>& inputs, const OutputSpec& output) {
  const GoldenRequest request{dataset_, task_, classes_, {}, {inputs}, {}};
  const auto reader = GoldenReader::open(request);
  if (!reader) return std::unexpected(reader.error());
  const std::size_t most = std::min(trial_rows, auto_chunk_rows((*reader)->layouts()));
  const auto buffers = InputBuffers::create((*reader)->layouts().front(), 1, most);
  if (!buffers) return std::unexpected(buffers.error());
  Trial trial;
  std::vector<Scores> no_scores;
  const auto read = (*reader)->next(most, {(*buffers)->slot(0)}, trial.rows, no_scores);
  if (!read) return std::unexpected(read.error());
  name_classes(trial.rows, classes_);
  if (!client_ || !(loaded_ == output)) {
    if (const auto ready = load(output); !ready) return std::unexpected(ready.error());
  }
  OutputBlock block;
  auto answered = client_->attach(*buffers);
  if (answered) answered = client_->request(0, *read, block);
  if (!answered) {
    client_.reset();
    return std::unexpected(answered.error());
  }
  trial.numbers = numbers_of(block);
  trial.width = block.columns;
  trial.finite = std::ranges::all_of(trial.numbers, [](double number) { return std::isfinite(number); });
  return trial;
}

}  // namespace modelgate
