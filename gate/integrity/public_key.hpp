// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace modelgate {

/// A public key of ECDSA on the curve P-256, the only kind that is taken.
class PublicKey {
 public:
  /// The key in a PEM text ("-----BEGIN PUBLIC KEY-----"); or the clause that says why there is none.
  static std::expected<PublicKey, std::string> from_pem(std::string_view pem);

  /// SHA-256 of the key's DER (SubjectPublicKeyInfo), as openssl pkey -pubin -outform DER | sha256sum prints it.
  const std::string& fingerprint() const { return fingerprint_; }
  /// SHA-256 of the key's PEM text, by which a bundle of OpenSSF model signing names it.
  const std::string& hint() const { return hint_; }
  /// Whether the signature (DER, as ECDSA's are) over SHA-256 of the message was made with the private half.
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };

  std::unique_ptr<evp_pkey_st, Free> key_;
  std::string fingerprint_;
  std::string hint_;
};

}  // namespace modelgate
