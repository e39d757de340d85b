// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/measure.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "gate/measure/round.hpp"

namespace modelgate {

namespace {

/// The CPUs of the number-th round: the next `threads` of the ring.
std::vector<int> cpus_of(std::size_t number, const MeasureSettings& settings) {
  std::vector<int> chosen;
  const std::size_t count = std::min(std::max<std::size_t>(settings.threads, 1), settings.cpus.size());
  chosen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(settings.cpus[(number * count + i) % settings.cpus.size()]);
  return chosen;
}

const Error* cancelled(const LatencyRun& run) {
  for (const auto& error : run.errors) {
    if (error && error->reason == Reason::cancelled) return &*error;
  }
  return nullptr;
}

/// The rounds of one run, one after the other, and what they may still cost.
class Rounds {
 public:
  Rounds(const MeasureSettings& settings, WorkerFactory& factory, const Clock& clock)
      : settings_(settings),
        factory_(factory),
        clock_(clock),
        coin_(settings.seed),
        begin_(clock.now_s()),
        cap_(begin_ + settings.cap_s),
        first_cpu_(settings.cpus.empty() ? 0 : coin_.below(settings.cpus.size())) {
    run_.shape = settings.shape;
    run_.allocator = settings.allocator;
  }

  LatencyRun& run() { return run_; }
  bool candidate_broke() const { return run_.errors[index_of(Role::candidate)].has_value(); }

  void take_judged() {
    const std::size_t number = first_cpu_ + judged_++;
    Round round = taken(still_timed(), number, false,
                        control_due() ? next_control(first_cpu_ + run_.control.size()) : next_judged());
    const bool served = !round.segments[0].empty() || !round.segments[1].empty();
    if (served || !round.groups.empty()) run_.rounds.push_back(std::move(round));
  }

  bool control_due() const {
    return settings_.control_every > 0 && judged_ % settings_.control_every == 0 && control_possible();
  }
  /// Under load server nothing is compared. Both places are production's, so a control round needs no candidate; half a
  /// one says nothing.
  bool control_possible() const {
    return settings_.shape.load != Load::server && settings_.production && !run_.errors[index_of(Role::production)] &&
           in_time();
  }
  /// One that is asked for after the decision is followed by others of its kind, else by a judged one.
  void take_control(bool after_decision) {
    const std::size_t number = first_cpu_ + run_.control.size();
    Round round = taken(both_roles, number, true, after_decision ? next_control(number + 1) : next_judged());
    if (!round.groups.empty() && !run_.errors[index_of(Role::production)]) run_.control.push_back(std::move(round));
  }

  /// Whether one more round would end by the cap; the first one may always begin.
  bool in_time() const { return longest_ <= 0.0 || clock_.now_s() + longest_ <= cap_; }

  /// Where the cap would end the rounds: whether the longer one holds.
  bool extend() {
    const double longer = begin_ + settings_.long_cap_s;
    if (longer <= cap_) return false;
    const bool brings_more = short_of(settings_.min_rounds) || short_of(settings_.look_rounds);
    if (!brings_more && !(settings_.unsteady && settings_.unsteady(run_))) return false;
    cap_ = longer;
    return in_time();
  }

  LatencyRun finished() {
    run_.ping_p50_s = upper_median(std::move(pings_));
    run_.repeated = factory_.repeated();
    return std::move(run_);
  }

 private:
  /// Whether the longer cap would bring so many rounds, where the shorter did not.
  bool short_of(std::size_t rounds) const {
    return run_.rounds.size() < rounds && longest_ * static_cast<double>(rounds) <= settings_.long_cap_s;
  }
  NextStart next_judged() {
    if (judged_ >= settings_.max_rounds || !in_time()) return {};
    return {shuffled(still_timed()), cpus_of(first_cpu_ + judged_, settings_)};
  }
  NextStart next_control(std::size_t number) const {
    return {{Role::production, Role::production}, cpus_of(number, settings_)};
  }
  std::vector<Role> shuffled(std::vector<Role> roles) {
    if (coin_.toss()) std::ranges::reverse(roles);
    return roles;
  }

  Round taken(std::span<const Role> places, std::size_t number, bool control, const NextStart& next) {
    const double round_begin = clock_.now_s();
    const auto cpus = cpus_of(number, settings_);
    factory_.settle(cpus);
    Round round =
        RoundRunner(settings_, factory_, clock_, coin_, cap_, run_.errors, pings_).run(places, cpus, control, next);
    longest_ = std::max(longest_, clock_.now_s() - round_begin);
    run_.seconds = clock_.now_s() - begin_;
    return round;
  }

  std::vector<Role> still_timed() const {
    std::vector<Role> roles;
    for (const Role role : both_roles) {
      const bool wanted = role == Role::candidate || settings_.production;
      if (wanted && !run_.errors[index_of(role)]) roles.push_back(role);
    }
    return roles;
  }

  const MeasureSettings& settings_;
  WorkerFactory& factory_;
  const Clock& clock_;
  Coin coin_;
  double begin_;
  double cap_;
  std::size_t first_cpu_;
  std::size_t judged_ = 0;
  double longest_ = 0.0;
  std::vector<double> pings_;
  LatencyRun run_;
};

}  // namespace

Result<LatencyRun> measure(const MeasureSettings& settings, WorkerFactory& factory, const StopRule& decided,
                           const Clock& clock, Progress& progress) {
  Rounds rounds(settings, factory, clock);
  LatencyRun& run = rounds.run();
  std::optional<std::size_t> total = settings.max_rounds;
  if (settings.max_rounds > MeasureSettings{}.max_rounds) total.reset();  // time ends them, not their number
  progress.update("latency", 0, total);
  for (std::size_t number = 0; number < settings.max_rounds; ++number) {
    if (!rounds.in_time() && !rounds.extend()) break;
    rounds.take_judged();
    progress.update("latency", run.rounds.size(), total);
    if (const Error* error = cancelled(run)) return std::unexpected(*error);
    if (rounds.candidate_broke()) break;  // nothing is left to judge
    if (number == 0 && settings.out_of_reach && settings.out_of_reach(run)) break;
    if (run.rounds.size() >= settings.min_rounds && decided(run)) break;
    if (rounds.control_due())
      rounds.take_control(false);  // a decision need not wait for it: control_open asks for more
    if (const Error* error = cancelled(run)) return std::unexpected(*error);
  }
  while (settings.control_open && !rounds.candidate_broke() && rounds.control_possible() &&
         settings.control_open(run)) {
    rounds.take_control(true);
    if (const Error* error = cancelled(run)) return std::unexpected(*error);
  }
  progress.finish("latency");
  return rounds.finished();
}

}  // namespace modelgate
