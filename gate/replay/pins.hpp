// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "gate/core/plan.hpp"
#include "gate/model/model_file.hpp"

namespace modelgate {

/// SHA-256 of an opened model; digest_mismatch where the gate file pins another.
Result<std::string> pinned_digest(const ModelFile& file, const ModelSpec& spec, Role role);

/// The fingerprint of the key that signed these bytes (SHA-256 of its DER), empty where the gate file asks for no
/// signature; signature_invalid where it asks for one that is missing, of other bytes or of another key.
Result<std::string> checked_signer(const ModelSpec& spec, Role role, const std::string& sha256);

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
