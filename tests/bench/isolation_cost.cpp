// SPDX-License-Identifier: Apache-2.0
// What isolation costs: bench_isolation MODEL.pt COLUMNS [PAIRS]. Workers that shut themselves in and workers that do
// not take turns; told are medians of the pairs' differences of start and load, by wall time, and by CPU time,
// and of their ratios of the CPU time that the worker takes for requests of 4,096 rows and of 1 row, each with its 95 %
// interval.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "gate/model/worker_client.hpp"

using namespace modelgate;

namespace {

constexpr std::size_t rows = 4096;
constexpr int large_requests = 200;
constexpr int small_requests = 3000;

struct Cost {
  double start_s = 0.0;
  double start_cpu_s = 0.0;
  double large_s = 0.0;
  double small_s = 0.0;
};

[[noreturn]] void give_up(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}

double timed(WorkerClient& client, std::size_t batch, int requests) {
  OutputBlock block;
  for (int i = 0; i < requests / 10; ++i)
    if (const auto answered = client.request(0, batch, block); !answered) give_up(answered.error());
  const double before = must(client.cpu_s());
  for (int i = 0; i < requests; ++i)
    if (const auto answered = client.request(0, batch, block); !answered) give_up(answered.error());
  return (must(client.cpu_s()) - before) / requests;
}

Cost cost_of(const std::string& program, const ModelFile& model, const std::shared_ptr<InputBuffers>& inputs) {
  WorkerOptions options;
  options.who = "model";
  options.program = program;
  options.runtime.isolation = Isolation::none;
  const auto client = must(WorkerClient::start(std::move(options)));
  if (const auto ordered = client->load(model, {}); !ordered) give_up(ordered.error());
  Cost cost;
  cost.start_s = must(client->ready()).start_s;
  cost.start_cpu_s = must(client->cpu_s());
  if (const auto attached = client->attach(inputs); !attached) give_up(attached.error());
  cost.large_s = timed(*client, rows, large_requests);
  cost.small_s = timed(*client, 1, small_requests);
  client->quit();
  return cost;
}

// Median and its 95 % interval by the sign test: the order statistics n/2 ± 1.96 √n / 2 (Conover, Practical
// Nonparametric Statistics, 3rd ed., section 3.2).
std::string median(std::vector<double> values, std::string_view unit) {
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  const auto low = static_cast<std::size_t>(std::max(0.0, std::floor((n / 2) - (0.98 * std::sqrt(n)))));
  return fmt::format("{:+.2f} {} ({:+.2f} to {:+.2f})", values[values.size() / 2], unit, values[low],
                     values[values.size() - 1 - low]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "bench_isolation MODEL.pt COLUMNS [PAIRS]\n");
    return 2;
  }
  const std::string shut = must(worker_program());
  const std::string open = shut + "-open";
  const ModelFile model = must(open_model(argv[1]));
  const auto columns = static_cast<std::int64_t>(std::strtol(argv[2], nullptr, 10));
  const long pairs = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 20;
  const InputLayout layout{DType::float32, {columns}, static_cast<std::size_t>(columns) * sizeof(float), 0};
  const auto inputs = must(InputBuffers::create({layout}, 1, rows));
  std::memset(inputs->slot(0)[0].data(), 0, inputs->slot(0)[0].size());
  std::vector<double> start_ms;
  std::vector<double> start_cpu_ms;
  std::vector<double> large;
  std::vector<double> small;
  Cost last;
  for (long pair = 0; pair < pairs; ++pair) {
    std::array<Cost, 2> costs;
    for (const std::size_t side : {static_cast<std::size_t>(pair % 2), static_cast<std::size_t>(1 - pair % 2)})
      costs[side] = cost_of(side == 0 ? shut : open, model, inputs);
    start_ms.push_back(1e3 * (costs[0].start_s - costs[1].start_s));
    start_cpu_ms.push_back(1e3 * (costs[0].start_cpu_s - costs[1].start_cpu_s));
    large.push_back(100 * (costs[0].large_s / costs[1].large_s - 1));
    small.push_back(100 * (costs[0].small_s / costs[1].small_s - 1));
    last = costs[1];
  }
  fmt::print("without: start {:.1f} ms; CPU time of {} rows {:.1f} us, of 1 row {:.1f} us\n", 1e3 * last.start_s, rows,
             1e6 * last.large_s, 1e6 * last.small_s);
  fmt::print("isolation adds, median of {} pairs and its 95 % interval:\n  start and load {}\n  its CPU time {}\n",
             pairs, median(start_ms, "ms"), median(start_cpu_ms, "ms"));
  fmt::print("  {} rows {}\n  1 row {}\n", rows, median(large, "%"), median(small, "%"));
}
