// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/pins.hpp"

#include <fmt/format.h>

#include <utility>

#include "gate/integrity/digest.hpp"
#include "gate/integrity/signature.hpp"

namespace modelgate {
namespace {

Result<std::string> pinned_digest(const ModelFile& file, const ModelSpec& spec, Role role) {
  Result<std::string> digest = sha256_fd(file.fd.get());
  if (!digest || spec.sha256.empty() || spec.sha256 == *digest) return digest;
  return model_error(
      Reason::digest_mismatch,
      fmt::format("{}: {} has SHA-256 {}, but the gate file pins {}; it was not opened. Restore the file, or review "
                  "the change and update the pin.",
                  to_string(role), spec.written, *digest, spec.sha256));
}

Result<std::string> checked_signer(const ModelSpec& spec, Role role, const std::string& sha256) {
  if (!spec.signature) return std::string();
  auto signer = verify_signature(*spec.signature, spec.path, sha256);
  if (signer) return std::move(*signer);
  return model_error(Reason::signature_invalid,
                     fmt::format("{}: {} must be signed, and that is not proven, so it was not opened: {}",
                                 to_string(role), spec.written, signer.error()));
}

}  // namespace

Result<void> hold_to_pins(const ModelFile& file, const ModelSpec& spec, Role role, ModelRecord& record) {
  Result<std::string> digest = pinned_digest(file, spec, role);
  if (!digest) return std::unexpected(digest.error());
  record.sha256 = std::move(*digest);
  Result<std::string> signer = checked_signer(spec, role, record.sha256);
  if (!signer) return std::unexpected(signer.error());
  record.signed_by = std::move(*signer);
  return {};
}

Result<void> check_unchanged(const ModelFile& file, const FileStamp& before, const ModelSpec& spec, Role role) {
  if (stamp_of(file.fd.get()).is_still(before)) return {};
  return model_error(
      Reason::digest_mismatch,
      fmt::format("{}: {} was changed or replaced while the gate was running, so that nobody knows which "
                  "bytes would be judged. Run the gate again when the file is finished.",
                  to_string(role), spec.written));
}

Result<void> check_dataset_pin(const DatasetSpec& dataset, const std::string& sha256) {
  if (dataset.sha256.empty() || dataset.sha256 == sha256) return {};
  return data_error(fmt::format("{} has SHA-256 {}, but the gate file pins {}; restore the golden data, or review "
                                "the change and update the pin.",
                                dataset.written, sha256, dataset.sha256),
                    Reason::digest_mismatch);
}

}  // namespace modelgate
