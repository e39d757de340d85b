// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"
#include "gate/stats/order.hpp"

namespace modelgate::stats {

/// ROC AUC (ties count half) with DeLong's variance.
struct AucEstimate {
  double auc = 0.0;
  double variance = 0.0;  ///< 0 where the scores separate the classes, or tie everywhere
  std::size_t positives = 0;
  std::size_t negatives = 0;
  std::size_t units = 0;  ///< weights or clusters: Student's t with units − 1 in place of the normal; 0: the normal
  double kish = 0.0;      ///< weights or clusters: Kish's n of the units of the rarer label; 0: unweighted rows
};

/// Two models' AUC on the same rows.
struct PairedAuc {
  AucEstimate candidate;
  AucEstimate production;
  double covariance = 0.0;

  double difference() const { return candidate.auc - production.auc; }
  /// Variance of the difference, never below 0.
  double variance() const {
    const double v = candidate.variance + production.variance - 2.0 * covariance;
    return v > 0.0 ? v : 0.0;
  }
};

/// The rows to judge, as a partition: row r belongs to group codes[r]; a code >= groups is left out.
/// Empty codes with groups = 1 are all rows.
struct Partition {
  std::span<const std::uint16_t> codes;
  std::size_t groups = 1;
};

/// True where order, labels and partition speak of the same number of rows.
bool fits(const ScoreOrder& order, std::span<const std::uint8_t> labels, const Partition& partition);

/// DeLong for every group in one pass, O(n): labels are 0/1, one a row of the order; a group with fewer than 2
/// positives or 2 negatives is nullopt. Exact integer sums: the same result for any order of the rows.
std::vector<std::optional<AucEstimate>> delong(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                               const Partition& partition = {});

/// Paired DeLong for every group in one pass over each model's order (DeLong et al. 1988, midranks after Sun & Xu
/// 2014).
std::vector<std::optional<PairedAuc>> paired_delong(const ScoreOrder& candidate, const ScoreOrder& production,
                                                    std::span<const std::uint8_t> labels,
                                                    const Partition& partition = {});

/// The same for several partitions, by partition: four of them cost little more than one, because rows in order of
/// score lie scattered and are fetched once for all.
std::vector<std::vector<std::optional<PairedAuc>>> paired_delong_of(const ScoreOrder& candidate,
                                                                    const ScoreOrder& production,
                                                                    std::span<const std::uint8_t> labels,
                                                                    std::span<const Partition> partitions);

/// Twice the placement of every row under one model (rows of the other class and the same group with a lower score
/// count 2, tied ones 1); 0 for rows left out; empty where the columns do not fit.
std::vector<std::uint32_t> twice_placements(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                            const Partition& partition = {});
/// Paired DeLong from the candidate's placements: only one model's order need be held at a time, 12 bytes a row in all.
std::vector<std::optional<PairedAuc>> paired_delong(std::span<const std::uint32_t> candidate,
                                                    const ScoreOrder& production, std::span<const std::uint8_t> labels,
                                                    const Partition& partition = {});

/// Interval of one AUC on the logit scale, level 1−2·alpha, within (0, 1); nullopt for AUC 0 or 1 or zero variance.
std::optional<Interval> auc_interval(const AucEstimate& estimate, double alpha);
/// p of "AUC <= limit" on the logit scale, limit in (0, 1); nullopt for AUC 0 or 1 or zero variance.
std::optional<double> auc_p_at_most(const AucEstimate& estimate, double limit);
/// p of "AUC >= limit" on the logit scale.
std::optional<double> auc_p_at_least(const AucEstimate& estimate, double limit);

/// Interval of candidate − factor · production (factor 1: the difference), level 1−2·alpha; nullopt for zero variance.
std::optional<Interval> paired_auc_interval(const PairedAuc& pair, double alpha, double factor = 1.0);
/// p of "candidate − factor · production <= limit"; factor 1−r with limit 0 is a percent margin r.
std::optional<double> paired_auc_p_at_most(const PairedAuc& pair, double limit, double factor = 1.0);
/// p of "candidate − factor · production >= limit".
std::optional<double> paired_auc_p_at_least(const PairedAuc& pair, double limit, double factor = 1.0);

}  // namespace modelgate::stats
