// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "gate/measure/measure.hpp"
#include "gate/measure/server.hpp"

namespace modelgate {

/// How many requests a turn has, alike for both models of a round.
struct TurnPlan {
  std::size_t requests = 1;      ///< counted ones
  bool leave_out_first = false;  ///< one more before them, not counted
};

/// A turn long enough for the faster model and not endless for the slower; seconds of one request of each model.
TurnPlan plan_turn(std::span<const double> request_s, const MeasureSettings& settings);

/// Median of the values, 0 where there are none; the larger of the two middle ones.
double upper_median(std::vector<double> values);

/// Fair coins in a fixed order for a seed, the same with every standard library.
class Coin {
 public:
  explicit Coin(std::uint64_t seed) : bits_(seed) {}
  bool toss() { return (bits_() >> 63U) != 0; }
  /// A number in [0, count); slightly uneven, count > 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(bits_() % count); }

 private:
  std::mt19937_64 bits_;
};

/// The start that follows this round's; no models: none is foreseen.
struct NextStart {
  std::vector<Role> models;
  std::vector<int> cpus;
};

/// Everything one round needs and leaves behind: workers live as long as this object.
class RoundRunner {
 public:
  /// errors and pings belong to the run and are added to; cap is the instant by which the run ought to end.
  RoundRunner(const MeasureSettings& settings, WorkerFactory& factory, const Clock& clock, Coin& coin, double cap,
              std::array<std::optional<Error>, 2>& errors, std::vector<double>& pings);

  /// Starts a worker for each place without an error, warms it up and takes groups of turns. In a control round the
  /// candidate's place holds production's model, too. next may begin meanwhile. No groups: every place broke.
  Round run(std::span<const Role> places, std::span<const int> cpus, bool control = false, const NextStart& next = {});

 private:
  Role model_in(Role place) const { return control_ ? Role::production : place; }
  void start(std::span<const Role> places, std::span<const int> cpus);
  void warm_up(Role role);
  void take_groups();
  void take_group(const TurnPlan& plan);
  bool take_turn(Role role, std::size_t turn, const TurnPlan& plan, TurnGroup& group);
  Result<Turn> timed_turn(TimedWorker& worker, std::size_t input, const TurnPlan& plan, std::vector<float>& request_s,
                          std::optional<double>& unqueued_s);
  void set_net_times(TurnGroup& group) const;
  void take_segments();
  void take_segment(std::span<const Role> order, const Arrivals& arrivals);
  void broke(Role place, Error error);
  std::vector<Role> alive() const;

  const MeasureSettings& settings_;
  WorkerFactory& factory_;
  const Clock& clock_;
  Coin& coin_;
  double cap_;
  bool control_ = false;
  std::array<std::optional<Error>, 2>& errors_;
  std::vector<double>& pings_;
  std::array<std::unique_ptr<TimedWorker>, 2> workers_;
  std::array<double, 2> typical_s_{};                               // of one request, from the warm-up
  std::array<std::array<std::optional<double>, 2>, 2> unqueued_s_;  // of the group's turns: their span without the
                                                                    // worker's wait for a CPU
  std::size_t next_input_ = 0;
  Round round_;
};

}  // namespace modelgate
