// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "checks/cells.hpp"
#include "gate/core/pictures.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Most classes of a confusion matrix, "(other)" included.
inline constexpr std::size_t most_pictured_classes = 20;

/// Both models' confusion matrices of one group: "negative" and "positive" of a binary task, else the classes in their
/// order; beyond 20 the 19 with the most golden rows, `named` always among them, and "(other)" for the rest. Counts are
/// of rows (a frequency counts as so many): nothing where sampling weights make rows count for more or less, where no
/// row is left, or where a cell would show fewer rows than `fewest`.
std::optional<Confusion> confusion_of(const ScoreTable& table, const GroupCells& cells,
                                      const std::array<bool, 2>& usable, const std::string& named, std::size_t fewest);

}  // namespace modelgate
