// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/error.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Writes every counted request as one row of a Parquet file, round by round, so that memory stays bounded; the columns
/// are told in gate/report/README.md. Written whole or not at all; errors are report errors that name the path.
Result<void> write_samples(const std::string& path, const Samples& samples);

}  // namespace modelgate
