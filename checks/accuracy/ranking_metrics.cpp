// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/ranking.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view query_source =
    "The linearised t of the mean over queries, queries - 1 degrees of freedom: the query is the unit, because the "
    "rows of "
    "one list depend on each other (rows as units would block 23% instead of 5%). Against production on the difference "
    "of "
    "the two lists query by query; a cluster of queries counts as one unit. Equal scores are averaged over all their "
    "orders. Cost O(n log n).";
constexpr std::string_view query_parameters =
    "`@k`: only the first k ranks count. `min`, `max_regression` (`0.02`, `2pp` or `2%` of production), "
    "`min_improvement`. "
    "`slices`: columns that are the same in all rows of a query. `min_rows` (20), `confidence` (95%, one-sided), "
    "`hard_margin` (3 x the margin, for `guard`).";
constexpr std::string_view query_cannot =
    "Fewer than 20 queries with a relevant row: not assessable. Queries without one say nothing; they are left out and "
    "counted in the message. A relevance that is negative or no number is an error.";

constexpr Explanation ndcg_explanation{
    .what_it_checks =
        "Normalised discounted cumulative gain with the relevance itself as gain (scikit-learn's `ndcg_score`), mean "
        "over "
        "queries; `ndcg@10` of the first ten ranks, `ndcg` of whole lists.",
    .why_it_blocks = "What is relevant has sunk in the lists that people see.",
    .statistic_and_source = query_source,
    .parameters_and_defaults = query_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = query_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: ndcg@10, min: 0.6, max_regression: 0.01}",
};

constexpr Explanation ndcg_exp_explanation{
    .what_it_checks =
        "Normalised discounted cumulative gain with the gain 2^relevance - 1, as in web search (Burges et al. 2005), "
        "mean over "
        "queries; `ndcg_exp@10` of the first ten ranks.",
    .why_it_blocks = "The most relevant results have sunk in the lists that people see.",
    .statistic_and_source = query_source,
    .parameters_and_defaults = query_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = query_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: ndcg_exp@10, max_regression: 0.01}",
};

constexpr Explanation map_explanation{
    .what_it_checks =
        "Mean average precision: the mean over queries of the precision at the ranks of the relevant rows (relevance "
        "above 0). "
        "With `map@10` only the first ten ranks count, divided by the smaller of 10 and the relevant rows, so that the "
        "best "
        "list has 1.",
    .why_it_blocks = "Relevant rows stand further down in the lists.",
    .statistic_and_source = query_source,
    .parameters_and_defaults = query_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = query_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: map, max_regression: 0.01}",
};

constexpr Explanation mrr_explanation{
    .what_it_checks =
        "Mean reciprocal rank: the mean over queries of 1 / rank of the first relevant row (relevance above 0); with "
        "`mrr@10` 0 "
        "where it lies beyond rank 10.",
    .why_it_blocks = "People look further for the first useful result.",
    .statistic_and_source = query_source,
    .parameters_and_defaults = query_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = query_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: mrr, max_regression: 0.02}",
};

constexpr Explanation recall_explanation{
    .what_it_checks =
        "Recall of ranked lists: the mean over queries of the share of the relevant rows (relevance above 0) that "
        "stand among "
        "the first k ranks, `recall@10`.",
    .why_it_blocks = "Relevant rows drop out of the part of the list that is used.",
    .statistic_and_source = query_source,
    .parameters_and_defaults = query_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = query_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: recall@10, max_regression: 0.02}",
};

CheckSpec ranking_spec(std::string_view metric, std::string_view summary, std::string_view explain) {
  CheckSpec spec = accuracy_spec(metric, flags(Task::ranking), Direction::higher_is_better, summary, explain);
  spec.needs_scores = true;
  spec.honours_cluster = true;
  spec.parameter = MetricParameter::ranks;
  spec.parameter_optional = true;
  return spec;
}

}  // namespace

RegisteredCheck ndcg_check() {
  static const std::string text = markdown(ndcg_explanation);
  return {ranking_spec("ndcg", "Normalised discounted cumulative gain, relevance as gain.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranking(planned, evidence, stats::ndcg, Gain::linear);
          },
          nullptr};
}

RegisteredCheck ndcg_exp_check() {
  static const std::string text = markdown(ndcg_exp_explanation);
  return {ranking_spec("ndcg_exp", "Normalised discounted cumulative gain, 2^relevance - 1 as gain.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranking(planned, evidence, stats::ndcg, Gain::exponential);
          },
          nullptr};
}

RegisteredCheck map_check() {
  static const std::string text = markdown(map_explanation);
  return {ranking_spec("map", "Mean average precision of ranked lists.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranking(planned, evidence, stats::mean_average_precision, Gain::linear);
          },
          nullptr};
}

RegisteredCheck mrr_check() {
  static const std::string text = markdown(mrr_explanation);
  return {ranking_spec("mrr", "Mean reciprocal rank of the first relevant row.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranking(planned, evidence, stats::reciprocal_rank, Gain::linear);
          },
          nullptr};
}

RegisteredCheck recall_of_ranks_check() {
  static const std::string text = markdown(recall_explanation);
  CheckSpec spec = ranking_spec("recall", "Share of the relevant rows among the first ranks.", text);
  spec.parameter_optional = false;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranking(planned, evidence, stats::recall_of_ranks, Gain::linear);
          },
          nullptr};
}

}  // namespace modelgate
