// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/label_rows.hpp"
#include "checks/explain.hpp"
#include "checks/multilabel.hpp"
#include "gate/stats/placements.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The mean over all labels of the area under each label's ROC curve (scikit-learn's `roc_auc_score` with "
        "`average=\"macro\"`), ties counting half.",
    .why_it_blocks = "The ranking behind every label's threshold got worse, however rare the label is.",
    .statistic_and_source =
        "Paired DeLong (DeLong et al. 1988) on the mean of the labels: each row's placements are summed over its "
        "labels before they are squared, so that labels which hang together within a row widen the interval as they "
        "should. Against a limit on the logit scale. Without variance: the bound of a rate on as many independent "
        "pairs as the rarest label has rows.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "A label with fewer than 20 rows that have it, or fewer than 20 that do not: not assessable, and the label is "
        "named.",
    .example = "checks:\n  accuracy:\n    - {metric: roc_auc_macro, max_regression: 0.01}",
};

/// The labels' AUC of one group, averaged; each row's placements summed over its labels.
struct MeanAuc {
  std::array<double, 2> auc{};
  std::array<double, 2> variance{};
  double covariance = 0.0;
  std::size_t positives = std::numeric_limits<std::size_t>::max();  // of the rarest label
  std::size_t negatives = std::numeric_limits<std::size_t>::max();
  std::optional<std::size_t> thin;  // first label without 20 rows of each kind
};

class MacroAuc {
 public:
  MacroAuc(const ScoreTable& table, const Grouping& grouping, std::array<bool, 2> usable)
      : table_(table), grouping_(grouping), usable_(usable), labels_(label_count(table)), groups_(grouping.size()) {}

  std::optional<Error> add_all() {
    for (const Role role : both_roles)
      if (usable_[index_of(role)]) sums_[index_of(role)].assign(table_.rows.rows, 0.0);
    for (std::size_t label = 0; label < labels_; ++label)
      if (auto trouble = add(label)) return trouble;
    square();
    return std::nullopt;
  }

  const std::vector<MeanAuc>& groups() const { return groups_; }

 private:
  std::vector<std::uint8_t> bits_of(std::size_t label) const {
    std::vector<std::uint8_t> bits(table_.rows.rows);
    for (std::size_t row = 0; row < bits.size(); ++row) bits[row] = table_.rows.label_bits[row * labels_ + label];
    return bits;
  }

  void count(std::size_t label, const std::vector<std::uint8_t>& bits) {
    std::vector<std::array<std::size_t, 2>> counts(groups_.size());
    for (std::size_t row = 0; row < bits.size(); ++row) ++counts[grouping_.code(row)][bits[row]];
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      const auto [negatives, positives] = counts[group];
      groups_[group].positives = std::min(groups_[group].positives, positives);
      groups_[group].negatives = std::min(groups_[group].negatives, negatives);
      if (!groups_[group].thin && std::min(positives, negatives) < min_rows_per_label) groups_[group].thin = label;
    }
  }

  std::optional<Error> add(std::size_t label) {
    const std::vector<std::uint8_t> bits = bits_of(label);
    count(label, bits);
    for (const Role role : both_roles) {
      const std::size_t at = index_of(role);
      if (!usable_[at]) continue;
      const auto order =
          std::visit([&](const auto& scores) { return stats::order_by_score(std::span{scores}, labels_, label); },
                     table_.model(role).scores);
      if (!order)
        return Error{ErrorKind::model, Reason::wrong_shape,
                     fmt::format("The {} model does not give a score for every label to rank by.", to_string(role))};
      const auto placed = stats::centred_placements(*order, bits, grouping_.partition());
      const auto labels = static_cast<double>(labels_);
      for (std::size_t row = 0; row < bits.size(); ++row) sums_[at][row] += placed.rows[row] / labels;
      for (std::size_t group = 0; group < groups_.size(); ++group)
        if (const auto& auc = placed.groups[group]; auc) groups_[group].auc[at] += auc->auc / labels;
    }
    return std::nullopt;
  }

  void square() {
    for (std::size_t row = 0; row < table_.rows.rows; ++row) {
      MeanAuc& group = groups_[grouping_.code(row)];
      for (std::size_t at = 0; at < 2; ++at)
        if (usable_[at]) group.variance[at] += sums_[at][row] * sums_[at][row];
      if (usable_[0] && usable_[1]) group.covariance += sums_[0][row] * sums_[1][row];
    }
  }

  const ScoreTable& table_;
  const Grouping& grouping_;
  std::array<bool, 2> usable_;
  std::size_t labels_;
  std::array<std::vector<double>, 2> sums_;
  std::vector<MeanAuc> groups_;
};

GroupAuc group_auc(const MeanAuc& mean, std::array<bool, 2> usable) {
  const auto side = [&](std::size_t at) {
    return stats::AucEstimate{
        .auc = mean.auc[at], .variance = mean.variance[at], .positives = mean.positives, .negatives = mean.negatives};
  };
  GroupAuc auc;
  if (mean.positives < 2 || mean.negatives < 2) return auc;
  if (usable[0]) auc.candidate = side(0);
  if (usable[1]) auc.production = side(1);
  if (usable[0] && usable[1]) auc.pair = stats::PairedAuc{side(0), side(1), mean.covariance};
  return auc;
}

void judge_scope(ScopeCase& scope, const MeanAuc& mean) {
  judge_auc_at(scope, group_auc(mean, {scope.candidate, scope.production}));
  if (!mean.thin || (scope.fixed() && mean.positives >= 2 && mean.negatives >= 2)) return;
  scope.result.parts.clear();
  not_assessable(
      scope.result, Reason::too_few_events,
      fmt::format("Label \"{}\" has fewer than {} rows with it, or without it; its ROC AUC cannot be judged.",
                  label_name(scope.cache.table(), *mean.thin), min_rows_per_label));
}

std::vector<CheckResult> judge_macro_auc(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_label_rows(planned, evidence, [&](const LabelRows&) -> Result<JudgeLabels> {
    MacroAuc all(*evidence.table, *evidence.cache->grouping(planned.slice), evidence.cache->usable());
    if (auto trouble = all.add_all()) return std::unexpected(*std::move(trouble));
    return [groups = all.groups()](ScopeCase& scope) { judge_scope(scope, groups[scope.group]); };
  });
}

}  // namespace

RegisteredCheck roc_auc_macro_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("roc_auc_macro", flags(Task::multilabel), Direction::higher_is_better,
                                 "Mean over the labels of the area under the ROC curve.", text);
  spec.needs_scores = true;
  return {spec, judge_macro_auc, nullptr};
}

}  // namespace modelgate
