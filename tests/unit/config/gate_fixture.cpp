// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/gate_fixture.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <fstream>
#include <limits>
#include <sstream>

#include "gate/config/check_names.hpp"

namespace modelgate::test {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr std::uint8_t binary = flags(Task::binary);
constexpr std::uint8_t classes = flags(Task::binary, Task::multiclass);
constexpr std::uint8_t rising = flags(LimitWord::min, LimitWord::max_regression, LimitWord::min_improvement);
constexpr std::uint8_t falling = flags(LimitWord::max, LimitWord::max_regression, LimitWord::min_improvement);
constexpr std::uint8_t sliced = flags(ScopeKey::slices, ScopeKey::min_rows);
constexpr std::uint8_t per_class = flags(ScopeKey::slices, ScopeKey::min_rows, ScopeKey::klass);
constexpr std::uint8_t grouped = flags(ScopeKey::attributes, ScopeKey::min_group_size);

CheckSpec accuracy_spec(std::string_view metric, std::uint8_t tasks, std::uint8_t scope = sliced) {
  CheckSpec spec;
  spec.metric = metric;
  spec.tasks = tasks;
  spec.limits = rising;
  spec.scope = scope;
  spec.honours_weight = spec.honours_cluster = metric == "accuracy";
  spec.summary = "A rate.";
  return spec;
}

CheckSpec auc() {
  CheckSpec spec = accuracy_spec("roc_auc", binary);
  spec.needs_scores = true;
  return spec;
}

CheckSpec specificity() {
  CheckSpec spec = accuracy_spec("specificity", binary);
  spec.limits = flags(LimitWord::min, LimitWord::max);
  return spec;
}

CheckSpec log_loss() {
  CheckSpec spec = accuracy_spec("log_loss", classes);
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::plain;
  spec.limits = falling;
  spec.needs_scores = spec.needs_probability = true;
  spec.honours_weight = spec.honours_exposure = true;
  spec.highest = inf;
  return spec;
}

CheckSpec r2() {
  CheckSpec spec = accuracy_spec("r2", flags(Task::regression));
  spec.unit = Unit::plain;
  spec.percent_margin = false;
  spec.lowest = -inf;
  return spec;
}

CheckSpec with_parameter(std::string_view metric, Task task, MetricParameter parameter) {
  CheckSpec spec = accuracy_spec(metric, flags(task));
  spec.parameter = parameter;
  spec.parameter_optional = metric == "ndcg";
  spec.needs_scores = true;
  return spec;
}

CheckSpec expected_cost() {
  CheckSpec spec = accuracy_spec("expected_cost", classes);
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::plain;
  spec.limits = falling;
  spec.needs_costs = true;
  spec.highest = inf;
  return spec;
}

CheckSpec bias_spec(std::string_view metric, Unit unit, std::uint8_t limits) {
  CheckSpec spec;
  spec.family = Family::bias;
  spec.metric = metric;
  spec.tasks = binary;
  spec.unit = unit;
  spec.limits = limits;
  spec.scope = grouped | flags(ScopeKey::reference_group);
  return spec;
}

CheckSpec latency_spec(std::string_view metric) {
  CheckSpec spec;
  spec.family = Family::latency;
  spec.metric = metric;
  spec.tasks = flags(Task::binary, Task::multiclass, Task::regression);
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::seconds;
  spec.limits = falling;
  spec.scope = flags(ScopeKey::batch, ScopeKey::load);
  spec.needs_live_model = true;
  spec.highest = inf;
  return spec;
}

CheckSpec resource_spec(std::string_view metric, Unit unit, std::uint8_t limits, std::uint8_t scope) {
  CheckSpec spec = latency_spec(metric);
  spec.family = Family::resources;
  spec.unit = unit;
  spec.limits = limits;
  spec.scope = scope;
  return spec;
}

CheckSpec throughput() {
  CheckSpec spec = resource_spec("throughput", Unit::per_second, flags(LimitWord::min, LimitWord::max_regression),
                                 flags(ScopeKey::batch));
  spec.direction = Direction::higher_is_better;
  return spec;
}

CheckSpec outputs_spec(Family family, std::string_view metric, bool needs_scores) {
  CheckSpec spec;
  spec.family = family;
  spec.metric = metric;
  spec.tasks = classes;
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::plain;
  spec.limits = flags(LimitWord::max);
  spec.scope = family == Family::parity ? sliced : std::uint8_t{0};
  spec.needs_scores = needs_scores;
  spec.needs_production = family == Family::parity;
  spec.takes_tolerance = metric == "mismatched_rows";
  spec.summary = "A comparison.";
  return spec;
}

const std::array registry{auc(),
                          accuracy_spec("accuracy", classes),
                          accuracy_spec("recall", classes, per_class),
                          accuracy_spec("recall_macro", flags(Task::multiclass)),
                          accuracy_spec("recall_weighted", flags(Task::multiclass)),
                          specificity(),
                          log_loss(),
                          r2(),
                          accuracy_spec("f1_micro", flags(Task::multilabel)),
                          accuracy_spec("f1_macro", flags(Task::multilabel)),
                          expected_cost(),
                          with_parameter("ndcg", Task::ranking, MetricParameter::ranks),
                          with_parameter("recall", Task::ranking, MetricParameter::ranks),
                          with_parameter("top_k_accuracy", Task::multiclass, MetricParameter::ranks),
                          with_parameter("recall_at_fpr", Task::binary, MetricParameter::share),
                          bias_spec("equalized_odds_difference", Unit::rate, flags(LimitWord::max)),
                          bias_spec("demographic_parity_ratio", Unit::ratio, flags(LimitWord::min)),
                          bias_spec("tpr", Unit::rate, flags(LimitWord::max_regression)),
                          latency_spec("latency"),
                          latency_spec("latency_p99"),
                          throughput(),
                          resource_spec("cold_start", Unit::seconds, falling, 0),
                          resource_spec("peak_memory", Unit::bytes, falling, flags(ScopeKey::batch)),
                          outputs_spec(Family::parity, "max_abs_difference", true),
                          outputs_spec(Family::parity, "decision_flips", false),
                          outputs_spec(Family::determinism, "mismatched_rows", false)};

constexpr std::string_view short_text = R"(version: 1
name: card_fraud
task: binary
on_inconclusive: guard
candidate: {model: new.pt}
production: {model: old.pt}
dataset:
  path: rows.parquet
  label: y
  inputs: [{columns: [a]}]
checks:
  accuracy:
    - {metric: recall, max_regression: 0.02}
)";

}  // namespace

std::span<const CheckSpec* const> specs() {
  static const auto pointers = [] {
    std::vector<const CheckSpec*> all;
    for (const CheckSpec& spec : registry) all.push_back(&spec);
    return all;
  }();
  return pointers;
}

std::string_view sample() {
  return R"(version: 1
name: card_fraud                   # first word of every JUnit suite
task: binary                       # binary | multiclass | regression
on_inconclusive: guard             # block | guard | warn; must be given

candidate:
  model: models/v2.2/model.pt
  version: fraud_model_v2.2
  output: {positive_threshold: 0.31}
production: {model: models/v2.1/model.pt, output: {positive_threshold: 0.44}}

dataset:
  path: golden/2026-10/*.parquet
  id: transaction_id
  label: {column: outcome, positive: fraud}
  population: sample
  inputs:
    - {columns: [amount, hour, "v*"], dtype: float32, nulls: nan}
    - {columns: [merchant_category], dtype: int64, vocabulary: mcc.json, unknown: 0}
    - {columns: [image], dtype: float32, shape: [1, 28, 28]}
    - {files: path_column, dtype: float32, shape: [3, 224, 224]}
    - {columns: [input_ids], dtype: int64, pad: 0, length: 128, truncate: true}
    - {mask_of: input_ids, dtype: int64}

output: {kind: probability, positive_threshold: 0.5}

runtime: {device: cpu, threads: 1, chunk: auto, timeout: 10min, memory: 8GiB, seed: 1}

checks:
  accuracy:
    - {metric: roc_auc, min: 0.85, max_regression: 0.01, owner: model-risk}
    - {metric: recall, max_regression: 0.02}
    - {metric: recall, max_regression: 5pp, slices: [region, "sex & age_band"], on_inconclusive: warn}
    - {metric: accuracy, max_regression: 1%, slices: [{column: channel, values: [web, app, branch]}]}
  bias:
    - {metric: equalized_odds_difference, attributes: [sex], max: 0.10}
    - {metric: demographic_parity_ratio, attributes: [sex, "sex & age_band"], min: 0.8, min_group_size: 25}
    - {metric: tpr, attributes: [sex], max_regression: 0.05}
  latency:
    - {metric: latency, batch: 1, max_regression: 5%}
    - {metric: latency_p99, batch: [1, 32], max: 20ms}
)";
}

std::string short_gate(std::initializer_list<std::pair<std::string_view, std::string_view>> replacements) {
  std::string text{short_text};
  for (const auto& [from, to] : replacements) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) {
      ADD_FAILURE() << "the short gate file has no " << from;
      continue;
    }
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string gate_with_check(std::string_view check, std::string_view family) {
  return short_gate({{"accuracy", family}, {"{metric: recall, max_regression: 0.02}", check}});
}

GateFolder::GateFolder(std::string_view text) : before_(std::filesystem::current_path()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "modelgate_config_XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  std::filesystem::current_path(folder_);
  std::ofstream("modelgate.yaml", std::ios::binary) << text;
}

GateFolder::~GateFolder() {
  std::filesystem::current_path(before_);
  std::filesystem::remove_all(folder_);
}

Plan plan_of(std::string_view text, PlanRequest request) {
  const GateFolder folder(text);
  auto plan = folder.load(std::move(request));
  if (!plan) {
    ADD_FAILURE() << plan.error().message;
    return {};
  }
  return *plan;
}

std::string error_of(std::string_view text, PlanRequest request) {
  const GateFolder folder(text);
  const auto plan = folder.load(std::move(request));
  if (plan) return "no error";
  EXPECT_EQ(plan.error().kind, ErrorKind::usage);
  return plan.error().message;
}

std::string sentences_of(std::string_view text, PlanRequest request) {
  std::istringstream lines(error_of(text, std::move(request)));
  std::string sentences;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("      |") || line.substr(0, 8).find(" |") != std::string::npos) continue;  // an excerpt
    const bool is_hint = line.starts_with("      ");
    if (!sentences.empty()) sentences += is_hint ? "; " : "\n";
    sentences += is_hint ? line.substr(6) : line;
  }
  return sentences;
}

std::vector<std::string> ids_of(const Plan& plan) {
  std::vector<std::string> ids;
  for (const PlannedCheck& check : plan.checks) ids.push_back(identity(check));
  return ids;
}

}  // namespace modelgate::test
