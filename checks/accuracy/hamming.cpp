// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/label_rows.hpp"
#include "checks/accuracy/row_means.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The mean share of a row's labels that are wrong (scikit-learn's `hamming_loss`); every label of every row "
        "counts alike.",
    .why_it_blocks = "More labels are set that should not be, or missed that should.",
    .statistic_and_source =
        "The linearised t of the mean over rows (HC1, units − 1 degrees of freedom), never over single labels, which "
        "hang together within a row: against production on the difference of both models' losses row by row. With "
        "fewer than 10 rows whose losses differ t is too narrow; then the share of worse rows, by its score interval, "
        "must stay below the margin, and no fail is given.",
    .parameters_and_defaults =
        "`max`: the most the candidate may have. `max_regression`: the most it may exceed production (`0.01`, `1pp`, "
        "or `5%` of production). `min_improvement`: the least it must fall. `slices`, `min_rows` (20), `confidence` "
        "(95%, one-sided), `hard_margin` (3 × the margin, for `guard`).",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = "Fewer than 20 rows: not assessable. Too few rows for the margin.",
    .example = "checks:\n  accuracy:\n    - {metric: hamming_loss, max_regression: 0.5pp}",
};

RowNumbers wrong_shares(const ScoreTable& table, const LabelRows& rows) {
  RowNumbers losses;
  for (const Role role : both_roles) {
    if (!rows.usable(role)) continue;
    const std::vector<std::uint8_t>& decided = rows.decided[index_of(role)];
    std::vector<double>& shares = losses[index_of(role)];
    shares.assign(table.rows.rows, 0.0);
    for (std::size_t row = 0; row < shares.size(); ++row) {
      std::size_t wrong = 0;
      for (std::size_t cell = row * rows.labels; cell < (row + 1) * rows.labels; ++cell)
        wrong += decided[cell] != table.rows.label_bits[cell] ? 1 : 0;
      shares[row] = static_cast<double>(wrong) / static_cast<double>(rows.labels);
    }
  }
  return losses;
}

std::vector<CheckResult> judge_hamming(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_label_rows(planned, evidence, [&](const LabelRows& rows) -> Result<JudgeLabels> {
    const auto means = std::make_shared<const std::vector<GroupMeans>>(mean_numbers(
        *evidence.cache, planned.slice, wrong_shares(*evidence.table, rows), Direction::lower_is_better, 0.0));
    return [means](ScopeCase& scope) {
      judge_mean_numbers(scope, (*means)[scope.group], Direction::lower_is_better, 0.0, 1.0);
    };
  });
}

}  // namespace

RegisteredCheck hamming_loss_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("hamming_loss", flags(Task::multilabel), Direction::lower_is_better,
                                 "Mean share of a row's labels that are wrong.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {spec, judge_hamming, nullptr};
}

}  // namespace modelgate
