// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/model/model_file.hpp"

namespace modelgate {

/// Holds an opened model to what the gate file says of its bytes, and notes in the record their SHA-256 and the
/// fingerprint of the key that signed them (SHA-256 of its DER; empty where no signature is asked for). digest_mismatch
/// where another digest is pinned; signature_invalid where a signature is asked for that is missing, of other bytes or
/// of another key: the digest is noted then.
Result<void> hold_to_pins(const ModelFile& file, const ModelSpec& spec, Role role, ModelRecord& record);

/// What a file system notes when a file's bytes change. Taken before the digest and again whenever a worker may have
/// read, it tells that these may have been other bytes than the digest's.
struct FileStamp {
  std::int64_t size = -1;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};
/// The stamp of an open file; one of size −1 where it cannot be told, which equals no other.
FileStamp stamp_of(int fd);

/// digest_mismatch where the file's stamp is no longer this one.
Result<void> check_unchanged(const ModelFile& file, const FileStamp& before, const ModelSpec& spec, Role role);

/// digest_mismatch where the gate file pins another SHA-256 of the golden data than this one.
Result<void> check_dataset_pin(const DatasetSpec& dataset, const std::string& sha256);

}  // namespace modelgate
