// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/pins.hpp"

#include <fmt/format.h>

#include "gate/integrity/digest.hpp"

namespace modelgate {

Result<std::string> pinned_digest(const ModelFile& file, const ModelSpec& spec, Role role) {
  Result<std::string> digest = sha256_fd(file.fd.get());
  if (!digest || spec.sha256.empty() || spec.sha256 == *digest) return digest;
  return model_error(
      Reason::digest_mismatch,
      fmt::format("{}: {} has SHA-256 {}, but the gate file pins {}; it was not opened. Restore the file, or review "
                  "the change and update the pin.",
                  to_string(role), spec.written, *digest, spec.sha256));
}

Result<void> check_dataset_pin(const DatasetSpec& dataset, const std::string& sha256) {
  if (dataset.sha256.empty() || dataset.sha256 == sha256) return {};
  return data_error(fmt::format("{} has SHA-256 {}, but the gate file pins {}; restore the golden data, or review "
                                "the change and update the pin.",
                                dataset.written, sha256, dataset.sha256),
                    Reason::digest_mismatch);
}

}  // namespace modelgate
