// SPDX-License-Identifier: Apache-2.0
// What the gate itself adds to a request, beside what two processes that do nothing else need to pass the same bytes:
//   bench_latency_border EMPTY.pt [CPU]
// The bare pair, an empty message and a request of the empty model in turns, all on one CPU; one JSON line of medians
// in microseconds. EMPTY.pt takes 32 float32 columns.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/measure/gate_thread.hpp"
#include "gate/measure/live_workers.hpp"
#include "gate/measure/request_inputs.hpp"

namespace modelgate {
namespace {

constexpr int turns = 60;
constexpr int requests = 200;
constexpr std::size_t columns = 32;
constexpr std::size_t order_bytes = 40;  // of a request: header and body

/// A child that sends back what it gets.
class BarePair {
 public:
  BarePair() {
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_.data()) != 0) return;
    child_ = ::fork();
    if (child_ != 0) return;
    ::close(ends_[0]);
    std::array<char, order_bytes> bytes{};
    while (::recv(ends_[1], bytes.data(), bytes.size(), 0) > 0)
      ::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::_exit(0);
  }
  ~BarePair() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  BarePair(const BarePair&) = delete;
  BarePair& operator=(const BarePair&) = delete;

  double there_and_back() {
    const double begin = clock_.now_s();
    ::send(ends_[0], bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
    ::recv(ends_[0], bytes_.data(), bytes_.size(), 0);
    return clock_.now_s() - begin;
  }

 private:
  SteadyClock clock_;
  std::array<int, 2> ends_{-1, -1};
  std::array<char, order_bytes> bytes_{};
  pid_t child_ = -1;
};

double median_us(std::vector<double>& seconds) {
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle * 1e6;
}

Result<LiveModels> empty_model(const std::string& path) {
  DecodedInput input;
  input.layout = InputLayout{DType::float32, {static_cast<std::int64_t>(columns)}, columns * sizeof(float), 0};
  input.bytes.resize(input.layout.row_bytes);
  RequestRows rows;
  rows.rows = 1;
  rows.sets = {{std::move(input)}};
  auto file = open_model(path);
  if (!file) return std::unexpected(file.error());
  auto inputs = prepare_batches(rows, 0, 1);
  if (!inputs) return std::unexpected(inputs.error());
  LiveModels models;
  models.files[0] = std::make_shared<const ModelFile>(std::move(*file));
  models.inputs[0] = *inputs;
  return models;
}

int run(const std::string& path, int cpu) {
  auto models = empty_model(path);
  if (!models) return 2;
  const auto factory = live_workers(std::move(*models));
  const std::array cpus{cpu};
  const std::array roles{Role::candidate};
  factory->settle(cpus);
  auto started = factory->start(roles, cpus);
  if (started.size() != 1 || !started.front()) return 3;
  TimedWorker& worker = **started.front();
  BarePair pair;
  std::array<std::vector<double>, 3> seconds;
  for (int turn = 0; turn < turns; ++turn) {
    for (int i = 0; i < requests; ++i) seconds[0].push_back(pair.there_and_back());
    for (int i = 0; i < requests; ++i) seconds[1].push_back(worker.ping().value_or(1.0));
    for (int i = 0; i < requests; ++i) seconds[2].push_back(worker.request(0).value_or(1.0));
  }
  const double bare = median_us(seconds[0]);
  const double ping = median_us(seconds[1]);
  fmt::print(R"({{"bare_us": {:.2f}, "ping_us": {:.2f}, "empty_model_us": {:.2f}, "ping_over_bare": {:.2f}}})"
             "\n",
             bare, ping, median_us(seconds[2]), ping / bare);
  return 0;
}

}  // namespace
}  // namespace modelgate

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("bench_latency_border EMPTY.pt [CPU]\n", stderr);
    return 2;
  }
  return modelgate::run(argv[1], argc > 2 ? std::stoi(argv[2]) : 0);
}
