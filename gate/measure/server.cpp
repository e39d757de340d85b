// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/server.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace modelgate {

namespace {

constexpr double patience = 2.0;  // segments: half of it are the arrivals, the rest is left to answer what waits

/// In [0, 1), the 53 bits of a double.
double uniform(std::mt19937_64& bits) { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

constexpr double gate_a_request_s = 50e-6;  // between waking the worker and leaving it the CPU, and room
constexpr double some_wait_s = 0.25e-3;     // less than any slice of a scheduler

/// How many requests, at most, the worker's waiting for a CPU can have held up.
std::uint32_t waits(const std::optional<double>& before, const std::optional<double>& after, std::uint32_t requests) {
  if (!before || !after) return 0;
  const double waited = *after - *before - gate_a_request_s * requests;
  return waited > 0.0 ? std::min(requests, static_cast<std::uint32_t>(waited / some_wait_s)) : 0;
}

std::uint32_t since(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<std::uint32_t>(after - before) : 0U;
}

}  // namespace

Arrivals draw_arrivals(const LoadShape& shape, double count_from_s, double seconds, std::uint64_t seed) {
  std::mt19937_64 bits(seed);
  Arrivals arrivals{.at_s = {}, .seconds = seconds, .count_from_s = count_from_s};
  arrivals.at_s.reserve(static_cast<std::size_t>(shape.rate * seconds * 1.5) + 16);
  const double own_rate = shape.rate / static_cast<double>(shape.clients);
  for (std::int64_t client = 0; client < shape.clients; ++client) {
    double at = 0.0;
    while (true) {
      at -= std::log1p(-uniform(bits)) / own_rate;
      if (!(at < seconds)) break;
      arrivals.at_s.push_back(at);
    }
  }
  std::ranges::sort(arrivals.at_s);
  return arrivals;
}

Result<Served> serve(TimedWorker& worker, WorkerFactory& factory, const Clock& clock, const Arrivals& arrivals,
                     std::size_t first_input) {
  Served served;
  served.request_s.reserve(arrivals.at_s.size());
  const auto before = worker.usage();
  if (!before) return std::unexpected(before.error());
  const auto queued_before = worker.queued_s();
  const double begin = clock.now_s();
  double free_since = begin;
  for (const double at : arrivals.at_s) {
    const double due = begin + at;
    const bool counted = at >= arrivals.count_from_s;
    if (free_since - begin > patience * arrivals.seconds) {
      ++served.segment.given_up;
      if (counted) served.request_s.push_back(static_cast<float>(free_since - due));
      continue;
    }
    if (free_since < due) {
      if (auto waited = factory.wait_until(due); !waited) return std::unexpected(waited.error());
    }
    const double sent = clock.now_s();
    if (counted && free_since <= due) served.late_s.push_back(static_cast<float>(std::max(0.0, sent - due)));
    if (auto answered = worker.request(first_input++); !answered) return std::unexpected(std::move(answered.error()));
    free_since = clock.now_s();
    if (auto same = worker.look(); !same) return std::unexpected(std::move(same.error()));
    served.segment.busy_s += free_since - sent;
    ++served.segment.answered;
    if (counted) served.request_s.push_back(static_cast<float>(free_since - due));
  }
  const double end = begin + arrivals.seconds;
  if (clock.now_s() < end) {
    if (auto waited = factory.wait_until(end); !waited) return std::unexpected(waited.error());
  }
  const auto queued_after = worker.queued_s();
  const auto after = worker.usage();
  if (!after) return std::unexpected(after.error());
  served.segment.scheduled_s = arrivals.seconds;
  served.segment.seconds = std::max(free_since - begin, arrivals.seconds);
  // A worker that waits for a CPU on waking is not interrupted, yet as late.
  served.segment.involuntary_switches = since(before->involuntary_switches, after->involuntary_switches) +
                                        waits(queued_before, queued_after, served.segment.answered);
  return served;
}

}  // namespace modelgate
