// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/served.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "checks/latency/rounds.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/quantiles.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

constexpr double full = 1.0;               // utilisation from which on requests pile up
constexpr double most_interrupted = 0.01;  // without production to compare with, a fail needs an undisturbed machine

/// All segments of one model in some rounds.
struct Sum {
  double scheduled_s = 0.0;
  double seconds = 0.0;
  double busy_s = 0.0;
  double answered = 0.0;
  double given_up = 0.0;
  double interruptions = 0.0;
};

Sum sum_of(std::span<const Round> rounds, Role role) {
  Sum sum;
  for (const Round& round : rounds)
    for (const Segment& segment : round.segments[index_of(role)]) {
      sum.scheduled_s += segment.scheduled_s;
      sum.seconds += segment.seconds;
      sum.busy_s += segment.busy_s;
      sum.answered += segment.answered;
      sum.given_up += segment.given_up;
      sum.interruptions += segment.involuntary_switches;
    }
  return sum;
}

/// Utilisation of one model over the rounds of a look.
struct Utilisation {
  std::vector<double> values;
  Estimate estimate;
  bool below() const { return estimate.interval && estimate.interval->high < full; }
  bool above() const { return estimate.interval && estimate.interval->low > full; }
};

Utilisation utilisation_of(std::span<const Round> rounds, Role role, double rate, const Look& look) {
  Utilisation result;
  result.values = round_utilisations(rounds, role, rate);
  if (result.values.size() < rounds.size()) return result;  // a round that says nothing
  result.estimate = {stats::hodges_lehmann(result.values),
                     stats::signed_rank_interval(result.values, look.interval_level)};
  return result;
}

bool gave_up(const Round& round, Role role) {
  return std::ranges::any_of(round.segments[index_of(role)], [](const Segment& one) { return one.given_up > 0; });
}

/// Whether the candidate left requests unanswered where production did not.
bool lost_requests(std::span<const Round> rounds) {
  return std::ranges::any_of(
      rounds, [](const Round& round) { return gave_up(round, Role::candidate) && !gave_up(round, Role::production); });
}

bool judged_alone(std::span<const Round> rounds) {
  return std::ranges::all_of(rounds,
                             [](const Round& round) { return round.segments[index_of(Role::production)].empty(); });
}

bool machine_excluded(std::span<const Round> rounds, const Utilisation& production) {
  return judged_alone(rounds) ? interrupted_share(rounds, Role::candidate) < most_interrupted : production.below();
}

/// "one request takes 14.2 ms on average, 1.42 of the time there is"
std::string load_words(const LatencyRun& run, const Utilisation& candidate) {
  const double share = candidate.estimate.value.value_or(0.0);
  return fmt::format("one request takes {} on average, {} of the time there is",
                     value_text(share / run.shape.rate, Unit::seconds), fixed_text(share, 2));
}

/// Why a model that is slower than the rate does not fail.
std::string_view doubt_words(bool alone) {
  return alone ? "other processes interrupted its answers, so that the machine may be the cause"
               : "production is not shown to serve it here either, so that the machine may be the cause";
}

std::string unserved_words(const LatencyRun& run, const Utilisation& candidate, bool proven, std::string_view doubt) {
  const std::string rate = fmt::format("{:.15g}/s", run.shape.rate);
  if (!candidate.estimate.interval)
    return fmt::format("It is not shown that the candidate can serve {}: in some rounds no request was answered.",
                       rate);
  const std::string known = load_words(run, candidate);
  if (candidate.below())
    return fmt::format(
        "The candidate stalls while production does not: at {} {}, yet in some rounds requests of the candidate, and "
        "none of production, were still unanswered after twice the time in which they came.",
        rate, known);
  if (proven)
    return fmt::format(
        "The candidate cannot serve {}: {}, and waiting grows without end; the times shown are of the first seconds.",
        rate, known);
  if (!doubt.empty() && candidate.above())
    return fmt::format("The candidate does not serve {} here: {}; but {}.", rate, known, doubt);
  return fmt::format("It is not shown that the candidate can serve {} without requests piling up: {}.", rate, known);
}

}  // namespace

std::optional<double> served_rows_per_s(std::span<const Round> rounds, Role role, const LoadShape& shape) {
  const Sum sum = sum_of(rounds, role);
  const double came = sum.answered + sum.given_up;
  if (!(came > 0.0) || !(sum.seconds > 0.0)) return std::nullopt;
  // How many happened to come says nothing of the model: only the share of them, and of the time, that it kept up with.
  const double kept_up = (sum.answered / came) * (sum.scheduled_s / sum.seconds);
  return static_cast<double>(shape.batch) * shape.rate * kept_up;
}

std::vector<double> round_utilisations(std::span<const Round> rounds, Role role, double rate) {
  std::vector<double> values;
  values.reserve(rounds.size());
  for (const Round& round : rounds) {
    const Sum sum = sum_of({&round, 1}, role);
    if (sum.answered > 0.0) values.push_back(sum.busy_s / sum.answered * rate);
  }
  return values;
}

double interrupted_share(std::span<const Round> rounds, Role role) {
  const Sum sum = sum_of(rounds, role);
  return sum.answered > 0.0 ? std::min(1.0, sum.interruptions / sum.answered) : 1.0;
}

void report_serving(LatencyReport& report, const LatencyRun& run) {
  if (run.shape.load != Load::server) return;
  const std::optional<Look> look = look_at(run.rounds.size());
  const std::span rounds = std::span{run.rounds}.first(look ? look->rounds : run.rounds.size());
  for (const Role role : both_roles) {
    LatencySide& side = role == Role::candidate ? report.candidate : report.production;
    side.rows_per_s = served_rows_per_s(run.rounds, role, run.shape);
    if (look)
      side.utilisation = utilisation_of(rounds, role, run.shape.rate, *look).estimate;
    else
      side.utilisation.value = stats::hodges_lehmann(round_utilisations(rounds, role, run.shape.rate));
  }
  std::vector<float> late;
  for (const Round& round : run.rounds) late.insert(late.end(), round.late_s.begin(), round.late_s.end());
  const auto us = [&](double q) -> std::optional<double> {
    const auto seconds = stats::quantile(late, q);
    return seconds ? std::optional{*seconds * 1e6} : std::nullopt;
  };
  report.late_p50_us = us(0.50);
  report.late_p99_us = us(0.99);
}

void judge_serving(CheckResult& result, const LatencyRun& run) {
  const std::optional<Look> look = look_at(run.rounds.size());
  if (run.shape.load != Load::server || !look || result.parts.empty()) return;
  const std::span rounds = std::span{run.rounds}.first(look->rounds);
  const Utilisation candidate = utilisation_of(rounds, Role::candidate, run.shape.rate, *look);
  const Utilisation production = utilisation_of(rounds, Role::production, run.shape.rate, *look);
  if (candidate.below() && !lost_requests(rounds)) return;
  Part& part = result.parts.front();
  const bool excluded = machine_excluded(rounds, production);
  const auto p = stats::signed_rank_p_at_most(candidate.values, full);
  // The limit's own test and this one share the 5 % as the two clocks of a margin do.
  const double p_fail = candidate.above() && excluded && p ? std::min(1.0, gate_alpha * *p / look->fail_level) : 1.0;
  const bool proven = p_fail <= gate_alpha;
  if (part.passes || (proven && part.p_fail > gate_alpha)) result.candidate.interval.reset();  // of the first seconds
  part.passes = false;
  part.hard_margin_excluded = false;
  part.p_fail = std::min(part.p_fail, p_fail);
  result.detail = unserved_words(run, candidate, proven, excluded ? "" : doubt_words(judged_alone(rounds)));
}

}  // namespace modelgate
