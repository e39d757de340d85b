// SPDX-License-Identifier: Apache-2.0
// The statistics of a million rows one by one, where a whole run is too coarse to see what got slower.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "gate/stats/auc.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/mean_t.hpp"
#include "gate/stats/order.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/quantiles.hpp"

namespace modelgate::stats {
namespace {

constexpr std::uint64_t seed = 20261008;

/// Labels, two models' scores and a group of 17 a row, as a replay leaves them.
struct Rows {
  explicit Rows(std::size_t count) : labels(count), candidate(count), production(count), groups(count) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    for (std::size_t i = 0; i < count; ++i) {
      labels[i] = random() % 4 == 0 ? 1 : 0;
      const float signal = normal(random) + static_cast<float>(labels[i]);
      candidate[i] = signal + 0.5F * normal(random);
      production[i] = signal + 0.6F * normal(random);
      groups[i] = static_cast<std::uint16_t>(random() % 17);
    }
  }
  std::vector<std::uint8_t> labels;
  std::vector<float> candidate;
  std::vector<float> production;
  std::vector<std::uint16_t> groups;
};

const Rows& rows_of(const benchmark::State& state) {
  static const Rows hundred_thousand(100'000);
  static const Rows million(1'000'000);
  return state.range(0) == 100'000 ? hundred_thousand : million;
}

void order_scores(benchmark::State& state) {
  const Rows& rows = rows_of(state);
  for (auto _ : state) benchmark::DoNotOptimize(order_by_score(rows.candidate));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void paired_delong_overall(benchmark::State& state) {
  const Rows& rows = rows_of(state);
  const auto candidate = order_by_score(rows.candidate);
  const auto production = order_by_score(rows.production);
  for (auto _ : state) benchmark::DoNotOptimize(paired_delong(*candidate, *production, rows.labels));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void paired_delong_of_17_groups(benchmark::State& state) {
  const Rows& rows = rows_of(state);
  const auto candidate = order_by_score(rows.candidate);
  const auto production = order_by_score(rows.production);
  const Partition partition{rows.groups, 17};
  for (auto _ : state) benchmark::DoNotOptimize(paired_delong(*candidate, *production, rows.labels, partition));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void mean_of_paired_losses(benchmark::State& state) {
  const Rows& rows = rows_of(state);
  for (auto _ : state) {
    MeanAccumulator losses;
    for (std::size_t i = 0; i < rows.labels.size(); ++i)
      losses.add(static_cast<double>(rows.candidate[i]) - static_cast<double>(rows.production[i]));
    benchmark::DoNotOptimize(mean_interval(*losses.estimate(), 0.05));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// F1 of both models from the eight joint cells.
PairedValue f1(std::span<const double> cells) {
  const auto of = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::size_t e, std::size_t f) {
    const double right = cells[a] + cells[b];
    return std::optional<double>(2 * right / (2 * right + cells[c] + cells[d] + cells[e] + cells[f]));
  };
  return {of(6, 7, 2, 3, 4, 5), of(5, 7, 1, 3, 4, 6)};
}

void f1_by_poisson_bootstrap(benchmark::State& state) {
  const std::vector<std::uint64_t> cells{600'000, 40'000, 38'000, 60'000, 50'000, 20'000, 22'000, 170'000};
  for (auto _ : state) {
    PairedBootstrap bootstrap(cell_source(cells, seed), f1);
    benchmark::DoNotOptimize(bootstrap.judge(1.0, -0.02, 0.05));
  }
}

void tango(benchmark::State& state) {
  const PairedCounts counts{.both = 820'000, .only_candidate = 21'000, .only_production = 20'000, .neither = 139'000};
  for (auto _ : state) benchmark::DoNotOptimize(tango_interval(counts, 0.05));
}

void quantile_of_requests(benchmark::State& state) {
  const Rows& rows = rows_of(state);
  for (auto _ : state) benchmark::DoNotOptimize(quantile(rows.candidate, 0.99));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(order_scores)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(paired_delong_overall)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(paired_delong_of_17_groups)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(mean_of_paired_losses)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(f1_by_poisson_bootstrap)->Unit(benchmark::kMillisecond);
BENCHMARK(tango)->Unit(benchmark::kMicrosecond);
BENCHMARK(quantile_of_requests)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace modelgate::stats

BENCHMARK_MAIN();
