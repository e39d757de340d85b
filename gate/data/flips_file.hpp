// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Writes these rows of the table as a Parquet file: id (plain), id_hash (hashed; 16 hexadecimal digits) or row (no
/// id), label, every score or class of both models, and the slice values, null where a value has fewer than
/// suppress_below of these rows. Written whole or not at all; errors are report errors that name the path.
Result<void> write_flips(const std::string& path, const ScoreTable& table, std::span<const std::size_t> rows,
                         const ReportsSpec& reports);

}  // namespace modelgate
