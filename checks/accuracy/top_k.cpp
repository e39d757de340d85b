// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <span>
#include <variant>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/accuracy/row_rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The share of rows whose label is among the k classes with the largest scores (scikit-learn's "
        "`top_k_accuracy_score`); k stands behind the @. Among equal scores the class that comes later in the output "
        "goes first, as in scikit-learn, where `accuracy` takes the first; without ties `top_k_accuracy@1` is "
        "`accuracy`.",
    .why_it_blocks = "Where people choose from a short list, what counts is that the right answer stands in it.",
    .statistic_and_source =
        "Against a limit: Wilson's score interval (Wilson 1927). Against production, on the same rows: Tango's score "
        "test of the paired difference (Tango 1998), which uses only the rows where exactly one list holds the label. "
        "Percent margins: the paired ratio score test of Nam & Blackwelder (2002).",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when =
        "The p-value of \"the limit is met\" is small enough after Holm's correction over the gate file, and at least "
        "10 rows (25 at small levels) have the label in exactly one list.",
    .cannot_decide_when =
        "Too few rows for the margin. k not below the number of classes: every label is in every list, so the metric "
        "is 1 for any model and not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: top_k_accuracy@3, max_regression: 1pp}",
};

std::unexpected<Error> no_scores(Role role) {
  return model_error(Reason::wrong_shape,
                     fmt::format("The {} model does not give a score for every class in every row.", to_string(role)));
}

/// Classes ahead of the label: larger scores, and equal ones that come later.
template <class Score>
std::size_t ahead_of(std::span<const Score> scores, std::size_t label) {
  std::size_t ahead = 0;
  for (std::size_t k = 0; k < scores.size(); ++k)
    ahead += scores[k] > scores[label] || (scores[k] == scores[label] && k > label) ? 1 : 0;
  return ahead;
}

Result<std::vector<std::uint8_t>> in_first(const ScoreTable& table, Role role, std::size_t k) {
  const Predictions& model = table.model(role);
  const std::size_t rows = table.rows.rows;
  if (table.rows.label_class.size() != rows) return data_error("The golden rows carry no class labels.");
  if (model.kind == OutputKind::klass || model.width < 2) return no_scores(role);
  return std::visit(
      [&](const auto& scores) -> Result<std::vector<std::uint8_t>> {
        if (scores.size() != rows * model.width) return no_scores(role);
        const std::span all{scores};
        std::vector<std::uint8_t> found(rows);
        for (std::size_t row = 0; row < rows; ++row) {
          const auto label = static_cast<std::size_t>(table.rows.label_class[row]);
          if (label >= model.width)
            return model_error(Reason::wrong_shape,
                               fmt::format("The {} model gives {} scores a row, too few for the label of row {}.",
                                           to_string(role), model.width, row + 1));
          found[row] = ahead_of(all.subspan(row * model.width, model.width), label) < k ? 1 : 0;
        }
        return found;
      },
      model.scores);
}

std::vector<CheckResult> every_list_whole(const PlannedCheck& planned, const Evidence& evidence, std::size_t classes) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    not_assessable(scope.result, Reason::undefined,
                   fmt::format("The first {:.0f} of {} classes hold every label, whatever the model: ask for fewer.",
                               planned.parameter, classes));
  });
}

std::vector<CheckResult> judge_top_k(const PlannedCheck& planned, const Evidence& evidence) {
  if (!(planned.parameter >= 1.0)) {
    std::vector<CheckResult> results{blank_result(planned)};
    fail_with(results.front(), {ErrorKind::usage, Reason::data_invalid,
                                "top_k_accuracy needs a number of ranks: write top_k_accuracy@3."});
    return results;
  }
  std::size_t classes = 0;
  if (evidence.table != nullptr) {
    for (const Role role : both_roles)
      if (evidence.table->model(role).usable()) classes = std::max(classes, evidence.table->model(role).width);
  }
  if (classes > 1 && planned.parameter >= static_cast<double>(classes))
    return every_list_whole(planned, evidence, classes);
  const auto k = static_cast<std::size_t>(planned.parameter);
  return judge_right_rows(planned, evidence,
                          [k](const ScoreTable& table, Role role) { return in_first(table, role, k); });
}

}  // namespace

RegisteredCheck top_k_accuracy_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("top_k_accuracy", flags(Task::multiclass), Direction::higher_is_better,
                                 "Share of rows whose label is among the k classes with the largest scores.", text);
  spec.needs_scores = spec.honours_weight = spec.honours_cluster = true;
  spec.parameter = MetricParameter::ranks;
  return {spec, judge_top_k, &rate_of_rows};
}

}  // namespace modelgate
