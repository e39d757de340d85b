// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "gate/core/score_table.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate::simulation {

using Random = std::mt19937_64;

/// The random numbers of draw i of an experiment; the same on every machine and for any number of threads.
Random random_of(std::uint64_t experiment, std::size_t draw);

/// n rows on which exactly one model is right in a share `discordant` of all, candidate − production being
/// `difference`.
stats::PairedCounts draw_counts(Random& random, std::size_t n, double discordant, double difference);

/// Scores of two models by label: binormal, production's AUC and candidate's as asked, correlated.
struct Scores2 {
  std::vector<std::uint8_t> labels;
  std::vector<double> candidate;
  std::vector<double> production;
};
Scores2 draw_scores(Random& random, std::size_t positives, std::size_t negatives, double auc, double difference,
                    double correlation);

/// A binary population: labels, and two models whose latent scores shift by label, decided at a threshold.
struct Population2 {
  double prevalence = 0.5;
  double candidate_shift = 1.2;
  double production_shift = 1.2;
  double threshold = 0.6;
  double correlation = 0.8;
  std::size_t slices = 0;  ///< values of the column "slice", equally likely

  double accuracy(bool of_candidate) const;
  double recall(bool of_candidate) const;
  double auc(bool of_candidate) const;
  double f1(bool of_candidate) const;
  ScoreTable draw(Random& random, std::size_t rows) const;

 private:
  double shift(bool of_candidate) const { return of_candidate ? candidate_shift : production_shift; }
};

/// Decisions on rows that belong to users: a share `shared` of the discordance falls on all rows of a user at once, the
/// rest row by row; candidate − production is `difference` on every label.
struct UserPopulation {
  std::size_t users = 200;
  std::size_t rows_each = 10;
  double prevalence = 0.5;
  double discordant = 0.1;
  double difference = 0.0;
  double shared = 0.5;
  std::size_t slices = 0;
};
ScoreTable draw_users(Random& random, const UserPopulation& population);

/// Gives every row a lognormal weight of sigma 1.
void weigh_by_lognormal(ScoreTable& table, Random& random);

/// Decisions of two equal models, right on nine rows of ten, exactly one of them right on `discordant` of the rows.
ScoreTable draw_equal_models(Random& random, std::size_t rows, double prevalence, double discordant,
                             std::size_t slices);

}  // namespace modelgate::simulation
