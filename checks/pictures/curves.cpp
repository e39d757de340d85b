// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/curves.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ranges>

#include "gate/stats/ordered_key.hpp"

namespace modelgate {
namespace {

constexpr double roc_step = 2.0 / 196.0;
constexpr double recall_step = 1.0 / 190.0;
constexpr double ecdf_step = 1.0 / 196.0;

/// Rows at or above a score, by label.
struct Above {
  double negatives = 0.0;
  double positives = 0.0;

  void add(const Level& level) {
    negatives += static_cast<double>(level.mass[0]);
    positives += static_cast<double>(level.mass[1]);
  }
  double all() const { return negatives + positives; }
  bool both() const { return negatives > 0.0 && positives > 0.0; }
};

Above total_of(std::span<const Level> levels) {
  Above total;
  for (const Level& level : levels) total.add(level);
  return total;
}

/// Leaves out a point that rounding has laid upon the one before.
void add_point(Curve& curve, double x, double y) {
  if (!curve.x.empty() && curve.x.back() == x && curve.y.back() == y) return;
  curve.x.push_back(x);
  curve.y.push_back(y);
}

/// Whether fewer rows lie between than may be told apart from others, and those that stay behind.
bool too_near(const Above& seen, const Above& drawn, const Above& total, double least) {
  return least > 0.0 && std::min(seen.all() - drawn.all(), total.all() - seen.all()) < least * total.all();
}

}  // namespace

double rounded_share(double share) { return std::round(share * 1e6) / 1e6; }

double rounded_value(double value) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 5);
  double rounded = value;
  std::from_chars(text.data(), written.ptr, rounded);
  return rounded;
}

std::optional<Curve> roc_curve(std::span<const Level> levels, double least) {
  const Above total = total_of(levels);
  if (!total.both()) return std::nullopt;
  Curve curve{{0.0}, {0.0}};
  Above seen;
  Above drawn;
  for (std::size_t at = 0; at < levels.size(); ++at) {
    seen.add(levels[at]);
    const double way =
        (seen.negatives - drawn.negatives) / total.negatives + (seen.positives - drawn.positives) / total.positives;
    const bool end = at + 1 == levels.size();
    if (!end && (way < roc_step || too_near(seen, drawn, total, least))) continue;
    add_point(curve, rounded_share(seen.negatives / total.negatives), rounded_share(seen.positives / total.positives));
    drawn = seen;
  }
  return curve;
}

std::optional<Curve> precision_recall_curve(std::span<const Level> levels, double least) {
  const Above total = total_of(levels);
  if (!total.both()) return std::nullopt;
  Curve curve{{0.0}, {1.0}};
  Above seen;
  Above drawn;
  for (std::size_t at = 0; at < levels.size(); ++at) {
    seen.add(levels[at]);
    const bool all_found = seen.positives == total.positives && drawn.positives < total.positives;
    const bool far = (seen.positives - drawn.positives) / total.positives >= recall_step;
    const bool end = at + 1 == levels.size();
    if (!end && ((at > 0 && !far && !all_found) || too_near(seen, drawn, total, least))) continue;
    add_point(curve, rounded_share(seen.positives / total.positives),
              rounded_share(seen.positives / (seen.positives + seen.negatives)));
    drawn = seen;
  }
  return curve;
}

std::optional<Curve> ecdf_curve(std::span<const Level> levels, double least) {
  const Above total = total_of(levels);
  if (!(total.all() > 0.0)) return std::nullopt;
  Curve curve;
  Above seen;
  Above drawn;
  for (const Level& level : levels | std::views::reverse) {
    seen.add(level);
    const bool end = curve.x.empty() || &level == &levels.front();
    if (!end && (seen.all() - drawn.all()) / total.all() < ecdf_step) continue;
    if (too_near(seen, drawn, total, least)) continue;
    add_point(curve, rounded_value(stats::value_of_key(level.highest)), rounded_share(seen.all() / total.all()));
    drawn = seen;
  }
  return curve.x.empty() ? std::nullopt : std::optional{curve};
}

std::optional<Curve> ecdf_of(std::vector<double> samples, double last) {
  const auto sound = [](double sample) { return std::isfinite(sample) && sample >= 0.0; };
  if (samples.empty() || !std::ranges::all_of(samples, sound)) return std::nullopt;
  std::ranges::sort(samples);
  const auto total = static_cast<double>(samples.size());
  Curve curve;
  double drawn = 0.0;
  for (std::size_t at = 0; at < samples.size(); ++at) {
    const bool tied = at + 1 < samples.size() && samples[at + 1] == samples[at];
    if (tied) continue;
    const double share = static_cast<double>(at + 1) / total;
    const bool end = curve.x.empty() || at + 1 == samples.size() || share >= last;
    if (share - drawn < ecdf_step && !end) continue;
    add_point(curve, rounded_value(samples[at]), rounded_share(share));
    drawn = share;
    if (share >= last) break;
  }
  return curve;
}

}  // namespace modelgate
