// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "gate/data/predictions_file.hpp"

namespace modelgate {

/// Keys modelgate.model_sha256, .dataset_sha256, .version, .shard ("1/6") and .kind of a predictions file's metadata.
std::shared_ptr<arrow::KeyValueMetadata> metadata_of(const PredictionsOrigin& origin, OutputKind kind);

/// What the metadata say; empty where they are silent. metadata may be null.
PredictionsOrigin origin_of(const arrow::KeyValueMetadata* metadata);
std::optional<OutputKind> kind_of(const arrow::KeyValueMetadata* metadata);

/// All shards of one model exactly once, or an error that lists gaps, overlaps and foreign files.
Result<void> check_shards(std::span<const std::string> files, std::span<const PredictionsOrigin> origins);

}  // namespace modelgate
