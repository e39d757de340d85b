// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"

namespace modelgate::stats {

/// Both models' metric from one set of sums; nullopt where undefined (no predicted positive, …). Never NaN.
struct PairedValue {
  std::optional<double> candidate;
  std::optional<double> production;  ///< any value where there is no production model
};

/// The metric as a function of additive sums: of cell counts (confusion cells), or of k weighted row moments.
/// Called from several threads at once; must be pure.
using PairedStatistic = std::function<PairedValue(std::span<const double> sums)>;

/// How replicates are made: fills sums (one replicate) for a replicate number; pure, so any thread may ask for any one.
using Resample = std::function<void(std::uint32_t replicate, std::span<double> sums)>;

/// Where replicates come from: the observed sums and the way to redraw them.
struct ResampleSource {
  std::vector<double> observed;
  Resample redraw;
};

/// Cells with counts (joint cells of label, candidate and production decision): each replicate draws Poisson(count) a
/// cell, which is the sum of count Poisson(1) row weights; cost does not depend on the rows. Empty cells cost nothing.
ResampleSource cell_source(std::span<const std::uint64_t> counts, std::uint64_t seed);

/// Rows by k additive moments (row-major, rows × k): Poisson(1) a row. keys: unique row ids (hashes), so that shuffled
/// rows give the same result; empty: the row number. Above 16,384 rows, rows are pooled by key into 16,384 groups first
/// (random groups: the error of the standard error is 0.6 %), which bounds the cost.
ResampleSource row_source(std::span<const double> moments, std::size_t k, std::span<const std::uint64_t> keys,
                          std::uint64_t seed);

/// What the replicates say about candidate − factor · production against a limit.
struct BootstrapJudgement {
  double value = 0.0;  ///< on the observed sums
  Interval interval;   ///< percentile, level 1−2·alpha
  double std_error = 0.0;
  double p_at_most = 1.0;           ///< p of "value <= limit": (count + 1)/(B + 1); below .001 by the linearised z
  double p_at_least = 1.0;          ///< p of "value >= limit"
  std::size_t replicates = 0;       ///< B
  std::size_t undefined = 0;        ///< undefined replicates, counted against both verdicts
  bool too_many_undefined = false;  ///< > 1 %: not assessable
  bool zero_width = false;          ///< every replicate the same: the models agree everywhere; use Tango's bound on n
  bool on_the_line = false;         ///< 64,000 replicates could not tell the side at this alpha: neither pass nor fail
};

/// Which tail a fail would stand on: its p must hold at levels far below alpha, where Holm may put them.
enum class FailTail { none, at_most, at_least };

/// What a judgement may take into account beside alpha.
struct TailNeeds {
  FailTail fails = FailTail::none;  ///< a fail tail below alpha, but not surely below .001, takes all 64,000
  std::optional<double> std_error;  ///< linearised, for p below .001; absent: the replicates' own
};

/// The paired Poisson bootstrap of one pair of models (Chamandy et al. 2012). Replicates are kept and shared by all
/// limits.
class PairedBootstrap {
 public:
  /// threads: workers that fill replicates; the result does not depend on it.
  PairedBootstrap(ResampleSource source, PairedStatistic statistic, unsigned threads = 1);

  /// Judges candidate − factor · production (factor 0: the candidate alone; 1: the difference; 1−r: a percent margin)
  /// against limit. B doubles from 2,000 until the 99 % Clopper–Pearson interval of both tails excludes alpha, up to
  /// 64,000. nullopt where the observed value is undefined.
  std::optional<BootstrapJudgement> judge(double factor, double limit, double alpha, const TailNeeds& needs = {});

  /// Percentile interval from the first 2,000 replicates; nullopt where undefined or > 1 % of replicates
  /// are.
  std::optional<Interval> interval(double factor, double alpha);
  /// The same for production alone.
  std::optional<Interval> production_interval(double alpha);

  /// The observed values.
  const PairedValue& observed() const { return observed_; }

 private:
  void grow(std::size_t replicates);
  std::span<const PairedValue> first(std::size_t replicates) const {
    return std::span(replicates_).first(std::min(replicates, replicates_.size()));
  }
  std::vector<double> contrasts(double factor, std::size_t replicates) const;  // defined ones, sorted

  ResampleSource source_;
  PairedStatistic statistic_;
  unsigned threads_;
  PairedValue observed_;
  std::vector<PairedValue> replicates_;
};

}  // namespace modelgate::stats
