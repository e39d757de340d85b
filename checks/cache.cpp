// SPDX-License-Identifier: Apache-2.0
#include "checks/cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <string>
#include <tuple>
#include <utility>

#include "checks/multilabel.hpp"
#include "gate/stats/weighted_auc.hpp"

namespace modelgate {
namespace {

// From so many rows on, both models' orders with the placements of several partitions would take three times the
// table's own memory.
constexpr std::size_t many_rows = 1U << 22U;

/// How many scores are NaN or infinite; the plain sum of x·0 tells in one quick pass whether any is.
template <class Score>
bool all_finite(const std::vector<Score>& scores) {
  Score sum{0};
  for (const Score score : scores) sum += score * Score{0};
  return sum == Score{0};
}

std::optional<Error> trouble_of(const ScoreTable& table, Role role) {
  const Predictions& model = table.model(role);
  if (model.error) return model.error;
  if (!model.present)
    return Error{ErrorKind::model, Reason::no_baseline,
                 fmt::format("There is no {} model in this run.", to_string(role))};
  return std::visit(
      [&](const auto& scores) -> std::optional<Error> {
        if (all_finite(scores)) return std::nullopt;
        const auto bad = [](auto score) { return !std::isfinite(score); };
        const auto count = std::ranges::count_if(scores, bad);
        const auto first = static_cast<std::size_t>(std::ranges::find_if(scores, bad) - scores.begin());
        return Error{ErrorKind::model, Reason::non_finite,
                     fmt::format("The {} model gave {} NaN or infinite outputs, the first in row {}.", to_string(role),
                                 count, first / std::max<std::size_t>(model.width, 1) + 1)};
      },
      model.scores);
}

std::string key_of(const std::optional<Scope>& scope) {
  std::string key;
  if (scope)
    for (const std::string& column : scope->columns) key += fmt::format("{}:{}", column.size(), column);
  return key;
}

}  // namespace

EvidenceCache::EvidenceCache(const ScoreTable& table, std::vector<std::optional<Scope>> auc_scopes,
                             Result<Weighing> weighing)
    : table_(table), auc_scopes_(std::move(auc_scopes)) {
  for (const Role role : both_roles) {
    troubles_[index_of(role)] = trouble_of(table, role);
    if (!weighing) troubles_[index_of(role)] = weighing.error();
  }
  if (weighing) weighing_ = *std::move(weighing);
}

std::unique_ptr<EvidenceCache> make_cache(const ScoreTable* table, const Plan& plan) {
  if (table == nullptr) return nullptr;
  std::vector<std::optional<Scope>> auc_scopes;
  for (const PlannedCheck& check : plan.checks) {
    if (check.family == Family::accuracy && (check.metric == "roc_auc" || check.metric == "gini"))
      auc_scopes.push_back(check.slice);
  }
  return std::make_unique<EvidenceCache>(*table, std::move(auc_scopes), make_weighing(table->rows, plan));
}

const Error* EvidenceCache::trouble(Role role) const {
  const std::optional<Error>& error = troubles_[index_of(role)];
  return error ? &*error : nullptr;
}

const Result<Grouping>& EvidenceCache::grouping(const std::optional<Scope>& scope) {
  return groupings_.get(key_of(scope), [&] { return make_grouping(table_.rows, scope); });
}

const std::vector<std::size_t>& EvidenceCache::rows_by_group(const std::optional<Scope>& scope) {
  return rows_by_group_.get(key_of(scope), [&] {
    const Grouping& groups = *grouping(scope);
    if (weighing_.copies.empty()) return groups.rows;
    std::vector<double> rows(groups.size(), 0.0);
    for (std::size_t row = 0; row < table_.rows.rows; ++row)
      if (groups.code(row) < rows.size()) rows[groups.code(row)] += weighing_.copies[row];
    std::vector<std::size_t> whole(rows.size());
    std::ranges::transform(rows, whole.begin(), [](double count) { return static_cast<std::size_t>(count); });
    return whole;
  });
}

const GroupUnits& EvidenceCache::group_units(const std::optional<Scope>& scope) {
  return group_units_.get(key_of(scope),
                          [&] { return make_group_units(weighing_, grouping(scope)->partition(), table_.rows.rows); });
}

const Result<std::shared_ptr<LabelEvidence>>& EvidenceCache::of_label(std::size_t label, const Plan& plan) {
  return labels_.get(std::to_string(label), [&]() -> Result<std::shared_ptr<LabelEvidence>> {
    Result<ScoreTable> table = table_of_label(table_, label);
    if (!table) return std::unexpected(table.error());
    auto evidence = std::make_shared<LabelEvidence>();
    evidence->table = *std::move(table);
    for (const Role role : both_roles)  // a model that failed for one label failed
      if (const Error* error = trouble(role)) evidence->table.models[index_of(role)].error = *error;
    evidence->cache = std::make_unique<EvidenceCache>(evidence->table, std::vector<std::optional<Scope>>{},
                                                      make_weighing(evidence->table.rows, plan));
    return evidence;
  });
}

const Result<JointCodes>& EvidenceCache::joint() {
  return joint_.get([&] { return joint_codes(table_, usable()); });
}

const Result<std::vector<GroupCells>>& EvidenceCache::cells(const std::optional<Scope>& scope) {
  return cells_.get(key_of(scope), [&]() -> Result<std::vector<GroupCells>> {
    const Result<Grouping>& groups = grouping(scope);
    if (!groups) return std::unexpected(groups.error());
    const Result<JointCodes>& codes = joint();
    if (!codes) return std::unexpected(codes.error());
    std::vector<GroupCells> counted = count_cells(*codes, *groups);
    if (!weighing_.plain()) weigh_cells(counted, *codes, *groups, weighing_, group_units(scope));
    return counted;
  });
}

const Result<stats::ScoreOrder>& EvidenceCache::order(Role role) {
  return orders_[index_of(role)].get([&]() -> Result<stats::ScoreOrder> {
    return std::visit(
        [&](const auto& scores) -> Result<stats::ScoreOrder> {
          std::optional<stats::ScoreOrder> sorted;
          if (scores.size() == table_.rows.rows) sorted = stats::order_by_score(std::span{scores});
          if (sorted) return *std::move(sorted);
          return model_error(Reason::wrong_shape,
                             fmt::format("The {} model does not give one score a row to rank by.", to_string(role)));
        },
        table_.model(role).scores);
  });
}

const Result<std::vector<GroupAuc>>& EvidenceCache::aucs(const std::optional<Scope>& scope) {
  const std::string key = key_of(scope);
  return aucs_.get(key, [&]() -> Result<std::vector<GroupAuc>> {
    const Result<Grouping>& groups = grouping(scope);
    if (!groups) return std::unexpected(groups.error());
    if (lean()) return make_aucs_lean(groups->partition());
    if (const auto obstacle = no_aucs()) return std::unexpected(*obstacle);
    const AucsByScope& ahead = aucs_ahead();
    if (const auto found = ahead.find(key); found != ahead.end()) return found->second;
    const stats::Partition partition = groups->partition();
    return std::move(make_aucs({&partition, 1}).front());
  });
}

/// Why no AUC can be given in any scope.
std::optional<Error> EvidenceCache::no_aucs() {
  if (table_.rows.label_class.size() != table_.rows.rows)
    return Error{ErrorKind::data, Reason::data_invalid, "The golden rows carry no class labels."};
  const auto [candidate, production] = usable();
  std::future<void> meanwhile;
  if (candidate && production)
    meanwhile = std::async(std::launch::async, [this] { std::ignore = order(Role::production); });
  for (const Role role : both_roles)
    if (usable()[index_of(role)] && !order(role)) return order(role).error();
  if (meanwhile.valid()) meanwhile.get();
  return std::nullopt;
}

const EvidenceCache::AucsByScope& EvidenceCache::aucs_ahead() {
  return aucs_ahead_.get([&] {
    std::vector<std::string> keys;
    std::vector<stats::Partition> partitions;
    for (const std::optional<Scope>& scope : auc_scopes_) {
      const Result<Grouping>& groups = grouping(scope);
      std::string key = key_of(scope);
      if (!groups || std::ranges::find(keys, key) != keys.end()) continue;
      keys.push_back(std::move(key));
      partitions.push_back(groups->partition());
    }
    std::vector<std::vector<GroupAuc>> made = make_aucs(partitions);
    AucsByScope by_scope;
    for (std::size_t i = 0; i < keys.size(); ++i) by_scope.emplace(std::move(keys[i]), std::move(made[i]));
    return by_scope;
  });
}

bool EvidenceCache::lean() const {
  const auto one_a_row = [&](const auto& scores) { return scores.size() == table_.rows.rows; };
  const auto ranked = [&](Role role) {
    return trouble(role) != nullptr || std::visit(one_a_row, table_.model(role).scores);
  };
  return !weighing_.within_labels && table_.rows.rows >= many_rows &&
         table_.rows.label_class.size() == table_.rows.rows && ranked(Role::candidate) && ranked(Role::production);
}

/// One model's order at a time, and none of them kept.
Result<std::vector<GroupAuc>> EvidenceCache::make_aucs_lean(const stats::Partition& partition) {
  std::vector<GroupAuc> aucs(partition.groups);
  const auto [candidate, production] = usable();
  if (!candidate && !production) return aucs;
  const std::vector<std::uint8_t>& labels = labels_as_bytes();
  const auto sorted = [&](Role role) {
    return std::visit([](const auto& scores) { return stats::order_by_score_lean(std::span{scores}); },
                      table_.model(role).scores);
  };
  const auto too_many = [] { return data_error("There are too many rows to rank by score."); };
  std::optional<stats::ScoreOrder> order = sorted(candidate ? Role::candidate : Role::production);
  if (!order) return too_many();
  const std::vector<std::uint32_t> placements = stats::twice_placements(*order, labels, partition);
  if (candidate && production) {
    order.reset();  // before the other is made
    order = sorted(Role::production);
    if (!order) return too_many();
  }
  const auto pairs = stats::paired_delong(placements, *order, labels, partition);
  for (std::size_t group = 0; group < std::min(aucs.size(), pairs.size()); ++group) {
    const std::optional<stats::PairedAuc>& pair = pairs[group];
    if (pair && candidate) aucs[group].candidate = pair->candidate;
    if (pair && production) aucs[group].production = pair->production;
    if (candidate && production) aucs[group].pair = pair;
  }
  return aucs;
}

const std::vector<std::uint8_t>& EvidenceCache::labels_as_bytes() {
  return binary_labels_.get([&] {
    std::vector<std::uint8_t> small(table_.rows.rows);
    std::ranges::transform(table_.rows.label_class, small.begin(),
                           [](std::int32_t label) { return static_cast<std::uint8_t>(label == 1); });
    return small;
  });
}

std::vector<std::vector<GroupAuc>> EvidenceCache::make_aucs(std::span<const stats::Partition> partitions) {
  const auto [candidate, production] = usable();
  const std::vector<std::uint8_t>& labels = labels_as_bytes();
  std::vector<std::vector<GroupAuc>> result;
  for (const stats::Partition& partition : partitions) result.emplace_back(partition.groups);
  if (weighing_.within_labels) return make_weighted_aucs(partitions, labels);
  if (candidate && production) {
    const auto pairs = stats::paired_delong_of(*order(Role::candidate), *order(Role::production), labels, partitions);
    for (std::size_t at = 0; at < result.size(); ++at)
      std::ranges::transform(pairs[at], result[at].begin(), [](const std::optional<stats::PairedAuc>& pair) {
        return pair ? GroupAuc{pair->candidate, pair->production, pair} : GroupAuc{};
      });
  } else if (candidate || production) {
    for (std::size_t at = 0; at < result.size(); ++at) {
      const auto alone = stats::delong(*order(candidate ? Role::candidate : Role::production), labels, partitions[at]);
      for (std::size_t group = 0; group < alone.size(); ++group)
        (candidate ? result[at][group].candidate : result[at][group].production) = alone[group];
    }
  }
  return result;
}

std::vector<std::vector<GroupAuc>> EvidenceCache::make_weighted_aucs(std::span<const stats::Partition> partitions,
                                                                     const std::vector<std::uint8_t>& labels) {
  const auto [candidate, production] = usable();
  std::vector<std::vector<GroupAuc>> result;
  for (const stats::Partition& partition : partitions) {
    std::vector<GroupAuc>& groups = result.emplace_back(partition.groups);
    if (!candidate && !production) continue;
    const GroupUnits units = make_group_units(weighing_, partition, table_.rows.rows);
    const stats::ScoreOrder& first = *order(candidate ? Role::candidate : Role::production);
    const stats::ScoreOrder& second = *order(production ? Role::production : Role::candidate);
    const auto pairs = stats::weighted_paired_delong(
        first, second, labels, partition, {weighing_.weights, weighing_.copies, units.slots, units.group_of});
    std::ranges::transform(pairs, groups.begin(), [&](const std::optional<stats::PairedAuc>& pair) {
      GroupAuc auc;
      if (!pair) return auc;
      if (candidate) auc.candidate = pair->candidate;
      if (production) auc.production = pair->production;
      if (candidate && production) auc.pair = pair;
      return auc;
    });
  }
  return result;
}

const Result<std::vector<double>>& EvidenceCache::row_losses_of(Loss loss, Role role) {
  return row_losses_.get(fmt::format("{}/{}", static_cast<int>(loss), to_string(role)),
                         [&] { return row_losses(table_, role, loss); });
}

const Result<std::vector<GroupLosses>>& EvidenceCache::losses(Loss loss, const std::optional<Scope>& scope) {
  return losses_.get(fmt::format("{}/{}", static_cast<int>(loss), key_of(scope)),
                     [&]() -> Result<std::vector<GroupLosses>> {
                       const Result<Grouping>& groups = grouping(scope);
                       if (!groups) return std::unexpected(groups.error());
                       return make_losses(loss, *groups, scope);
                     });
}

Result<std::vector<GroupLosses>> EvidenceCache::make_losses(Loss loss, const Grouping& groups,
                                                            const std::optional<Scope>& scope) {
  std::array<const std::vector<double>*, 2> columns{};
  for (const Role role : both_roles) {
    if (trouble(role) != nullptr) continue;
    const Result<std::vector<double>>& column = row_losses_of(loss, role);
    if (!column) return std::unexpected(column.error());
    columns[index_of(role)] = &*column;
  }
  return weighing_.plain() ? group_losses(columns[0], columns[1], groups)
                           : weighed_losses(columns[0], columns[1], groups, weighing_, group_units(scope));
}

}  // namespace modelgate
