// SPDX-License-Identifier: Apache-2.0
#include "checks/resources/resource_checks.hpp"

#include <limits>

#include "checks/explain.hpp"
#include "checks/resources/judge_resources.hpp"

namespace modelgate {
namespace {

constexpr std::string_view margin_statistic =
    "One value a round, a round being a fresh pair of workers. A percent margin is judged by the rounds' "
    "log(candidate / production), one in the metric's unit by their differences, a limit on the candidate by its "
    "values: the Hodges-Lehmann estimate with the exact signed-rank interval (Hollander, Wolfe & Chicken 2014).";
constexpr std::string_view passes_by_interval =
    "The interval's end on the bad side keeps the limit; for a limit on the candidate alone, whatever production does.";
constexpr std::string_view fails_on_time =
    "The whole interval is beyond the limit. `max`: production's interval keeps it, too, and the candidate is worse "
    "than production in the same rounds, so that a busy machine blocks nobody; in a first release less than 1 % of "
    "the turns were interrupted. Looks at 6, 9, 13 and 20 rounds only, at levels that together keep the error below "
    "5 %, split evenly over the blocking checks on latency and resources of the gate file.";
constexpr std::string_view undecided_time =
    "Fewer than 6 rounds, an interval that straddles the limit, a round that did not measure it; for `max`, production "
    "beyond the limit in the same rounds, too: then the machine may be the cause.";
constexpr std::string_view page_cache =
    "The model file and the libraries are in memory already, because the gate has read the one and started a worker "
    "before: reading a cold disk is not part of it. Which model starts first is a fair coin.";

constexpr Explanation throughput_explanation{
    .what_it_checks = "Rows a second, one request after the other (batch / mean request time).",
    .why_it_blocks = "A batch job with the candidate would take longer or need more machines.",
    .statistic_and_source =
        "Against production: the rounds' wall times as in `latency` (median over the groups of turns), turned round; "
        "against a limit: one value a round. Hodges-Lehmann over the rounds with the exact signed-rank interval "
        "(Hollander, Wolfe & Chicken 2014).",
    .parameters_and_defaults =
        "`min`: rows a second (`2000/s`). `max_regression`: the loss allowed, `10%` or rows a second (`200/s`). "
        "`batch` (1): rows of a request. `load`: how requests come.",
    .passes_when = passes_by_interval,
    .fails_when =
        "The whole interval is beyond the limit. `min`: production's interval keeps it, too, and the candidate is "
        "slower than production in the same rounds; in a first release less than 1 % of the turns were interrupted. "
        "Looks at 6, 9, 13 and 20 rounds only, at levels that together keep the error below 5 %, split evenly over "
        "the blocking checks on latency and resources of the gate file.",
    .cannot_decide_when =
        "Fewer than 6 rounds, or an interval that straddles the limit. Against `min`: production misses it in the "
        "same rounds, too, so that the machine may be the cause.",
    .example = "checks:\n  resources:\n    - {metric: throughput, batch: 4096, max_regression: 10%}",
};

constexpr Explanation peak_memory_explanation{
    .what_it_checks =
        "The most memory that the worker has held since its start, at the end of its round: loading, warm-up and all "
        "requests included (the kernel's VmHWM, read by the gate).",
    .why_it_blocks =
        "A service with a memory limit is killed when its model outgrows it, under load and without a message.",
    .statistic_and_source = margin_statistic,
    .parameters_and_defaults =
        "`max`: `500MiB`. `max_regression`: `10%` of production's or `50MiB`. `batch` (1): rows of a request. The "
        "worker itself with libtorch takes about 120 MiB of it, alike for both models, so that a percentage is of the "
        "model and these together. Freed memory is not given back (`runtime.allocator: pinned`), so that the peak "
        "is what the model ever needed.",
    .passes_when = passes_by_interval,
    .fails_when =
        "The whole interval is beyond the limit, whatever production does: neighbours on the machine do not enlarge a "
        "worker. The peak hardly differs between rounds, and six equal ones decide. Looks at 6, 9, 13 and 20 rounds, "
        "at levels that keep the error below 5 %, split evenly over the blocking checks on latency and resources.",
    .cannot_decide_when =
        "Fewer than 6 rounds, an interval that straddles the limit, or a round whose worker told no peak.",
    .example = "checks:\n  resources:\n    - {metric: peak_memory, max: 1GiB, max_regression: 10%}",
};

constexpr Explanation model_size_explanation{
    .what_it_checks = "The bytes of the model file that is deployed.",
    .why_it_blocks =
        "Images, downloads and caches are made for a size; a file that doubled unnoticed often holds what nobody meant "
        "to ship, such as the state of an optimizer.",
    .statistic_and_source =
        "None: the sizes of the two files, compared exactly. There is no interval and no error to be kept small, no "
        "round is measured for it, and it takes no share of the error budget.",
    .parameters_and_defaults = "`max`: `200MiB`. `max_regression`: `20%` of production's or `10MiB`.",
    .passes_when = "The size keeps the limit.",
    .fails_when = "The size is beyond the limit.",
    .cannot_decide_when = "Never, but that a model file which cannot be opened is an error.",
    .example = "checks:\n  resources:\n    - {metric: model_size, max: 200MiB, max_regression: 20%}",
};

std::string explain_start(std::string_view what, std::string_view why, std::string_view parameters,
                          std::string_view example) {
  const std::string all_parameters = std::string(parameters) + " " + std::string(page_cache);
  return markdown(Explanation{.what_it_checks = what,
                              .why_it_blocks = why,
                              .statistic_and_source = margin_statistic,
                              .parameters_and_defaults = all_parameters,
                              .passes_when = passes_by_interval,
                              .fails_when = fails_on_time,
                              .cannot_decide_when = undecided_time,
                              .example = example});
}

CheckSpec resource_spec(std::string_view metric, Unit unit, std::string_view summary, std::string_view explain) {
  CheckSpec spec;
  spec.family = Family::resources;
  spec.metric = metric;
  spec.tasks = flags(Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking);
  spec.direction = Direction::lower_is_better;
  spec.unit = unit;
  spec.limits = flags(LimitWord::max, LimitWord::max_regression);
  spec.honours_weight = true;  // weights are of rows, and no row is judged here
  spec.needs_live_model = true;
  spec.highest = std::numeric_limits<double>::max();
  spec.summary = summary;
  spec.explain = explain;
  return spec;
}

CheckSpec with_batch(CheckSpec spec) {
  spec.scope = flags(ScopeKey::batch);
  return spec;
}

}  // namespace

RegisteredCheck throughput_check() {
  static const std::string text = markdown(throughput_explanation);
  CheckSpec spec =
      with_batch(resource_spec("throughput", Unit::per_second, "Rows a second, one request after the other.", text));
  spec.scope = flags(ScopeKey::batch, ScopeKey::load);
  spec.direction = Direction::higher_is_better;
  spec.limits = flags(LimitWord::min, LimitWord::max_regression);
  return {spec, evaluate_resources, nullptr};
}

RegisteredCheck cold_start_check() {
  static const std::string text = explain_start(
      "The time from starting the worker's process until the model is loaded and it says that it is ready.",
      "New replicas, restarts and functions that scale from zero keep users waiting for so long.",
      "`max`: `2s`. `max_regression`: `25%` of production's or `100ms`. Starting libtorch is part of it, alike for "
      "both models; the first request after it is `first_request`.",
      "checks:\n  resources:\n    - {metric: cold_start, max: 3s, max_regression: 25%}");
  return {resource_spec("cold_start", Unit::seconds, "Time from the worker's start to a loaded model.", text),
          evaluate_resources, nullptr};
}

RegisteredCheck first_request_check() {
  static const std::string text = explain_start(
      "The time of the very first request to a freshly loaded model.",
      "TorchScript profiles and compiles with the first requests, and whoever sends them waits for it.",
      "`max`: `500ms`. `max_regression`: `25%` of production's or `50ms`. `batch` (1): rows of the request.",
      "checks:\n  resources:\n    - {metric: first_request, max: 500ms, max_regression: 50%}");
  return {with_batch(resource_spec("first_request", Unit::seconds, "Time of the first request after a start.", text)),
          evaluate_resources, nullptr};
}

RegisteredCheck load_time_check() {
  static const std::string text = explain_start(
      "The time from the order to load the model until the worker says that it is ready: reading the file, building "
      "the model and whatever its own initialisation does.",
      "A model that takes long to load makes every start, restart and swap of models longer.",
      "`max`: `1s`. `max_regression`: `25%` of production's or `100ms`. A part of `cold_start`, without the start of "
      "the process.",
      "checks:\n  resources:\n    - {metric: load_time, max: 1s, max_regression: 25%}");
  return {resource_spec("load_time", Unit::seconds, "Time to load the model in a running worker.", text),
          evaluate_resources, nullptr};
}

RegisteredCheck peak_memory_check() {
  static const std::string text = markdown(peak_memory_explanation);
  return {with_batch(resource_spec("peak_memory", Unit::bytes, "Most memory that the model's worker held.", text)),
          evaluate_resources, nullptr};
}

RegisteredCheck model_size_check() {
  static const std::string text = markdown(model_size_explanation);
  return {resource_spec("model_size", Unit::bytes, "Bytes of the model file.", text), evaluate_model_size, nullptr};
}

}  // namespace modelgate
