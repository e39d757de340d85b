// SPDX-License-Identifier: Apache-2.0
#include "draws.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "gate/stats/level.hpp"
#include "gate/stats/random.hpp"

namespace modelgate::simulation {
namespace {

double uniform(Random& random) { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; }

/// Two independent standard normals (Box & Muller 1958); the library's distribution differs between compilers.
std::pair<double, double> normals(Random& random) {
  const double radius = std::sqrt(-2.0 * std::log(uniform(random)));
  const double angle = 2.0 * std::numbers::pi * uniform(random);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

double shift_of_auc(double auc) { return std::numbers::sqrt2 * -stats::normal_critical(auc); }

void add_slices(ScoreTable& table, Random& random, std::size_t slices) {
  if (slices == 0) return;
  CategoryColumn column;
  column.name = "slice";
  for (std::size_t i = 0; i < slices; ++i) {
    std::string value = "s";
    value += static_cast<char>('a' + i);
    column.values.push_back(value);
  }
  for (std::size_t row = 0; row < table.rows.rows; ++row)
    column.codes.push_back(static_cast<std::uint16_t>(random() % slices));
  table.rows.categories.push_back(std::move(column));
}

}  // namespace

Random random_of(std::uint64_t experiment, std::size_t draw) {
  return Random(stats::mix64(experiment * 0x9e3779b97f4a7c15ULL + draw));
}

stats::PairedCounts draw_counts(Random& random, std::size_t n, double discordant, double difference) {
  stats::PairedCounts counts;
  const double gains = (discordant + difference) / 2.0;
  for (std::size_t row = 0; row < n; ++row) {
    const double u = uniform(random);
    if (u < gains)
      ++counts.only_candidate;
    else if (u < discordant)
      ++counts.only_production;
    else
      ++counts.both;
  }
  return counts;
}

Scores2 draw_scores(Random& random, std::size_t positives, std::size_t negatives, double auc, double difference,
                    double correlation) {
  Scores2 scores;
  const double production = shift_of_auc(auc);
  const double candidate = shift_of_auc(auc + difference);
  const double own = std::sqrt(1.0 - correlation * correlation);
  for (std::size_t row = 0; row < positives + negatives; ++row) {
    const bool positive = row < positives;
    const auto [x, y] = normals(random);
    scores.labels.push_back(positive ? 1 : 0);
    scores.production.push_back(x + (positive ? production : 0.0));
    scores.candidate.push_back(correlation * x + own * y + (positive ? candidate : 0.0));
  }
  return scores;
}

double Population2::recall(bool of_candidate) const { return stats::normal_cdf(shift(of_candidate) - threshold); }

double Population2::accuracy(bool of_candidate) const {
  return prevalence * recall(of_candidate) + (1.0 - prevalence) * stats::normal_cdf(threshold);
}

double Population2::auc(bool of_candidate) const {
  return stats::normal_cdf(shift(of_candidate) / std::numbers::sqrt2);
}

double Population2::f1(bool of_candidate) const {
  const double hit = prevalence * recall(of_candidate);
  const double decided = hit + (1.0 - prevalence) * stats::normal_tail(threshold);
  return 2.0 * hit / (prevalence + decided);
}

ScoreTable Population2::draw(Random& random, std::size_t rows) const {
  ScoreTable table;
  table.rows.rows = rows;
  std::vector<double> candidate(rows);
  std::vector<double> production(rows);
  const double own = std::sqrt(1.0 - correlation * correlation);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool positive = uniform(random) < prevalence;
    const auto [x, y] = normals(random);
    table.rows.label_class.push_back(positive ? 1 : 0);
    production[row] = stats::normal_cdf(x + (positive ? production_shift : 0.0));
    candidate[row] = stats::normal_cdf(correlation * x + own * y + (positive ? candidate_shift : 0.0));
  }
  table.models[0].scores = std::move(candidate);
  table.models[1].scores = std::move(production);
  for (Predictions& model : table.models) {
    model.present = true;
    model.positive_threshold = stats::normal_cdf(threshold);
  }
  add_slices(table, random, slices);
  return table;
}

ScoreTable draw_users(Random& random, const UserPopulation& population) {
  ScoreTable table;
  for (Predictions& model : table.models) {
    model.kind = OutputKind::klass;
    model.present = true;
  }
  const double gains = (1.0 + population.difference / population.discordant) / 2.0;
  const double of_user = population.shared * population.discordant;
  const double of_row = (population.discordant - of_user) / (1.0 - of_user);
  table.rows.cluster.name = "user";
  for (std::size_t user = 0; user < population.users; ++user) {
    table.rows.cluster.keys.push_back(stats::mix64(user + 1));
    const bool all = uniform(random) < of_user;
    const bool all_gain = uniform(random) < gains;
    for (std::size_t row = 0; row < population.rows_each; ++row) {
      const std::int32_t label = uniform(random) < population.prevalence ? 1 : 0;
      const bool differs = all || uniform(random) < of_row;
      const bool gain = all ? all_gain : uniform(random) < gains;
      const bool right = uniform(random) < 0.9;  // where both agree
      table.rows.label_class.push_back(label);
      table.rows.cluster.codes.push_back(static_cast<std::uint32_t>(user));
      table.models[0].classes.push_back((differs ? gain : right) ? label : 1 - label);
      table.models[1].classes.push_back((differs ? !gain : right) ? label : 1 - label);
    }
  }
  table.rows.rows = table.rows.label_class.size();
  if (population.rows_each == 1) table.rows.cluster = {};
  add_slices(table, random, population.slices);
  return table;
}

void weigh_by_lognormal(ScoreTable& table, Random& random) {
  table.rows.weight.clear();
  for (std::size_t row = 0; row < table.rows.rows; ++row) table.rows.weight.push_back(std::exp(normals(random).first));
}

ScoreTable draw_equal_models(Random& random, std::size_t rows, double prevalence, double discordant,
                             std::size_t slices) {
  ScoreTable table;
  table.rows.rows = rows;
  for (Predictions& model : table.models) {
    model.kind = OutputKind::klass;
    model.present = true;
  }
  const double both_right = 0.9 - discordant / 2.0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int32_t label = uniform(random) < prevalence ? 1 : 0;
    const double u = uniform(random);
    const bool candidate = u < both_right + discordant / 2.0;
    const bool production = u < both_right || (u >= both_right + discordant / 2.0 && u < both_right + discordant);
    table.rows.label_class.push_back(label);
    table.models[0].classes.push_back(candidate ? label : 1 - label);
    table.models[1].classes.push_back(production ? label : 1 - label);
  }
  add_slices(table, random, slices);
  return table;
}

}  // namespace modelgate::simulation
