// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/latency_checks.hpp"

#include <fmt/format.h>

#include <limits>
#include <string>

#include "checks/explain.hpp"
#include "checks/latency/judge_latency.hpp"

namespace modelgate {
namespace {

constexpr std::string_view looks_text =
    "Looks at 6, 9, 13 and 20 rounds only, at levels that together keep the error of a fail below 5 % (at 6 rounds "
    "1/64 a side "
    "for each clock, later 0.003); the 5 % are split evenly over the latency checks of the gate file.";

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
        "that together keep the error below 5 %, split evenly over the latency checks of the gate file.",
    .cannot_decide_when =
        "Fewer than 6 rounds, or an interval that straddles the margin after 20 rounds or at the time limit (30 s; 60 "
        "s "
        "where the rounds spread by more than 3 %). Or the machine cannot tell (runner_unfit): after every third round "
        "one compares production with itself, and six of these are all more than half the margin apart, on one side. "
        "Fewer than six prove nothing; where all of them speak against the machine, more are taken until six or until "
        "one does not.",
    .example = "checks:\n  latency:\n    - {metric: latency, batch: 1, max_regression: 5%}",
};

constexpr Explanation throughput_explanation{
    .what_it_checks = "Rows a second, one request after the other (batch / mean request time).",
    .why_it_blocks = "A batch job with the candidate would take longer or need more machines.",
    .statistic_and_source =
        "Against production: as `latency` by wall time, a loss of r being a slowdown by r/(1 − r). Against a "
        "limit: one value a round, Hodges-Lehmann over the rounds with the exact signed-rank interval.",
    .parameters_and_defaults =
        "`min`: rows a second (`2000/s`). `max_regression`: the loss allowed, `10%` or rows a second. "
        "`batch` (1): rows of a request.",
    .passes_when = "The interval's lower end keeps the limit.",
    .fails_when = looks_text,
    .cannot_decide_when =
        "Fewer than 6 rounds, or an interval that straddles the limit. Against `min`: production misses it in "
        "the same rounds, too, so that the machine may be the cause.",
    .example = "checks:\n  latency:\n    - {metric: throughput, batch: 4096, max_regression: 10%}",
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

std::string explain_percentile(std::string_view percent, std::string_view requests) {
  const std::string what = fmt::format("The time within which {} % of the candidate's requests are answered.", percent);
  const std::string example =
      fmt::format("checks:\n  latency:\n    - {{metric: latency_p{}, batch: 1, max: 20ms}}", percent);
  const std::string cannot = fmt::format(
      "Fewer than 6 rounds or {} requests, an interval that straddles the limit, or production beyond the limit in the "
      "same "
      "rounds, too: then the machine may be the cause.",
      requests);
  return markdown(Explanation{
      .what_it_checks = what,
      .why_it_blocks = "Whoever waits for the model has promised a time to others.",
      .statistic_and_source =
          "The percentile of each round, then Hodges-Lehmann over the rounds with the exact signed-rank "
          "interval (Hollander, Wolfe & Chicken 2014). Requests of one round share their neighbours, so no "
          "binomial bound over all requests is used.",
      .parameters_and_defaults = "`max`: the time allowed (`20ms`). `batch` (1): rows of a request.",
      .passes_when = "The interval's upper end is within the limit, whatever production does.",
      .fails_when = "The interval's lower end is beyond the limit, production's interval is within it, and the "
                    "candidate is slower "
                    "than production in the same rounds. First release: less than 1 % of the turns were interrupted.",
      .cannot_decide_when = cannot,
      .example = example});
}

CheckSpec percentile_spec(std::string_view metric, std::string_view summary, std::string_view explain) {
  return timed_spec(metric, Direction::lower_is_better, Unit::seconds, flags(LimitWord::max), summary, explain);
}

}  // namespace

RegisteredCheck latency_check() {
  static const std::string text = markdown(latency_explanation);
  return {timed_spec("latency", Direction::lower_is_better, Unit::seconds, flags(LimitWord::max_regression),
                     "Time of a request against production.", text),
          evaluate_latency, nullptr};
}

RegisteredCheck latency_p50_check() {
  static const std::string text = explain_percentile("50", "7");
  return {percentile_spec("latency_p50", "Time within which half of the requests are answered.", text),
          evaluate_latency, nullptr};
}

RegisteredCheck latency_p95_check() {
  static const std::string text = explain_percentile("95", "90");
  return {percentile_spec("latency_p95", "Time within which 95 % of the requests are answered.", text),
          evaluate_latency, nullptr};
}

RegisteredCheck latency_p99_check() {
  static const std::string text = explain_percentile("99", "459");
  return {percentile_spec("latency_p99", "Time within which 99 % of the requests are answered.", text),
          evaluate_latency, nullptr};
}

RegisteredCheck throughput_check() {
  static const std::string text = markdown(throughput_explanation);
  return {
      timed_spec("throughput", Direction::higher_is_better, Unit::per_second,
                 flags(LimitWord::min, LimitWord::max_regression), "Rows a second, one request after the other.", text),
      evaluate_latency, nullptr};
}

}  // namespace modelgate
