// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/more_rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"

namespace modelgate {
namespace {

/// How wide the judged interval is and how far its middle lies from the limit, in the same unit.
struct Width {
  double half;
  double distance;
};

/// The limit in the unit of the difference (a ratio − 1) or of the candidate's own value.
double limit_of(const CheckResult& result, const LatencyRun& run) {
  if (!is_relative(result.planned.limit.word)) return result.planned.limit.value;
  const double slowdown = allowed_slowdown(result.planned, result.planned.limit.value, run);
  return result.planned.metric == "throughput" ? 1.0 / (1.0 + slowdown) - 1.0 : slowdown;
}

std::optional<Width> width_of(const CheckResult& result, const LatencyRun& run) {
  const Estimate& judged = is_relative(result.planned.limit.word) ? result.difference : result.candidate;
  if (!judged.value || !judged.interval) return std::nullopt;
  const Width width{(judged.interval->high - judged.interval->low) / 2,
                    std::abs(*judged.value - limit_of(result, run))};
  if (!std::isfinite(width.half) || !std::isfinite(width.distance)) return std::nullopt;
  return width;
}

/// The first look after this one that has so many rounds; nothing where the protocol ends before.
std::optional<std::size_t> look_with(double rounds, std::size_t after) {
  const auto* hit = std::ranges::find_if(
      looks, [&](const Look& look) { return look.rounds > after && static_cast<double>(look.rounds) >= rounds; });
  return hit == looks.end() ? std::nullopt : std::optional(hit->rounds);
}

std::string in_vain(const CheckResult& result, const Width& width, std::size_t rounds) {
  const double value = result.candidate.value.value_or(0.0);
  const bool ratio = is_relative(result.planned.limit.word) || !(value > 0.0);
  const double scale = ratio ? 100.0 : 100.0 / value;
  const std::string why = fmt::format("the estimate lies {:.1f} % from the limit and {} rounds leave ±{:.1f} %",
                                      scale * width.distance, rounds, scale * width.half);
  return fmt::format(
      "More rounds would hardly decide: {} ({} rounds are the most). A wider limit would, or a machine with less "
      "else to do.",
      why, looks.back().rounds);
}

}  // namespace

void plan_more_rounds(CheckResult& result, const LatencyRun& run) {
  result.rows_needed.reset();
  const std::size_t rounds = run.rounds.size();
  const bool settled = result.parts.empty() || std::ranges::all_of(result.parts, &Part::passes);
  if (rounds == 0 || settled || result.reason == Reason::runner_unfit || !(run.seconds > 0.0)) return;
  double wanted = 0.0;  // too few rounds for a look: the first one
  const auto width = width_of(result, run);
  const std::optional<Look> reached = look_at(rounds);
  if (reached) {
    if (!width || !(width->half > 0.0)) return;
    const double grow = width->distance > 0.0 ? width->half / width->distance : HUGE_VAL;
    wanted = static_cast<double>(reached->rounds) * grow * grow;
  }
  if (const auto look = look_with(wanted, rounds)) {
    const double more = static_cast<double>(*look - rounds) * run.seconds / static_cast<double>(rounds);
    result.rows_needed = static_cast<std::size_t>(std::ceil(more));
  } else if (reached && width && width->distance < width->half && result.detail.empty()) {
    result.detail = in_vain(result, *width, reached->rounds);
  }
}

}  // namespace modelgate
