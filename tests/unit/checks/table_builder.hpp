// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// How many rows carry this label and these two decisions: hand-made confusion cells.
struct RowsOf {
  int label;
  int candidate;
  int production;
  std::size_t count;
};

/// A binary table by cells, in their order; both models put out a class.
ScoreTable table_of(const std::vector<RowsOf>& cells);

/// A binary table of double scores.
ScoreTable table_of(std::vector<std::int32_t> labels, std::vector<double> candidate, std::vector<double> production,
                    double threshold = 0.5);

/// A regression table.
ScoreTable regression_of(std::vector<double> labels, std::vector<double> candidate, std::vector<double> production);

/// A multilabel table of double scores: bits and scores are rows × labels, row-major.
ScoreTable multilabel_of(std::vector<std::string> labels, std::vector<std::uint8_t> bits, std::vector<double> candidate,
                         std::vector<double> production, double threshold = 0.5);

/// Adds a slice or attribute column with one value a row.
void add_column(ScoreTable& table, const std::string& name, const std::vector<std::string>& values);

/// A ranking table: relevances, two models' scores and the query of each row.
ScoreTable ranking_of(std::vector<double> relevances, std::vector<double> candidate, std::vector<double> production,
                      const std::vector<std::uint32_t>& queries);

/// Makes rows with equal codes one cluster.
void add_clusters(ScoreTable& table, const std::vector<std::uint32_t>& codes);

/// A planned check with one limit; "ndcg@10" also sets the parameter; base_id as the gate file derives it.
PlannedCheck planned(Family family, const std::string& metric, LimitWord word, double value);
PlannedCheck accuracy(const std::string& metric, LimitWord word, double value);
PlannedCheck bias(const std::string& metric, LimitWord word, double value, std::vector<std::string> columns);

/// The same with a percent margin.
PlannedCheck percent(PlannedCheck check);
PlannedCheck sliced(PlannedCheck check, std::vector<std::string> columns, std::vector<std::string> values = {});

/// What the check says of the table.
std::vector<CheckResult> judge(const PlannedCheck& check, const ScoreTable& table,
                               Population population = Population::sample);

/// The one result of a check without slices.
CheckResult judge_one(const PlannedCheck& check, const ScoreTable& table, Population population = Population::sample);

/// The same under a plan that says more: seed, costs, population; its task and checks are set here.
std::vector<CheckResult> judge(const PlannedCheck& check, const ScoreTable& table, Plan plan);
CheckResult judge_one(const PlannedCheck& check, const ScoreTable& table, Plan plan);

/// What the check says with its pictures; undecided results block, so all of them want one.
std::vector<CheckResult> drawn(const PlannedCheck& check, const ScoreTable& table, Plan plan = {},
                               unsigned threads = 1);

/// The outcome that the verdict gives the first result of a gate with this one check.
Outcome decided(const PlannedCheck& check, const ScoreTable& table);

/// Whether the result's parts would let the verdict say pass.
bool proven(const CheckResult& result);

}  // namespace modelgate
