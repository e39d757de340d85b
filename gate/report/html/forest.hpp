// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "gate/report/facts.hpp"
#include "gate/report/html/scale.hpp"

namespace modelgate {

/// The most rows of one picture; more stand in the next one.
inline constexpr std::size_t forest_rows = 50;

/// One result as an interval beside its limit, in the units of the picture's axis.
struct ForestRow {
  const CheckResult* result = nullptr;
  std::string label;
  std::string numbers;  ///< what the row says in figures, in the metric's own unit
  Standing standing = Standing::passed;
  double value = 0.0;
  std::optional<Interval> interval;  ///< ends may be infinite
  std::optional<double> production;  ///< only where value is the candidate's own
  std::optional<double> limit;
  bool harm_is_low = true;  ///< the side of the limit that is not allowed
};

/// Rows that one axis serves honestly.
struct Forest {
  std::string title;   ///< "Compared with production"
  std::string axis;    ///< "difference in allowed margins; right is better"
  std::string note;    ///< how to read it, one or two sentences
  bool zero = false;   ///< a line at 0: no difference
  bool alone = false;  ///< one row whose label and numbers stand beside the picture
  Interval domain;
  std::vector<ForestRow> rows;
};

/// A difference or a candidate's value in its own unit; nothing where there is no number to draw.
std::optional<Forest> forest_of(const CheckResult& result);

/// Every result that has numbers: differences in units of their margins, values by unit; what blocks comes first, at
/// most forest_rows rows each.
std::vector<Forest> forests_of(const Verdict& verdict);

/// The picture of one axis and its words for those who cannot see it.
struct ForestPicture {
  std::string svg;
  std::string description;
  double width = 0.0;
  double height = 0.0;
};

/// Wide with columns, or narrow (for a phone) with the label above its interval.
ForestPicture forest_picture(const Forest& forest, bool narrow);

/// "✗ blocks": how a row's mark reads.
std::string_view standing_word(Standing standing);

/// Every standing as it is told: what blocks first.
inline constexpr std::array standings{Standing::blocking, Standing::warning, Standing::waived, Standing::passed};

}  // namespace modelgate
