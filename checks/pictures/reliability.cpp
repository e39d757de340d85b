// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "checks/pictures/curves.hpp"
#include "checks/pictures/place.hpp"
#include "gate/stats/mean_t.hpp"
#include "gate/stats/rates.hpp"
#include "gate/stats/recalibration.hpp"

namespace modelgate {
namespace {

constexpr double interval_alpha = 0.025;  // two-sided 95 %

/// What one row says: a probability, and whether its event came.
struct Announced {
  double score = 0.0;
  bool came = false;
};

struct Bin {
  stats::CompensatedSum weight, squares, score, event;
  double rows = 0.0;
  double units = 0.0;

  void add(Announced announced, double weight_of_row, double copies) {
    weight.add(weight_of_row);
    squares.add_product(weight_of_row, weight_of_row / copies);  // a frequency f is f rows of weight 1
    score.add_product(weight_of_row, announced.score);
    if (announced.came) event.add(weight_of_row);
    rows += copies;
  }
};

using Bins = std::array<Bin, stats::calibration_bins>;

std::size_t bin_of(double score) {
  return std::min(stats::calibration_bins - 1,
                  static_cast<std::size_t>(score * static_cast<double>(stats::calibration_bins)));
}

/// Which bins each unit has rows in, a bit a bin.
class SeenUnits {
 public:
  explicit SeenUnits(const Weighing& weighing) : units_(weighing.units), seen_(weighing.unit_count, 0) {}

  /// 1 where the row's unit is new to the bin; every row is its own where there are no units.
  double count(std::size_t row, std::size_t bin) {
    if (units_.empty()) return 1.0;
    std::uint16_t& seen = seen_[units_[row]];
    const auto bit = static_cast<std::uint16_t>(1U << bin);
    const bool fresh = (seen & bit) == 0;
    seen |= bit;
    return fresh ? 1.0 : 0.0;
  }

 private:
  std::span<const std::uint32_t> units_;
  std::vector<std::uint16_t> seen_;
};
static_assert(stats::calibration_bins <= 16, "SeenUnits has a bit a bin");

/// False where a score is no probability.
template <class Announce>
bool fill(Bins& bins, const PicturePlace& place, const Announce& announce) {
  const Weighing& weighing = place.weighing;
  SeenUnits units(weighing);
  for (std::size_t at = 0; at < place.size(); ++at) {
    const std::size_t row = place.row(at);
    const Announced announced = announce(row);
    if (!(announced.score >= 0.0 && announced.score <= 1.0)) return false;
    if (weighing.weight(row) == 0.0) continue;
    const std::size_t at_bin = bin_of(announced.score);
    bins[at_bin].add(announced, weighing.weight(row), weighing.copies_of(row));
    bins[at_bin].units += units.count(row, at_bin);
  }
  return true;
}

bool fill(Bins& bins, const PicturePlace& place, Role role) {
  const ScoreTable& table = place.table;
  const Predictions& model = table.model(role);
  const std::vector<std::int32_t>& labels = table.rows.label_class;
  if (model.kind == OutputKind::klass || labels.size() != table.rows.rows || model.width == 0) return false;
  return std::visit(
      [&](const auto& scores) {
        const std::size_t width = model.width;
        if (scores.size() != labels.size() * width) return false;
        if (width == 1)
          return fill(bins, place,
                      [&](std::size_t row) { return Announced{static_cast<double>(scores[row]), labels[row] == 1}; });
        return fill(bins, place, [&](std::size_t row) {
          const auto first = scores.begin() + static_cast<std::ptrdiff_t>(row * width);
          const auto top = std::max_element(first, first + static_cast<std::ptrdiff_t>(width));
          return Announced{static_cast<double>(*top), top - first == labels[row]};
        });
      },
      model.scores);
}

std::optional<ReliabilityBin> drawn(const Bin& bin, bool clustered) {
  const double weight = bin.weight.value();
  if (!(weight > 0.0)) return std::nullopt;
  ReliabilityBin made;
  made.score = rounded_share(std::clamp(bin.score.value() / weight, 0.0, 1.0));
  const double observed = std::clamp(bin.event.value() / weight, 0.0, 1.0);
  made.observed = rounded_share(observed);
  const double kish = weight * weight / bin.squares.value();
  const auto interval =
      stats::effective_wilson_interval({observed, clustered ? std::min(kish, bin.units) : kish}, interval_alpha);
  if (!interval) return std::nullopt;
  made.interval = {rounded_share(interval->low), rounded_share(interval->high)};
  made.rows = static_cast<std::size_t>(bin.rows);
  return made;
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(const PicturePlace& place, Role role, std::size_t fewest) {
  Bins bins;
  if (!fill(bins, place, role)) return {};
  std::vector<ReliabilityBin> made;
  for (const Bin& bin : bins) {
    if (bin.rows < static_cast<double>(fewest)) continue;
    if (const auto one = drawn(bin, !place.weighing.units.empty())) made.push_back(*one);
  }
  return made;
}

}  // namespace modelgate
