// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "checks/planning/pilot.hpp"
#include "checks/planning/tallies.hpp"
#include "checks/spread.hpp"

namespace modelgate {

/// How an estimate of one place scatters: by Tango's exact sum where n > 0, else normally by std_error.
struct Scatter {
  double units = 0.0;       ///< effective rows the estimate rests on
  double std_error = 0.0;   ///< of the estimate on these rows
  std::size_t n = 0;        ///< rows of Tango's test
  double discordant = 0.0;  ///< share of them that is discordant
  bool alike = false;       ///< two groups alike, limited on both sides

  /// The chance that no difference passes at this margin; alpha one-sided.
  std::optional<double> pass_chance(double margin, double alpha) const;
  /// The chance that no difference fails at this margin.
  std::optional<double> fail_chance(double margin, double alpha) const;
  /// The smallest margin that no difference passes with planned_power.
  std::optional<double> smallest(double alpha) const;
  /// By how much the rows must grow (or may shrink) for planned_power at the margin.
  std::optional<double> growth(double margin, double alpha) const;
};

/// Effective rows of this basis; klass is the label of label_rows. 0 where a class it needs has no row.
double units_of(Basis basis, const GroupTally& group, std::size_t klass);

/// Units (clusters, queries; rows where weighted) below which nothing is judged.
inline constexpr std::size_t fewest_units = 20;

/// Why the bias checks would not judge a group with so few rows of this basis; empty where they would. Rows count as
/// many as they are, whatever they weigh, as in the run; plain as Tallies::plain.
std::string too_few_in_group(Basis basis, const GroupTally& group, std::size_t klass, std::size_t min_group_size,
                             bool plain);

/// The scatter of candidate − production for models that disagree on `discordant` of the rows; plain: rows count alike
/// and one by one.
Scatter assumed_scatter(const Spread& spread, const GroupTally& group, std::size_t klass, double discordant,
                        bool plain);

/// The scatter of two groups' rates alike, near `rate`: se² = rate(1 − rate)(1/n₁ + 1/n₂); of their log ratio for
/// Spread::Kind::ratio_of_rates: se² = (1 − rate)/rate · (1/n₁ + 1/n₂).
Scatter scatter_of_groups(double first, double second, double rate, Spread::Kind kind);

/// The scatter of an estimate whose standard error a pilot measured on other rows, scaled by the square root of theirs.
std::optional<Scatter> measured_scatter(const PilotEstimate& estimate, std::size_t pilot_rows, std::size_t rows);

}  // namespace modelgate
