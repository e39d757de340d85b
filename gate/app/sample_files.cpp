// SPDX-License-Identifier: Apache-2.0
#include "gate/app/sample_files.hpp"

#include <algorithm>
#include <filesystem>

#include "gate/app/benchmark_host.hpp"
#include "gate/data/samples_file.hpp"
#include "gate/report/benchmark_json.hpp"
#include "gate/report/write.hpp"

namespace modelgate {
namespace {

bool has_requests(const Samples* samples) {
  const auto timed = [](const Round& round) { return !round.request_s[0].empty() || !round.request_s[1].empty(); };
  return samples != nullptr && std::ranges::any_of(samples->runs, [&](const LatencyRun& run) {
           return std::ranges::any_of(run.rounds, timed) || std::ranges::any_of(run.control, timed);
         });
}

Result<void> write_benchmarks(const std::string& path, const Samples& samples, const BenchmarkHost& host) {
  const std::string bytes = benchmark_json(samples, host);
  if (auto written = write_atomically(path, bytes); !written) return written;
  return verify_written(path, bytes);
}

}  // namespace

void remove_sample_files(const ReportTargets& targets) {
  for (const SampleFiles& files : targets.samples) {
    std::error_code ignored;
    std::filesystem::remove(files.parquet, ignored);
    std::filesystem::remove(files.benchmarks, ignored);
  }
}

Result<void> add_sample_files(const Plan& plan, const Samples* samples, const ReportTargets& targets,
                              const std::string& started, Verdict& verdict) {
  if (!plan.reports.samples) return {};
  if (!has_requests(samples)) {
    verdict.warnings.emplace_back(
        "reports.samples asks for the timings, but no request was timed: samples.parquet and latency.json are not "
        "written.");
    return {};
  }
  if (targets.samples.empty()) {
    verdict.warnings.emplace_back(
        "reports.samples asks for the timings, which go into a folder alone: add -o DIR/ for samples.parquet and "
        "latency.json.");
    return {};
  }
  BenchmarkHost host = benchmark_host();
  host.date = started;
  for (const SampleFiles& files : targets.samples) {
    if (auto written = write_samples(files.parquet, *samples); !written) return written;
    if (auto written = write_benchmarks(files.benchmarks, *samples, host); !written) return written;
  }
  return {};
}

}  // namespace modelgate
