// SPDX-License-Identifier: Apache-2.0
// Rounds of the latency protocol with settings of choice, one CSV line a round:
//   bench_latency_rounds CANDIDATE.pt PRODUCTION.pt [round_s=0.8] [warmup_s=0.3] [turn_s=0.0003] [rounds=20] [seed=1]
//                        [ahead=0] [cpus=0,1] [columns=32] [program=…/modelgate-worker]
// With sequential_s=5 [slowdown=0.02] [margin=0.05] instead the usual comparison, one JSON line: a fresh worker of
// production for so many seconds, then one of the candidate, on any CPU; fail where the ratio of medians is beyond the
// margin. Ratios are logarithms, candidate over production; off_cpu is a share of production's wall time. The models
// take `columns` float32 columns; their rows are random.
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include "checks/latency/rounds.hpp"
#include "gate/measure/live_workers.hpp"
#include "gate/measure/measure.hpp"
#include "gate/measure/request_inputs.hpp"

namespace modelgate {
namespace {

using Options = std::map<std::string, std::string>;

double number(const Options& options, const std::string& key, double otherwise) {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : std::stod(found->second);
}

std::vector<int> cpus_of(const Options& options) {
  std::vector<int> cpus;
  if (const auto given = options.find("cpus"); given != options.end()) {
    for (std::size_t at = 0; at < given->second.size(); at = given->second.find_first_of(',', at) + 1) {
      cpus.push_back(std::stoi(given->second.substr(at)));
      if (given->second.find(',', at) == std::string::npos) break;
    }
    return cpus;
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

RequestRows random_rows(std::int64_t columns) {
  constexpr std::size_t count = 512;
  const auto width = static_cast<std::size_t>(columns);
  std::vector<float> values(count * width);
  std::mt19937 bits(1);
  for (float& value : values) value = static_cast<float>(bits() >> 8U) * 0x1p-24F;
  DecodedInput input;
  input.layout = InputLayout{DType::float32, {columns}, width * sizeof(float), 0};
  input.bytes.resize(values.size() * sizeof(float));
  std::memcpy(input.bytes.data(), values.data(), input.bytes.size());
  RequestRows rows;
  rows.rows = count;
  rows.sets = {{std::move(input)}};
  return rows;
}

Result<LiveModels> models_of(const std::array<std::string, 2>& paths, const Options& options) {
  LiveModels models;
  if (const auto program = options.find("program"); program != options.end()) models.program = program->second;
  const RequestRows rows = random_rows(static_cast<std::int64_t>(number(options, "columns", 32)));
  for (const Role role : both_roles) {
    const std::size_t side = index_of(role);
    auto file = open_model(paths[side]);
    if (!file) return std::unexpected(file.error());
    models.files[side] = std::make_shared<const ModelFile>(std::move(*file));
    auto inputs = prepare_batches(rows, 0, 1);
    if (!inputs) return std::unexpected(inputs.error());
    models.inputs[side] = *inputs;
  }
  return models;
}

double cpu_of(const Round& round) {
  double seconds = 0.0;
  for (const TurnGroup& group : round.groups) {
    for (const auto& turns : group.turns) {
      for (const Turn& turn : turns) seconds += turn.cpu_s;
    }
  }
  return seconds;
}

void print(const Round& round, double seconds) {
  const RoundRatios ratios = round_ratios({&round, 1});
  const auto first = [](const std::vector<double>& values) {
    return values.empty() ? std::string() : fmt::format("{:.6f}", values.front());
  };
  const std::span one{&round, 1};
  const auto p50_us = [&](Role role) {
    const auto values = round_quantiles(one, role, 0.5);
    return values.empty() ? 0.0 : values.front() * 1e6;
  };
  fmt::print("{},{},{},{:.3f},{},{},{},{:.3f},{:.3f},{:.3f},{:.2f},{:.2f},{:.4f}\n", first(ratios.cpu),
             first(ratios.wall), first(ratios.off_cpu), seconds, round.cpu, round.groups.size(),
             request_count(one, Role::candidate), round.start_s[0], round.start_s[1], cpu_of(round),
             p50_us(Role::candidate), p50_us(Role::production), preempted_share(one, Role::candidate));
}

/// Median wall seconds of a request of a fresh worker, after half a second of warm-up; 0: it broke.
double median_alone(WorkerFactory& factory, Role role, double seconds) {
  constexpr double warmup_s = 0.5;
  const std::array roles{role};
  auto started = factory.start(roles, {});
  if (started.size() != 1 || !started.front()) return 0.0;
  TimedWorker& worker = **started.front();
  const SteadyClock clock;
  const double begin = clock.now_s();
  std::vector<double> times;
  for (std::size_t input = 0; clock.now_s() < begin + warmup_s + seconds; ++input) {
    const bool warm = clock.now_s() >= begin + warmup_s;
    const auto took = worker.request(input);
    if (!took) return 0.0;
    if (warm) times.push_back(*took);
  }
  if (times.empty()) return 0.0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

int sequential(WorkerFactory& factory, const Options& options) {
  const SteadyClock clock;
  const double begin = clock.now_s();
  const double each = number(options, "sequential_s", 5.0);
  const double production = median_alone(factory, Role::production, each);
  const double candidate = median_alone(factory, Role::candidate, each);
  if (!(production > 0.0) || !(candidate > 0.0)) return 3;
  const double difference = candidate / production - 1.0;
  fmt::print(R"({{"outcome": "{}", "rounds": 1, "seconds": {:.3f}, "difference": {:.6g}, "low": null, "high": null}})"
             "\n",
             difference > number(options, "margin", 0.05) ? "fail" : "pass", clock.now_s() - begin, difference);
  return 0;
}

int run(const std::array<std::string, 2>& paths, const Options& options) {
  auto models = models_of(paths, options);
  if (!models) {
    fmt::print(stderr, "{}\n", models.error().message);
    return 2;
  }
  models->start_ahead = number(options, "ahead", 0) > 0;
  models->instrumented = options.contains("slowdown");
  models->slowdown = {number(options, "slowdown", 0.0), 0.0};
  const auto factory = live_workers(std::move(*models));
  if (options.contains("sequential_s")) return sequential(*factory, options);
  MeasureSettings settings;
  settings.cpus = cpus_of(options);
  settings.round_s = number(options, "round_s", settings.round_s);
  settings.long_round_s = number(options, "long_round_s", std::max(settings.round_s, settings.long_round_s));
  settings.warmup_s = number(options, "warmup_s", settings.warmup_s);
  settings.warmup_requests = static_cast<std::size_t>(number(options, "warmup_requests", 5));
  settings.small_request_s = number(options, "small_s", settings.small_request_s);
  settings.turn_s = number(options, "turn_s", settings.turn_s);
  settings.control_every = static_cast<std::size_t>(number(options, "control_every", 0));
  settings.max_rounds = static_cast<std::size_t>(number(options, "rounds", 20));
  settings.min_rounds = 1;
  settings.cap_s = 1e6;
  settings.long_cap_s = 1e6;
  settings.seed = static_cast<std::uint64_t>(number(options, "seed", 1));
  const SteadyClock clock;
  SilentProgress silent;
  double before = clock.now_s();
  fmt::print(
      "cpu_ratio,wall_ratio,off_cpu,seconds,cpu,groups,requests,start_candidate,start_production,timed_cpu,"
      "candidate_p50_us,production_p50_us,preempted\n");
  const StopRule each = [&](const LatencyRun& so_far) {
    const double now = clock.now_s();
    print(so_far.rounds.back(), now - before);
    std::fflush(stdout);
    before = now;
    return false;
  };
  const auto measured = measure(settings, *factory, each, clock, silent);
  if (!measured) {
    fmt::print(stderr, "{}\n", measured.error().message);
    return 3;
  }
  for (const auto& error : measured->errors) {
    if (error) fmt::print(stderr, "{}\n", error->message);
  }
  fmt::print(stderr, "ping p50 {:.2f} us\n", measured->ping_p50_s * 1e6);
  return measured->errors[0] || measured->errors[1] ? 3 : 0;
}

}  // namespace
}  // namespace modelgate

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("bench_latency_rounds CANDIDATE.pt PRODUCTION.pt [key=value ...]\n", stderr);
    return 2;
  }
  modelgate::Options options;
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    const auto equals = word.find('=');
    if (equals == std::string::npos) return 2;
    options[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return modelgate::run({argv[1], argv[2]}, options);
}
