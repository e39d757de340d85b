// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/round.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gate/core/server_load.hpp"
#include "gate/measure/offline.hpp"
#include "gate/measure/server.hpp"

namespace modelgate {

namespace {

constexpr std::size_t slow_warmup_requests = 3;  // TorchScript profiles the first and compiles on the second
constexpr double turns_a_round = 8.0;            // the slower model's turn may be no longer than this share of a round
constexpr std::size_t most_requests = 1000;      // a turn, however short a request
constexpr double stream_requests = 8;  // a turn under load offline, so that its first, unstreamed batch is little
constexpr double least_streamed = 2;   // however slow the model

std::uint32_t since(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<std::uint32_t>(after - before) : 0U;
}

Result<std::vector<double>> one_by_one(TimedWorker& worker, std::size_t input, std::size_t count) {
  std::vector<double> seconds;
  seconds.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto request = worker.request(input + i);
    if (!request) return std::unexpected(request.error());
    seconds.push_back(*request);
  }
  return seconds;
}

/// A worker sleeps once a request, for the next one. Streamed, the next one is there already: there a sleep is the
/// model's own.
bool slept(const Turn& turn, bool streamed) { return turn.voluntary_switches > (streamed ? 0 : turn.requests); }

}  // namespace

double upper_median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

TurnPlan plan_turn(std::span<const double> request_s, const MeasureSettings& settings) {
  const auto [fastest, slowest] = std::minmax_element(request_s.begin(), request_s.end());
  if (fastest == request_s.end() || !(*fastest > 0.0)) return {.requests = most_requests, .leave_out_first = true};
  const bool streamed = settings.shape.load == Load::offline;
  const double wanted = std::max(std::ceil(settings.turn_s / *fastest), streamed ? stream_requests : 1.0);
  const double most =
      std::max(streamed ? least_streamed : 1.0, std::floor(settings.round_s / turns_a_round / *slowest));
  const double requests = std::clamp(wanted, 1.0, std::min(most, static_cast<double>(most_requests)));
  return {.requests = static_cast<std::size_t>(requests), .leave_out_first = *fastest < settings.small_request_s};
}

RoundRunner::RoundRunner(const MeasureSettings& settings, WorkerFactory& factory, const Clock& clock, Coin& coin,
                         double cap, std::array<std::optional<Error>, 2>& errors, std::vector<double>& pings)
    : settings_(settings), factory_(factory), clock_(clock), coin_(coin), cap_(cap), errors_(errors), pings_(pings) {}

Round RoundRunner::run(std::span<const Role> places, std::span<const int> cpus, bool control, const NextStart& next) {
  control_ = control;
  std::vector<Role> order(places.begin(), places.end());
  if (coin_.toss()) std::reverse(order.begin(), order.end());
  round_.cpu = cpus.empty() ? -1 : cpus.front();
  start(order, cpus);
  if (!next.models.empty()) factory_.expect(next.models, next.cpus);
  for (const Role role : order) warm_up(role);

  if (settings_.shape.load == Load::server)
    take_segments();
  else
    take_groups();
  for (const Role role : alive()) round_.peak_rss_bytes[index_of(role)] = workers_[index_of(role)]->peak_rss_bytes();
  return std::move(round_);
}

void RoundRunner::start(std::span<const Role> places, std::span<const int> cpus) {
  std::vector<Role> models;
  models.reserve(places.size());
  for (const Role place : places) models.push_back(model_in(place));
  auto workers = factory_.start(models, cpus);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const std::size_t side = index_of(places[i]);
    if (!workers[i]) {
      broke(places[i], std::move(workers[i].error()));
      continue;
    }
    const WorkerStart started = (*workers[i])->started();
    round_.start_s[side] = started.start_s;
    round_.load_s[side] = started.load_s;
    workers_[side] = std::move(*workers[i]);
  }
}

void RoundRunner::warm_up(Role role) {
  const auto& worker = workers_[index_of(role)];
  if (!worker) return;
  std::vector<double> seconds;
  const double begin = clock_.now_s();
  const auto warm = [&] {
    const double spent = clock_.now_s() - begin;
    return (seconds.size() >= settings_.warmup_requests && spent >= settings_.warmup_s) ||
           (seconds.size() >= slow_warmup_requests && spent >= settings_.warmup_cap_s);
  };
  while (!warm()) {
    auto request = worker->request(seconds.size());
    if (!request) return broke(role, std::move(request.error()));
    if (seconds.empty()) round_.first_request_s[index_of(role)] = *request;
    seconds.push_back(*request);
  }
  // The first half still profiles and compiles.
  seconds.erase(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2));
  // Of its quicker ones: on a busy machine the others waited for a CPU.
  const auto quick = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 10);
  std::nth_element(seconds.begin(), quick, seconds.end());
  typical_s_[index_of(role)] = *quick;
  if (settings_.shape.load == Load::offline) return;  // a streamed batch does not wait for the gate
  for (std::size_t i = 0; i < settings_.pings; ++i) {
    auto ping = worker->ping();
    if (!ping) return broke(role, std::move(ping.error()));
    pings_.push_back(*ping);
  }
}

void RoundRunner::take_groups() {
  std::vector<double> typical;
  for (const Role role : alive()) typical.push_back(typical_s_[index_of(role)]);
  const TurnPlan plan = plan_turn(typical, settings_);
  const double begin = clock_.now_s();
  const auto open = [&] {
    if (round_.groups.empty()) return true;
    const bool few = round_.groups.size() < settings_.groups_wanted;
    return clock_.now_s() < std::min(begin + (few ? settings_.long_round_s : settings_.round_s), cap_);
  };
  while (!alive().empty() && open()) take_group(plan);
}

void RoundRunner::take_group(const TurnPlan& plan) {
  std::vector<Role> order = alive();
  if (coin_.toss()) std::reverse(order.begin(), order.end());
  const std::array counted{round_.request_s[0].size(), round_.request_s[1].size()};
  TurnGroup group;
  bool whole = true;
  for (std::size_t turn = 0; whole && turn < 2; ++turn) {
    for (const Role role : order) whole = whole && take_turn(role, turn, plan, group);
    std::reverse(order.begin(), order.end());  // AB, then BA
  }
  next_input_ += 2 * (plan.requests + (plan.leave_out_first ? 1 : 0));
  if (whole) {
    set_net_times(group);
    round_.groups.push_back(group);
  } else {  // a group with a broken model says nothing of either
    for (const Role role : both_roles) round_.request_s[index_of(role)].resize(counted[index_of(role)]);
  }
}

/// What the workers themselves took. Where none of the group slept, they worked or waited for a CPU all the time, and
/// the gate's own wait for a CPU, which unqueued_s_ still holds, is nobody's time. Where one did, that wait cannot be
/// told from its sleep; then it stands in the other's time, too, so that sleeping costs nobody more than it lasts.
void RoundRunner::set_net_times(TurnGroup& group) const {
  const bool streamed = settings_.shape.load == Load::offline;
  bool known = true;
  bool asleep = false;
  for (const Role role : alive()) {
    for (std::size_t turn = 0; turn < 2; ++turn) {
      known = known && unqueued_s_[index_of(role)][turn].has_value();
      asleep = asleep || slept(group.turns[index_of(role)][turn], streamed);
    }
  }
  if (!known) return;
  for (const Role role : alive()) {
    for (std::size_t turn = 0; turn < 2; ++turn) {
      Turn& one = group.turns[index_of(role)][turn];
      one.net_s = asleep ? std::max(one.cpu_s, unqueued_s_[index_of(role)][turn].value_or(0.0)) : one.cpu_s;
    }
  }
}

bool RoundRunner::take_turn(Role role, std::size_t turn, const TurnPlan& plan, TurnGroup& group) {
  const std::size_t input = next_input_ + turn * (plan.requests + (plan.leave_out_first ? 1 : 0));
  auto& unqueued_s = unqueued_s_[index_of(role)][turn];
  auto taken = timed_turn(*workers_[index_of(role)], input, plan, round_.request_s[index_of(role)], unqueued_s);
  if (!taken) {
    broke(role, std::move(taken.error()));
    return false;
  }
  group.turns[index_of(role)][turn] = *taken;
  return true;
}

Result<Turn> RoundRunner::timed_turn(TimedWorker& worker, std::size_t input, const TurnPlan& plan,
                                     std::vector<float>& request_s, std::optional<double>& unqueued_s) {
  unqueued_s.reset();
  if (plan.leave_out_first) {
    if (auto first = worker.request(input++); !first) return std::unexpected(std::move(first.error()));
  }
  Turn turn;
  const auto before = worker.usage();
  if (!before) return std::unexpected(before.error());
  const auto queued_before = worker.queued_s();
  const double begin = clock_.now_s();
  const bool streamed = settings_.shape.load == Load::offline;
  const auto answered =
      streamed ? stream(worker, clock_, input, plan.requests) : one_by_one(worker, input, plan.requests);
  if (!answered) return std::unexpected(answered.error());
  for (const double seconds : *answered) {
    turn.wall_s += seconds;
    request_s.push_back(static_cast<float>(seconds));
  }
  const double span = clock_.now_s() - begin;
  const auto queued_after = worker.queued_s();
  const auto after = worker.usage();
  if (!after) return std::unexpected(after.error());
  turn.requests = static_cast<std::uint32_t>(plan.requests);
  turn.cpu_s = after->cpu_s - before->cpu_s;
  turn.voluntary_switches = since(before->voluntary_switches, after->voluntary_switches);
  turn.involuntary_switches = since(before->involuntary_switches, after->involuntary_switches);
  turn.faults = since(before->faults, after->faults);
  if (settings_.threads == 1 && settings_.on_cpu && queued_before && queued_after)
    unqueued_s = span - (*queued_after - *queued_before);
  return turn;
}

void RoundRunner::take_segments() {
  std::vector<Role> order = alive();
  if (coin_.toss()) std::reverse(order.begin(), order.end());
  const double counted_s = server_segment_s(settings_.shape.rate);
  for (std::size_t number = 0; number < server_segments && !alive().empty(); ++number) {
    const std::uint64_t seed = coin_.below(std::numeric_limits<std::size_t>::max());
    take_segment(order, draw_arrivals(settings_.shape, server_lead_s, server_lead_s + counted_s, seed));
    std::reverse(order.begin(), order.end());  // AB, then BA
  }
}

void RoundRunner::take_segment(std::span<const Role> order, const Arrivals& arrivals) {
  std::array<std::optional<Served>, 2> served;
  bool whole = true;
  for (const Role role : order) {
    const auto& worker = workers_[index_of(role)];
    if (!worker) continue;
    auto answers = serve(*worker, factory_, clock_, arrivals, next_input_);
    whole = whole && answers;
    if (answers)
      served[index_of(role)] = std::move(*answers);
    else
      broke(role, std::move(answers.error()));
  }
  next_input_ += arrivals.at_s.size();
  if (!whole) return;  // what one model made of arrivals says nothing without the other
  for (const Role role : order) {
    const std::size_t side = index_of(role);
    const auto& answers = served[side];
    if (!answers) continue;
    round_.segments[side].push_back(answers->segment);
    auto& request_s = round_.request_s[side];
    request_s.insert(request_s.end(), answers->request_s.begin(), answers->request_s.end());
    round_.late_s.insert(round_.late_s.end(), answers->late_s.begin(), answers->late_s.end());
  }
}

void RoundRunner::broke(Role place, Error error) {
  errors_[index_of(model_in(place))] = std::move(error);
  workers_[index_of(place)].reset();
}

std::vector<Role> RoundRunner::alive() const {
  std::vector<Role> roles;
  for (const Role role : both_roles) {
    if (workers_[index_of(role)]) roles.push_back(role);
  }
  return roles;
}

}  // namespace modelgate
