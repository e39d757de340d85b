// SPDX-License-Identifier: Apache-2.0
#include "checks/cell_influence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

/// Gives every unit of clustered cells as one run of entries.
template <class Take>
void each_unit(const GroupCells& cells, Take take) {
  const std::span<const UnitCell> all{cells.unit_cells};
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].unit == all[begin].unit) ++end;
    take(all.subspan(begin, end - begin));
    begin = end;
  }
}

struct RateSums {
  double judged = 0.0;
  std::array<double, 2> yes{};
  double only_candidate = 0.0;
  double only_production = 0.0;
};

RateSums sums_of(const GroupCells& cells, std::span<const CellVote> votes) {
  RateSums sums;
  for (std::size_t at = 0; at < votes.size(); ++at) {
    const CellVote& vote = votes[at];
    const double weight = cells.cells[at].weight;
    if (!vote.judged) continue;
    sums.judged += weight;
    if (vote.candidate) sums.yes[0] += weight;
    if (vote.production) sums.yes[1] += weight;
    if (vote.candidate && !vote.production) sums.only_candidate += weight;
    if (vote.production && !vote.candidate) sums.only_production += weight;
  }
  return sums;
}

stats::PairedCounts counts_of(const GroupCells& cells, std::span<const CellVote> votes) {
  stats::PairedCounts counts;
  for (std::size_t at = 0; at < votes.size(); ++at) {
    if (!votes[at].judged) continue;
    (votes[at].candidate ? (votes[at].production ? counts.both : counts.only_candidate)
                         : (votes[at].production ? counts.only_production : counts.neither)) += cells.cells[at].count;
  }
  return counts;
}

/// No unit of several rows, and one weight for all judged rows.
bool weighs_evenly(const GroupCells& cells, std::span<const CellVote> votes) {
  if (!cells.unit_cells.empty()) return false;
  double weight = 0.0;
  double squares = 0.0;
  double rows = 0.0;
  for (std::size_t at = 0; at < votes.size(); ++at) {
    if (!votes[at].judged) continue;
    weight += cells.cells[at].weight;
    squares += cells.cells[at].squares;
    rows += static_cast<double>(cells.cells[at].count);
  }
  return rows * squares <= weight * weight * (1.0 + 1e-9);  // Cauchy and Schwarz: equal for equal weights alone
}

/// Sums over the units that speak: their speaking weight g and their whole weight w.
struct SpeechSums {
  stats::CompensatedSum speaking, speaking_squares, weight, weight_squares;  // the order of the units must not show
};

template <class Speaks>
SpeechSums speech_sums(const GroupCells& cells, std::span<const CellVote> votes, Speaks speaks) {
  SpeechSums sums;
  for (std::size_t at = 0; at < votes.size() && cells.unit_cells.empty(); ++at) {
    if (!votes[at].judged || !speaks(votes[at])) continue;
    sums.speaking.add(cells.cells[at].weight);
    sums.speaking_squares.add(cells.cells[at].squares);
  }
  if (cells.unit_cells.empty()) return {sums.speaking, sums.speaking_squares, sums.speaking, sums.speaking_squares};
  each_unit(cells, [&](std::span<const UnitCell> unit) {
    double speaking = 0.0;
    double weight = 0.0;
    for (const UnitCell& entry : unit) {
      if (!votes[entry.cell].judged) continue;
      weight += entry.weight;
      if (speaks(votes[entry.cell])) speaking += entry.weight;
    }
    if (!(speaking > 0.0)) return;
    sums.speaking.add(speaking);
    sums.speaking_squares.add(speaking * speaking);
    sums.weight.add(weight);
    sums.weight_squares.add(weight * weight);
  });
  return sums;
}

// The skewness of k of n alike units is (1 − 2p)/√(k(1 − p)), p = k/n: that of k(1 − p)/(1 − 2p)² rare ones. rows: as
// many independent rows as give the linearised variance (Korn & Graubard 1998, Survey Methodology 24:193), put right by
// the sizes of all units against those of the few that happen to speak.
template <class Speaks>
Speech speech_of(const GroupCells& cells, std::span<const CellVote> votes, const stats::MeanEstimate& estimate,
                 double spread, Speaks speaks) {
  const SpeechSums sums = speech_sums(cells, votes, speaks);
  const double speaking = sums.speaking.value();
  const double weight = sums.weight.value();
  if (!(speaking > 0.0)) return {0.0, estimate.kish};
  double squares = 0.0;
  for (std::size_t at = 0; at < votes.size(); ++at)
    if (votes[at].judged) squares += cells.cells[at].squares;
  const double share = weight / estimate.weight;
  const double skew = share < 0.5 ? (1.0 - 2.0 * share) * (1.0 - 2.0 * share) / (1.0 - share) : 0.0;
  const double units = speaking * speaking / sums.speaking_squares.value();
  Speech speech{skew > 0.0 ? units / skew : std::numeric_limits<double>::infinity(), estimate.kish};
  const double sizes =
      sums.weight_squares.value() / weight * estimate.kish / estimate.weight;  // of speaking against all
  const double most = estimate.weight * estimate.weight / squares;
  if (!estimate.zero_variance() && spread > 0.0)
    speech.rows = std::min(most, spread / (estimate.std_error * estimate.std_error) * sizes);
  return speech;
}

std::optional<Interval> within(std::optional<Interval> interval, double low, double high) {
  if (interval) *interval = {std::clamp(interval->low, low, high), std::clamp(interval->high, low, high)};
  return interval;
}

std::optional<Interval> t_interval(const std::optional<stats::MeanEstimate>& estimate, double alpha) {
  return estimate ? stats::mean_interval(*estimate, alpha) : std::nullopt;
}

}  // namespace

std::size_t units_where(const GroupCells& cells, const std::function<bool(const Cell&)>& speaks) {
  std::vector<bool> picked;
  std::size_t rows = 0;
  for (const Cell& cell : cells.cells) {
    picked.push_back(speaks(cell));
    if (picked.back()) rows += cell.count;
  }
  if (cells.unit_cells.empty()) return rows;
  std::size_t units = 0;
  each_unit(cells, [&](std::span<const UnitCell> unit) {
    units += std::ranges::any_of(unit, [&](const UnitCell& entry) { return picked[entry.cell]; }) ? 1 : 0;
  });
  return units;
}

stats::PairedEstimate linearise_cells(const GroupCells& cells, std::span<const CellSlopes> slopes,
                                      const GroupValues& values) {
  stats::InfluenceSums sums;
  if (cells.unit_cells.empty()) {
    for (std::size_t at = 0; at < slopes.size(); ++at) {
      const Cell& cell = cells.cells[at];
      if (slopes[at].judged)
        sums.add_rows(slopes[at].candidate, slopes[at].production, static_cast<double>(cell.count), cell.weight,
                      cell.squares);
    }
    return sums.estimate(values.candidate, values.production);
  }
  each_unit(cells, [&](std::span<const UnitCell> unit) {
    double candidate = 0.0;
    double production = 0.0;
    double weight = 0.0;
    for (const UnitCell& entry : unit) {
      const CellSlopes& slope = slopes[entry.cell];
      if (!slope.judged) continue;
      candidate += entry.weight * slope.candidate;
      production += entry.weight * slope.production;
      weight += entry.weight;
    }
    sums.add(candidate, production, weight);
  });
  return sums.estimate(values.candidate, values.production);
}

// θ = Σw·y/Σw over judged rows has the influence w(y − θ)/Σw (Deville 1999).
LinearisedRate linearise_rate(const GroupCells& cells, const std::function<CellVote(const Cell&)>& vote) {
  std::vector<CellVote> votes;
  votes.reserve(cells.cells.size());
  for (const Cell& cell : cells.cells) votes.push_back(vote(cell));
  LinearisedRate rate;
  rate.counts = counts_of(cells, votes);
  const RateSums sums = sums_of(cells, votes);
  if (!(sums.judged > 0.0)) return rate;
  const std::array value{sums.yes[0] / sums.judged, sums.yes[1] / sums.judged};
  std::vector<CellSlopes> slopes;
  slopes.reserve(votes.size());
  for (const CellVote& of_cell : votes)
    slopes.push_back({((of_cell.candidate ? 1.0 : 0.0) - value[0]) / sums.judged,
                      ((of_cell.production ? 1.0 : 0.0) - value[1]) / sums.judged, of_cell.judged});
  rate.estimate = linearise_cells(cells, slopes, {value[0], value[1]});
  const auto units = [&](auto speaks) {
    return units_where(cells, [&](const Cell& cell) {
      const CellVote& of_cell = votes[static_cast<std::size_t>(&cell - cells.cells.data())];
      return of_cell.judged && speaks(of_cell);
    });
  };
  rate.units = units([](const CellVote&) { return true; });
  rate.discordant_units = units([](const CellVote& of) { return of.candidate != of.production; });
  rate.even = weighs_evenly(cells, votes);
  if (!rate.estimate.candidate || !rate.estimate.difference) return rate;
  const double gap = value[0] - value[1];
  rate.differing = speech_of(cells, votes, *rate.estimate.difference,
                             (sums.only_candidate + sums.only_production) / sums.judged - gap * gap,
                             [](const CellVote& of) { return of.candidate != of.production; });
  const bool rarely_yes = value[0] <= 0.5;
  rate.minority = speech_of(cells, votes, *rate.estimate.candidate, value[0] * (1.0 - value[0]),
                            [rarely_yes](const CellVote& of) { return of.candidate == rarely_yes; });
  const double scale = rate.differing.rows / sums.judged;
  rate.effective = {sums.judged * scale, sums.only_candidate * scale, sums.only_production * scale};
  return rate;
}

std::optional<Tail> LinearisedRate::tail(double factor, double limit, bool relative) const {
  const std::optional<Tail> linearised = linearised_tail(estimate, factor, limit);
  if (!estimate.candidate) return std::nullopt;
  if (relative) {
    if (differing.units >= few_effective) return linearised;
    // candidate − k·production >= t says difference >= t + (k − 1)·production
    const double delta = limit + (factor - 1.0) * (estimate.production ? estimate.production->mean : 0.0);
    return weaker(linearised, tail_of(stats::effective_tango_p_at_most(effective, inside_differences(delta)),
                                      stats::effective_tango_p_at_least(effective, inside_differences(delta))));
  }
  if (minority.units >= few_effective) return linearised;
  const stats::RateShare share{estimate.candidate->mean, minority.rows};
  return weaker(linearised,
                tail_of(stats::effective_rate_p_at_most(share, limit), stats::effective_rate_p_at_least(share, limit)));
}

std::optional<Interval> LinearisedRate::difference_interval(double alpha) const {
  const std::optional<Interval> linearised = t_interval(estimate.difference, alpha);
  return within(differing.units >= few_effective ? linearised
                                                 : wider(linearised, stats::effective_tango_interval(effective, alpha)),
                -1.0, 1.0);
}

std::optional<Interval> LinearisedRate::candidate_interval(double alpha) const {
  if (!estimate.candidate) return std::nullopt;
  const std::optional<Interval> linearised = t_interval(estimate.candidate, alpha);
  const stats::RateShare share{estimate.candidate->mean, minority.rows};
  return within(
      minority.units >= few_effective ? linearised : wider(linearised, stats::effective_wilson_interval(share, alpha)),
      0.0, 1.0);
}

}  // namespace modelgate
