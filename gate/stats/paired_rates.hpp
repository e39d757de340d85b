// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"

namespace modelgate::stats {

/// What Tango's score needs of two models on n rows; n may be an effective number of rows, the others scaled alike.
struct PairedShares {
  double n = 0.0;
  double only_candidate = 0.0;   ///< b
  double only_production = 0.0;  ///< c
};

/// Two models' yes/no outcome on the same rows. "Yes" is whatever the rate counts: right, flagged, wrong.
struct PairedCounts {
  std::uint64_t both = 0;
  std::uint64_t only_candidate = 0;   ///< b
  std::uint64_t only_production = 0;  ///< c
  std::uint64_t neither = 0;

  std::uint64_t n() const { return both + only_candidate + only_production + neither; }
  std::uint64_t discordant() const { return only_candidate + only_production; }
  std::uint64_t candidate() const { return both + only_candidate; }
  std::uint64_t production() const { return both + only_production; }
  PairedShares shares() const {
    return {static_cast<double>(n()), static_cast<double>(only_candidate), static_cast<double>(only_production)};
  }
};

// ---- difference: candidate rate − production rate = (b − c)/n (Tango 1998) ----

/// Tango's score z of "difference = delta", delta in (−1, 1); nullopt for n = 0. Falls as delta rises. With b = c = 0
/// it is sqrt(n·m/(1−m)) at delta = −m: an agreement everywhere passes only from n >= 2.71(1−m)/m (alpha .05).
std::optional<double> tango_z(const PairedCounts& counts, double delta);
/// p of "difference <= delta" (small: the candidate's rate is higher by more than delta); delta in (−1, 1).
std::optional<double> tango_p_at_most(const PairedCounts& counts, double delta);
/// p of "difference >= delta"; delta in (−1, 1).
std::optional<double> tango_p_at_least(const PairedCounts& counts, double delta);
/// Tango's interval of the difference, level 1−2·alpha, within [−1, 1], by bisection to 1e-12.
std::optional<Interval> tango_interval(const PairedCounts& counts, double alpha);

// The same on an effective number of rows.
std::optional<double> effective_tango_z(const PairedShares& shares, double delta);
std::optional<double> effective_tango_p_at_most(const PairedShares& shares, double delta);
std::optional<double> effective_tango_p_at_least(const PairedShares& shares, double delta);
std::optional<Interval> effective_tango_interval(const PairedShares& shares, double alpha);

// ---- ratio: candidate rate / production rate, for percent margins (Nam & Blackwelder 2002) ----
// "at least (1−r) of production" is ratio_p_at_most(counts, 1−r) < alpha; "errors at most (1+r)": ratio_p_at_least(…,
// 1+r).

/// Score z of "candidate = theta · production", theta > 0; nullopt where no row is yes for either model.
std::optional<double> paired_ratio_z(const PairedCounts& counts, double theta);
/// p of "candidate <= theta · production".
std::optional<double> paired_ratio_p_at_most(const PairedCounts& counts, double theta);
/// p of "candidate >= theta · production".
std::optional<double> paired_ratio_p_at_least(const PairedCounts& counts, double theta);
/// Score interval of the ratio, level 1−2·alpha; low may be 0; nullopt where production has no yes row.
std::optional<Interval> paired_ratio_interval(const PairedCounts& counts, double alpha);

}  // namespace modelgate::stats
