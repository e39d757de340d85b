// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checks/cells.hpp"
#include "checks/groups.hpp"
#include "checks/lazy.hpp"
#include "checks/losses.hpp"
#include "checks/weighing.hpp"
#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"
#include "gate/stats/auc.hpp"

namespace modelgate {

/// ROC AUC of one group; absent where a model is not usable or the group has fewer than two rows of a label.
struct GroupAuc {
  std::optional<stats::AucEstimate> candidate;
  std::optional<stats::AucEstimate> production;
  std::optional<stats::PairedAuc> pair;
};

struct LabelEvidence;

/// What several checks need of one score table, made once, by the first that asks: groups, joint confusion cells, score
/// orders, row losses and their sums. Safe to use from several threads; the table must outlive it and stay as it is.
class EvidenceCache {
 public:
  /// auc_scopes: the scopes whose AUC will be asked for; known beforehand they are made in one pass.
  explicit EvidenceCache(const ScoreTable& table, std::vector<std::optional<Scope>> auc_scopes = {},
                         Result<Weighing> weighing = Weighing{});

  const ScoreTable& table() const { return table_; }
  /// Why this model cannot be judged: its own error, a non-finite output, or that it is absent; null where it is
  /// usable.
  const Error* trouble(Role role) const;
  std::array<bool, 2> usable() const {
    return {trouble(Role::candidate) == nullptr, trouble(Role::production) == nullptr};
  }

  /// What rows count for and which are judged together; plain where that is in error, which is trouble of both models.
  const Weighing& weighing() const { return weighing_; }
  /// Weight of each row; empty: every row counts 1.
  std::span<const double> weights() const { return weighing_.weights; }
  /// Unit of each row; empty: each row is its own unit.
  std::span<const std::uint32_t> units() const { return weighing_.units; }
  /// Rows of every group of the scope, a frequency counted as so many rows (where the grouping is valid).
  const std::vector<std::size_t>& rows_by_group(const std::optional<Scope>& scope);
  /// The units of every group of the scope (which must have a valid grouping).
  const GroupUnits& group_units(const std::optional<Scope>& scope);

  /// The rows as groups of this slice or attribute; no scope: one group of all rows.
  const Result<Grouping>& grouping(const std::optional<Scope>& scope);
  /// Joint cells by group of the scope (which must have a valid grouping).
  const Result<std::vector<GroupCells>>& cells(const std::optional<Scope>& scope);
  /// ROC AUC by group of the scope.
  const Result<std::vector<GroupAuc>>& aucs(const std::optional<Scope>& scope);
  /// Mean losses by group of the scope.
  const Result<std::vector<GroupLosses>>& losses(Loss loss, const std::optional<Scope>& scope);

  /// The binary evidence of one label of a multilabel table; the weighing is the plan's.
  const Result<std::shared_ptr<LabelEvidence>>& of_label(std::size_t label, const Plan& plan);

 private:
  const Result<JointCodes>& joint();
  const Result<stats::ScoreOrder>& order(Role role);
  const Result<std::vector<double>>& row_losses_of(Loss loss, Role role);
  std::optional<Error> no_aucs();
  using AucsByScope = std::map<std::string, std::vector<GroupAuc>>;
  const AucsByScope& aucs_ahead();
  bool lean() const;
  const std::vector<std::uint8_t>& labels_as_bytes();
  std::vector<std::vector<GroupAuc>> make_aucs(std::span<const stats::Partition> partitions);
  Result<std::vector<GroupAuc>> make_aucs_lean(const stats::Partition& partition);
  std::vector<std::vector<GroupAuc>> make_weighted_aucs(std::span<const stats::Partition> partitions,
                                                        const std::vector<std::uint8_t>& labels);
  Result<std::vector<GroupLosses>> make_losses(Loss loss, const Grouping& grouping, const std::optional<Scope>& scope);

  const ScoreTable& table_;
  std::vector<std::optional<Scope>> auc_scopes_;
  Weighing weighing_;
  std::array<std::optional<Error>, 2> troubles_;
  LazyMap<Result<Grouping>> groupings_;
  LazyMap<GroupUnits> group_units_;
  LazyMap<std::vector<std::size_t>> rows_by_group_;
  Lazy<Result<JointCodes>> joint_;
  LazyMap<Result<std::vector<GroupCells>>> cells_;
  std::array<Lazy<Result<stats::ScoreOrder>>, 2> orders_;
  Lazy<std::vector<std::uint8_t>> binary_labels_;
  Lazy<AucsByScope> aucs_ahead_;
  LazyMap<Result<std::vector<GroupAuc>>> aucs_;
  LazyMap<Result<std::vector<double>>> row_losses_;
  LazyMap<Result<std::vector<GroupLosses>>> losses_;
  LazyMap<Result<std::shared_ptr<LabelEvidence>>> labels_;
};

/// One label of a multilabel table as a binary task of its own.
struct LabelEvidence {
  ScoreTable table;
  std::unique_ptr<EvidenceCache> cache;
};

/// The cache of one table for the checks of a plan; looks once through all scores for NaN and infinity. Null without a
/// table.
std::unique_ptr<EvidenceCache> make_cache(const ScoreTable* table, const Plan& plan);

}  // namespace modelgate
