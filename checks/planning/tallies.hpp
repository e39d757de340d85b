// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/groups.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// How much some rows can say.
struct Tally {
  std::size_t rows = 0;
  std::size_t units = 0;   ///< clusters (queries); the rows where there are none
  double effective = 0.0;  ///< (Σw)²/Σw² over the units, w the sum of a unit's weights: Kish 1965, §11.7
};

/// One group of a slice or attribute.
struct GroupTally {
  std::string name;                 ///< "F, 18-29"; empty: all rows
  std::vector<std::string> values;  ///< one a column of the scope
  Tally all;
  std::vector<Tally> by_label;  ///< binary: labels 0 and 1; multiclass: by class; else empty
};

/// Counts of the golden rows by scope, each made once. Weights, clusters, queries and target_prevalence enter the
/// effective rows; rows of one unit are taken as one, the worst case.
class Tallies {
 public:
  /// Both must outlive it.
  Tallies(const Plan& plan, const RowColumns& rows);

  /// The groups of this scope; no scope: one group of all rows. Errors as make_grouping's.
  const Result<std::vector<GroupTally>>& of(const std::optional<Scope>& scope);
  const RowColumns& rows() const { return rows_; }
  /// True where rows count alike and one by one, so that Tango's test judges a rate.
  bool plain() const;

 private:
  Result<std::vector<GroupTally>> make(const std::optional<Scope>& scope) const;
  double weight_of(std::size_t row) const;  ///< of sampling, exposure and target_prevalence
  double copies_of(std::size_t row) const;  ///< of frequency weights

  const Plan& plan_;
  const RowColumns& rows_;
  std::size_t labels_ = 0;
  std::vector<double> label_weight_;  ///< by label, with target_prevalence
  std::map<std::string, Result<std::vector<GroupTally>>> known_;
};

}  // namespace modelgate
