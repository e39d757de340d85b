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

/// Rows that each count 1: whole numbers, scores in units of 2^-32, so that 2^31 rows fit and order does not matter.
struct PlainSums {
  static constexpr double unit = 4294967296.0;
  std::uint64_t rows = 0, came = 0, score = 0;

  void add(Announced announced, double /*weight*/, double /*copies*/) {
    ++rows;
    came += announced.came ? 1 : 0;
    score += static_cast<std::uint64_t>(announced.score * unit);
  }
  double count() const { return static_cast<double>(rows); }
  double weight() const { return count(); }
  double kish() const { return count(); }
  double mean_score() const { return static_cast<double>(score) / unit / count(); }
  double observed() const { return static_cast<double>(came) / count(); }
};

struct WeighedSums {
  stats::CompensatedSum weights, squares, scores, came;
  double rows = 0.0;

  void add(Announced announced, double weight, double copies) {
    if (weight == 0.0) return;
    weights.add(weight);
    squares.add_product(weight, weight / copies);  // a frequency f is f rows of weight 1
    scores.add_product(weight, announced.score);
    if (announced.came) came.add(weight);
    rows += copies;
  }
  double count() const { return rows; }
  double weight() const { return weights.value(); }
  double kish() const { return weight() * weight() / squares.value(); }
  double mean_score() const { return scores.value() / weight(); }
  double observed() const { return came.value() / weight(); }
};

template <class Sums>
struct Bin {
  Sums sums;
  double units = 0.0;
};
template <class Sums>
using Bins = std::array<Bin<Sums>, stats::calibration_bins>;

std::size_t bin_of(double score) {
  return std::min(stats::calibration_bins - 1,
                  static_cast<std::size_t>(score * static_cast<double>(stats::calibration_bins)));
}

/// Which bins each unit has rows in, a bit a bin.
class SeenUnits {
 public:
  explicit SeenUnits(const Weighing& weighing) : units_(weighing.units), seen_(weighing.unit_count, 0) {}

  bool empty() const { return units_.empty(); }
  /// True where the row's unit is new to the bin.
  bool adds(std::size_t row, std::size_t bin) {
    std::uint16_t& seen = seen_[units_[row]];
    const auto bit = static_cast<std::uint16_t>(1U << bin);
    const bool fresh = (seen & bit) == 0;
    seen |= bit;
    return fresh;
  }

 private:
  std::span<const std::uint32_t> units_;
  std::vector<std::uint16_t> seen_;
};
static_assert(stats::calibration_bins <= 16, "SeenUnits has a bit a bin");

/// False where a score is no probability.
template <class Sums, class Announce>
bool fill(Bins<Sums>& bins, const PicturePlace& place, const Announce& announce) {
  const Weighing& weighing = place.weighing;
  SeenUnits units(weighing);
  for (std::size_t at = 0; at < place.size(); ++at) {
    const std::size_t row = place.row(at);
    const Announced announced = announce(row);
    if (!(announced.score >= 0.0 && announced.score <= 1.0)) return false;
    const std::size_t bin = bin_of(announced.score);
    bins[bin].sums.add(announced, weighing.weight(row), weighing.copies_of(row));
    if (!units.empty() && weighing.weight(row) > 0.0 && units.adds(row, bin)) bins[bin].units += 1.0;
  }
  return true;
}

template <class Sums>
bool fill(Bins<Sums>& bins, const PicturePlace& place, Role role) {
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

template <class Sums>
std::optional<ReliabilityBin> drawn(const Bin<Sums>& bin, bool clustered) {
  const Sums& sums = bin.sums;
  if (!(sums.weight() > 0.0)) return std::nullopt;
  const double observed = std::clamp(sums.observed(), 0.0, 1.0);
  const double effective = clustered ? std::min(sums.kish(), bin.units) : sums.kish();
  const auto interval = stats::effective_wilson_interval({observed, effective}, interval_alpha);
  if (!interval) return std::nullopt;
  ReliabilityBin made;
  made.score = rounded_share(std::clamp(sums.mean_score(), 0.0, 1.0));
  made.observed = rounded_share(observed);
  made.interval = {rounded_share(interval->low), rounded_share(interval->high)};
  made.rows = static_cast<std::size_t>(sums.count());
  return made;
}

template <class Sums>
std::vector<ReliabilityBin> bins_of(const PicturePlace& place, Role role, std::size_t fewest) {
  Bins<Sums> bins;
  if (!fill(bins, place, role)) return {};
  std::vector<ReliabilityBin> made;
  for (const Bin<Sums>& bin : bins) {
    if (bin.sums.count() < static_cast<double>(fewest)) continue;
    if (const auto one = drawn(bin, !place.weighing.units.empty())) made.push_back(*one);
  }
  return made;
}

}  // namespace

std::vector<ReliabilityBin> reliability_bins(const PicturePlace& place, Role role, std::size_t fewest) {
  return place.weighing.weights.empty() ? bins_of<PlainSums>(place, role, fewest)
                                        : bins_of<WeighedSums>(place, role, fewest);
}

}  // namespace modelgate
