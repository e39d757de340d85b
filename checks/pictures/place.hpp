// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checks/pictures/levels.hpp"
#include "checks/weighing.hpp"
#include "gate/core/pictures.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// The rows that a picture shows; views the table, the weighing and the list.
struct PicturePlace {
  const ScoreTable& table;
  const Weighing& weighing;
  std::span<const std::uint32_t> listed;  ///< row numbers; not read where all rows are meant
  bool all = true;

  std::size_t size() const { return all ? table.rows.rows : listed.size(); }
  std::size_t row(std::size_t at) const { return all ? at : listed[at]; }
};

/// Weights as whole numbers: 1 a row where none are given, else multiplied by a power of two so that the largest lies
/// near 2^30. Frequencies stay exact, and sums of 2^31 rows fit 64 bits.
class Masses {
 public:
  explicit Masses(const Weighing& weighing);
  std::uint64_t of(std::size_t row) const;

 private:
  std::span<const double> weights_;
  double scale_ = 1.0;
};

/// Levels of one model's scores with the binary labels of the place, for ROC and precision-recall; empty where the
/// model does not give one score a row.
std::vector<Level> score_levels(const PicturePlace& place, Role role);

/// Absolute errors of one model of a regression; nothing where an error is no finite number, and with exposures, which
/// are no weights. least as for ecdf_curve.
std::optional<Curve> error_curve(const PicturePlace& place, Role role, double least);

/// Reliability of one model in 15 bins of equal width, as the expected calibration error has them: fixed edges let two
/// models be compared bin by bin and leave the few high scores of a rare event bins of their own. The event of several
/// classes is that the first largest probability names the label. Weights count in score and observed; the interval
/// is Wilson's on Kish's effective rows, at most the distinct clusters of the bin. Bins of fewer than `fewest` rows are
/// left out. Empty where a score is no probability.
std::vector<ReliabilityBin> reliability_bins(const PicturePlace& place, Role role, std::size_t fewest);

}  // namespace modelgate
