// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/plan.hpp"
#include "gate/model/model_file.hpp"

namespace modelgate {

/// SHA-256 of an opened model; digest_mismatch where the gate file pins another.
Result<std::string> pinned_digest(const ModelFile& file, const ModelSpec& spec, Role role);

/// digest_mismatch where the gate file pins another SHA-256 of the golden data than this one.
Result<void> check_dataset_pin(const DatasetSpec& dataset, const std::string& sha256);

}  // namespace modelgate
