// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace modelgate {

/// What a Sigstore bundle (v0.3) that was made with a plain key pair holds: a DSSE envelope with one signature.
struct Bundle {
  std::string payload_type;
  std::string payload;    ///< decoded
  std::string signature;  ///< decoded; DER
  std::string key_hint;   ///< SHA-256 of the PEM text of the key it was made with; empty where it does not say

  /// The bytes that were signed: DSSE's pre-authentication encoding of type and payload.
  std::string signed_bytes() const;
};

/// The bundle in a file's bytes; or the clause that says what is wrong with it, not yet cleaned for a log.
std::expected<Bundle, std::string> read_bundle(std::string_view bytes);

/// One file of a signed model.
struct SignedFile {
  std::string name;  ///< relative to the folder that was signed; "." where one file was signed by itself
  std::string algorithm;
  std::string digest;  ///< lower-case hex
};

/// The files that an OpenSSF model signature (v1.0, an in-toto statement v1) speaks for, its own digest over them
/// checked; or the clause that says what is wrong. Only for a payload whose signature holds.
std::expected<std::vector<SignedFile>, std::string> read_statement(std::string_view payload);

}  // namespace modelgate
