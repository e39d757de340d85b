// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/data/file_stamp.hpp"
#include "gate/model/model_file.hpp"

namespace modelgate {

/// Holds an opened model to what the gate file says of its bytes, and notes in the record their SHA-256 and the
/// fingerprint of the key that signed them (SHA-256 of its DER; empty where no signature is asked for). digest_mismatch
/// where another digest is pinned; signature_invalid where a signature is asked for that is missing, of other bytes or
/// of another key: the digest is noted then.
Result<void> hold_to_pins(const ModelFile& file, const ModelSpec& spec, Role role, ModelRecord& record);

/// digest_mismatch where the file's stamp is no longer this one.
Result<void> check_unchanged(const ModelFile& file, const FileStamp& before, const ModelSpec& spec, Role role);

/// digest_mismatch where the gate file pins another SHA-256 of the golden data than this one.
Result<void> check_dataset_pin(const DatasetSpec& dataset, const std::string& sha256);

}  // namespace modelgate
