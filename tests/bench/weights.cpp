// SPDX-License-Identifier: Apache-2.0
// What a million rows in 17 groups cost a check of F1, ROC AUC or a mean loss, plain, weighted and clustered.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "checks/accuracy/labels.hpp"
#include "checks/cache.hpp"
#include "checks/evaluate.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/stats/bootstrap.hpp"

namespace modelgate {
namespace {

constexpr std::size_t rows = 1'000'000;
constexpr std::size_t units = 100'000;
constexpr std::size_t groups = 17;
constexpr std::uint64_t seed = 20261122;

enum class Kind : std::uint8_t { plain, weighted, clustered };

ScoreTable table_of(Kind kind) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  ScoreTable table;
  table.rows.rows = rows;
  CategoryColumn column{"group", {}, {}};
  for (std::size_t group = 0; group < groups; ++group)
    column.values.push_back(std::string(1, static_cast<char>('a' + static_cast<char>(group))));
  std::vector<float> candidate(rows);
  std::vector<float> production(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool positive = random() % 4 == 0;
    table.rows.label_class.push_back(positive ? 1 : 0);
    const float signal = normal(random) + (positive ? 1.5F : 0.0F);
    candidate[row] = 1.0F / (1.0F + std::exp(0.8F - signal - 0.5F * normal(random)));
    production[row] = 1.0F / (1.0F + std::exp(0.8F - signal - 0.6F * normal(random)));
    column.codes.push_back(static_cast<std::uint16_t>(random() % groups));
    if (kind != Kind::plain) table.rows.weight.push_back(0.5 + static_cast<double>(random() % 1000) / 500.0);
    if (kind == Kind::clustered) table.rows.cluster.codes.push_back(static_cast<std::uint32_t>(random() % units));
  }
  if (kind == Kind::clustered)
    for (std::size_t unit = 0; unit < units; ++unit) table.rows.cluster.keys.push_back(unit);
  table.rows.categories.push_back(std::move(column));
  table.models[0].scores = std::move(candidate);
  table.models[1].scores = std::move(production);
  for (Predictions& model : table.models) {
    model.kind = OutputKind::probability;
    model.present = true;
    model.positive_threshold = 0.5;
  }
  return table;
}

const ScoreTable& shared_table(Kind kind) {
  static const ScoreTable plain = table_of(Kind::plain);
  static const ScoreTable weighted = table_of(Kind::weighted);
  static const ScoreTable clustered = table_of(Kind::clustered);
  return kind == Kind::plain ? plain : (kind == Kind::weighted ? weighted : clustered);
}

/// One check in 17 slices from a cold cache, on two threads.
void sliced_check(benchmark::State& state, const std::string& metric, Kind kind) {
  const ScoreTable& table = shared_table(kind);
  Plan plan;
  PlannedCheck check;
  check.metric = metric;
  check.base_id = "accuracy." + metric;
  check.limit = {LimitWord::max_regression, 0.01, false, "0.01"};
  check.slice = Scope{{"group"}, {}};
  check.spec = &find_check(Family::accuracy, metric)->spec;
  plan.checks = {check};
  for (auto _ : state) {
    const std::vector<CheckResult> results = evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 2);
    if (results.size() != groups || results.front().parts.empty()) state.SkipWithError("the check was not judged");
    benchmark::DoNotOptimize(results);
  }
}

/// 2,000 replicates of F1 in each of 17 groups, counting the rows included.
void bootstrap_of_f1(benchmark::State& state) {
  const ScoreTable& table = shared_table(Kind::plain);
  const auto f1 = [](double hit, double support, double predicted) { return 2.0 * hit / (support + predicted); };
  for (auto _ : state) {
    EvidenceCache cache(table);
    const auto& cells = cache.cells(Scope{{"group"}, {}});
    for (const GroupCells& group : *cells) {
      std::vector<std::uint64_t> counts;
      for (const Cell& cell : group.cells) counts.push_back(cell.count);
      stats::PairedBootstrap bootstrap(stats::cell_source(counts, seed), [&](std::span<const double> drawn) {
        const ClassSums a = class_sums(group, drawn, Role::candidate);
        const ClassSums b = class_sums(group, drawn, Role::production);
        return stats::PairedValue{f1(a.hit[1], a.support[1], a.predicted[1]),
                                  f1(b.hit[1], b.support[1], b.predicted[1])};
      });
      benchmark::DoNotOptimize(bootstrap.interval(1.0, 0.05));
    }
  }
}

BENCHMARK(bootstrap_of_f1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, f1_plain, "f1", Kind::plain)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, f1_weighted, "f1", Kind::weighted)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, f1_clustered, "f1", Kind::clustered)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, brier_clustered, "brier_score", Kind::clustered)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, auc_weighted, "roc_auc", Kind::weighted)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sliced_check, auc_clustered, "roc_auc", Kind::clustered)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace modelgate

BENCHMARK_MAIN();
