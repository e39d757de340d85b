// SPDX-License-Identifier: Apache-2.0
#include "gate/report/benchmark_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gate/report/json_check.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// What one round says of one model; nanoseconds of a request.
struct Repetition {
  std::size_t requests = 0;
  double real_ns = 0.0;
  double cpu_ns = 0.0;
  double rows_per_s = 0.0;  // 0 where requests come at a given rate: then their time says nothing of it
};

/// All repetitions of one model and load shape.
struct Series {
  std::string name;
  std::int64_t threads = 1;
  std::vector<Repetition> repetitions;
};

std::string shape_name(const LoadShape& shape) {
  std::string name = fmt::format("{}/batch:{}", to_string(shape.load), shape.batch);
  if (shape.load == Load::server) name += fmt::format("/rate:{}/clients:{}", shape.rate, shape.clients);
  return name;
}

double cpu_seconds_a_request(const Round& round, std::size_t side) {
  double seconds = 0.0;
  std::size_t requests = 0;
  for (const TurnGroup& group : round.groups) {
    for (const Turn& turn : group.turns[side]) {
      seconds += turn.cpu_s;
      requests += turn.requests;
    }
  }
  return requests == 0 ? 0.0 : seconds / static_cast<double>(requests);
}

Series series_of(std::string_view model, const LoadShape& shape, const std::vector<Round>& rounds, std::size_t side) {
  Series series{fmt::format("{}/{}", model, shape_name(shape)), shape.clients, {}};
  for (const Round& round : rounds) {
    const std::vector<float>& seconds = round.request_s[side];
    const double sum = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    if (seconds.empty() || !(sum > 0.0) || !std::isfinite(sum)) continue;
    const auto requests = static_cast<double>(seconds.size());
    const double cpu = cpu_seconds_a_request(round, side);
    series.repetitions.push_back(
        {.requests = seconds.size(),
         .real_ns = 1e9 * sum / requests,
         .cpu_ns = std::isfinite(cpu) ? 1e9 * cpu : 0.0,
         .rows_per_s = shape.load == Load::server ? 0.0 : static_cast<double>(shape.batch) * requests / sum});
  }
  return series;
}

std::vector<Series> all_series(const Samples& samples) {
  std::vector<Series> all;
  const auto add = [&](std::string_view model, const LatencyRun& run, const std::vector<Round>& rounds, Role place) {
    Series series = series_of(model, run.shape, rounds, index_of(place));
    if (!series.repetitions.empty()) all.push_back(std::move(series));
  };
  for (const LatencyRun& run : samples.runs) {
    add("candidate", run, run.rounds, Role::candidate);
    add("production", run, run.rounds, Role::production);
    add("control_a", run, run.control, Role::candidate);
    add("control_b", run, run.control, Role::production);
  }
  return all;
}

/// The fields that every entry has, in Google Benchmark's order.
Json entry(const Series& series, std::size_t family, std::string_view suffix, std::string_view run_type) {
  return {{"name", series.name + std::string(suffix)},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", series.name},
          {"run_type", run_type},
          {"repetitions", series.repetitions.size()}};
}

void add_times(Json& one, double real_ns, double cpu_ns, double rows_per_s) {
  one["real_time"] = real_ns;
  one["cpu_time"] = cpu_ns;
  one["time_unit"] = "ns";
  if (rows_per_s > 0.0) one["items_per_second"] = rows_per_s;
}

void add_repetitions(Json& list, const Series& series, std::size_t family) {
  for (std::size_t at = 0; at < series.repetitions.size(); ++at) {
    const Repetition& repetition = series.repetitions[at];
    Json one = entry(series, family, "", "iteration");
    one["repetition_index"] = at;
    one["threads"] = series.threads;
    one["iterations"] = repetition.requests;
    add_times(one, repetition.real_ns, repetition.cpu_ns, repetition.rows_per_s);
    list.push_back(std::move(one));
  }
}

using Values = std::vector<double>;

double mean_of(const Values& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(const Values& values) {
  Values sorted = values;
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double deviation_of(const Values& values) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double variation_of(const Values& values) {
  const double mean = mean_of(values);
  return mean > 0.0 ? deviation_of(values) / mean : 0.0;
}

struct Aggregate {
  std::string_view name;
  std::string_view unit;
  double (*of)(const Values&);
};

void add_aggregates(Json& list, const Series& series, std::size_t family) {
  static constexpr std::array aggregates{Aggregate{"mean", "time", mean_of}, Aggregate{"median", "time", median_of},
                                         Aggregate{"stddev", "time", deviation_of},
                                         Aggregate{"cv", "percentage", variation_of}};
  if (series.repetitions.size() < 2) return;
  const auto values = [&](double Repetition::* field) {
    Values all(series.repetitions.size());
    std::ranges::transform(series.repetitions, all.begin(), field);
    return all;
  };
  const Values real = values(&Repetition::real_ns);
  const Values cpu = values(&Repetition::cpu_ns);
  const Values rows = values(&Repetition::rows_per_s);
  for (const Aggregate& aggregate : aggregates) {
    Json one = entry(series, family, fmt::format("_{}", aggregate.name), "aggregate");
    one["threads"] = series.threads;
    one["aggregate_name"] = aggregate.name;
    one["aggregate_unit"] = aggregate.unit;
    one["iterations"] = series.repetitions.size();
    add_times(one, aggregate.of(real), aggregate.of(cpu), aggregate.of(rows));
    list.push_back(std::move(one));
  }
}

Json context_of(const BenchmarkHost& host) {
  Json caches = Json::array();
  for (const HostCache& cache : host.caches) {
    caches.push_back({{"type", clean_line(cache.type)},
                      {"level", cache.level},
                      {"size", cache.bytes},
                      {"num_sharing", cache.cpus_sharing}});
  }
  return {{"date", host.date},
          {"host_name", clean_line(host.name)},
          {"executable", "modelgate"},
          {"num_cpus", host.cpus},
          {"mhz_per_cpu", std::llround(host.mhz)},
          {"cpu_scaling_enabled", host.cpu_scaling},
          {"caches", std::move(caches)},
          {"load_avg", host.load_average},
          {"library_build_type", host.debug_build ? "debug" : "release"}};
}

}  // namespace

std::string benchmark_json(const Samples& samples, const BenchmarkHost& host) {
  Json list = Json::array();
  std::size_t family = 0;
  for (const Series& series : all_series(samples)) {
    add_repetitions(list, series, family);
    add_aggregates(list, series, family);
    ++family;
  }
  const Json file{{"context", context_of(host)}, {"benchmarks", std::move(list)}};
  return file.dump(2) + "\n";
}

}  // namespace modelgate
