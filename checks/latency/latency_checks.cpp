// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/latency_checks.hpp"

#include <fmt/format.h>

#include <limits>
#include <string>

#include "checks/explain.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/percentile.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

constexpr Explanation latency_explanation{
    .what_it_checks =
        "How much longer (or shorter) a request of the candidate takes than one of production, in rounds of fresh "
        "worker pairs that take turns on one CPU (ABBA).",
    .why_it_blocks = "The candidate would slow down whoever waits for it, or cost more machines for the same load.",
    .statistic_and_source =
        "Per round the median over its groups of log(mean candidate / mean production), for CPU time and for wall "
        "time; over the "
        "rounds the Hodges-Lehmann estimate with the exact signed-rank interval (Hollander, Wolfe & Chicken 2014). The "
        "round is the "
        "unit of evidence, because two processes of the same file differ.",
    .parameters_and_defaults =
        "`max_regression`: the slowdown allowed, `5%` or in time per request (`2ms`). `batch` (1): rows of "
        "a request. `runtime.threads` is 1 unless given: the threads of an operator wait for each other at its end, "
        "and "
        "on a shared machine one that lost its CPU holds up all (3 ms became 100 ms), so that no margin can be held. "
        "With several threads, and with `runtime.device: cuda`, wall time alone is judged.",
    .passes_when =
        "The interval's upper end is within the margin by wall time; or by CPU time, and the time off the CPU has not "
        "grown by more than the margin either.",
    .fails_when =
        "The lower end is beyond the margin by CPU time or by wall time. Looks at 6, 9, 13 and 20 rounds only, at "
        "levels "
        "that together keep the error below 5 %, split evenly over the blocking checks on latency and resources of the "
        "gate file.",
    .cannot_decide_when =
        "Fewer than 6 rounds, or an interval that straddles the margin after 20 rounds or at the time limit (30 s; 60 "
        "s "
        "where the rounds spread by more than 3 %, or where 30 s do not hold the thirteen of the third look). Or the "
        "machine cannot tell (runner_unfit): after every third round "
        "one compares production with itself, and six of these are all more than half the margin apart, on one side. "
        "Fewer than six prove nothing; where all of them speak against the machine, more are taken until six or until "
        "one does not.",
    .example = "checks:\n  latency:\n    - {metric: latency, batch: 1, max_regression: 5%}",
};

CheckSpec timed_spec(std::string_view metric, Direction direction, Unit unit, std::uint8_t limits,
                     std::string_view summary, std::string_view explain) {
  CheckSpec spec;
  spec.family = Family::latency;
  spec.metric = metric;
  spec.tasks = flags(Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking);
  spec.direction = direction;
  spec.unit = unit;
  spec.limits = limits;
  spec.scope = flags(ScopeKey::batch, ScopeKey::load);
  spec.honours_weight = true;  // weights are of rows, and no row is judged here
  spec.needs_live_model = true;
  spec.highest = std::numeric_limits<double>::max();
  spec.summary = summary;
  spec.explain = explain;
  return spec;
}

std::string requests_text(const Percentile& percentile) {
  return fmt::format(
      "Needs {} requests, which the rounds go on for up to the longer cap of 60 s: the fewest of which the slowest "
      "lies "
      "beyond the percentile with 99 % probability, 1 - q^n. Rounds are pooled into at least 6 blocks of {} requests "
      "or more, because the percentile of fewer is always too low: the slowest of 50 requests is, on average, p98, and "
      "a "
      "model over its limit would pass. `modelgate plan` and `validate` print the number before a run. ",
      count_text(percentile.requests()), count_text(percentile.block_requests()));
}

constexpr std::string_view percentile_statistic =
    "Per block two order statistics, each on its side of the true percentile with probability 1/2 at least, whatever "
    "the distribution (David & Nagaraja 2003, section 7.1); over 6, 9, 13 or 20 blocks the Hodges-Lehmann estimate, "
    "with the exact signed-rank interval (Hollander, Wolfe & Chicken 2014) from the lower to the upper ones. Requests "
    "of one round share their neighbours, so no binomial bound over all requests is used. Judged is the typical block; "
    "the report's percentiles are of all rounds together, with 95 % intervals by a bootstrap of whole rounds "
    "(percentile interval expanded for few rounds: Hesterberg 2015).";

constexpr std::string_view percentile_parameters =
    "`max`: the time allowed (`20ms`). `batch` (1): rows of a request. No `max_regression`: on a shared runner the p99 "
    "of two equal models differ by 20 % and more after 10 s, so that a margin below +50 % would not be honest; gate "
    "the slowdown of the typical request with `latency`. ";

std::string explain_percentile(const Percentile& percentile) {
  const std::string percent = fmt::format("{}", percentile.name.substr(1));
  const std::string what = fmt::format("The time within which {} % of the candidate's requests are answered.", percent);
  const std::string example =
      fmt::format("checks:\n  latency:\n    - {{metric: {}, batch: 1, max: 20ms}}", percentile.metric);
  const std::string statistic = requests_text(percentile) + std::string{percentile_statistic};
  const std::string cannot = fmt::format(
      "Fewer than 6 rounds or {} requests within the cap of time: not_assessable, too_few_events. An interval that "
      "straddles the limit. Production beyond the limit in the same rounds, too: runner_unfit, the machine may be the "
      "cause. First release: 1 % of the turns or more were interrupted.",
      count_text(percentile.requests()));
  return markdown(Explanation{
      .what_it_checks = what,
      .why_it_blocks = "Whoever waits for the model has promised a time to others.",
      .statistic_and_source = statistic,
      .parameters_and_defaults = percentile_parameters,
      .passes_when = "The interval's upper end is within the limit, whatever production does; and so is the percentile "
                     "of all rounds together, unless the machine can be the cause (production's is beyond it, too; "
                     "first release: turns were interrupted).",
      .fails_when = "The interval's lower end is beyond the limit, production's interval is within it, and the "
                    "candidate is slower than production in the same rounds. First release: less than 1 % of the "
                    "turns were interrupted.",
      .cannot_decide_when = cannot,
      .example = example});
}

RegisteredCheck percentile_check(const Percentile& percentile, std::string_view summary, std::string_view explain) {
  return {
      timed_spec(percentile.metric, Direction::lower_is_better, Unit::seconds, flags(LimitWord::max), summary, explain),
      evaluate_latency, nullptr};
}

}  // namespace

RegisteredCheck latency_check() {
  static const std::string text = markdown(latency_explanation);
  return {timed_spec("latency", Direction::lower_is_better, Unit::seconds, flags(LimitWord::max_regression),
                     "Time of a request against production.", text),
          evaluate_latency, nullptr};
}

RegisteredCheck latency_p50_check() {
  static const std::string text = explain_percentile(percentiles[0]);
  return percentile_check(percentiles[0], "Time within which half of the requests are answered.", text);
}

RegisteredCheck latency_p90_check() {
  static const std::string text = explain_percentile(percentiles[1]);
  return percentile_check(percentiles[1], "Time within which 90 % of the requests are answered.", text);
}

RegisteredCheck latency_p95_check() {
  static const std::string text = explain_percentile(percentiles[2]);
  return percentile_check(percentiles[2], "Time within which 95 % of the requests are answered.", text);
}

RegisteredCheck latency_p99_check() {
  static const std::string text = explain_percentile(percentiles[3]);
  return percentile_check(percentiles[3], "Time within which 99 % of the requests are answered.", text);
}

RegisteredCheck latency_p999_check() {
  static const std::string text = explain_percentile(percentiles[4]);
  return percentile_check(percentiles[4], "Time within which 99.9 % of the requests are answered.", text);
}

}  // namespace modelgate
