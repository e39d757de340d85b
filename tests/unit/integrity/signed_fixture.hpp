// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gate/integrity/digest.hpp"

namespace modelgate::test {

using Json = nlohmann::ordered_json;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// A fresh key on a named curve.
inline Key curve_key(const char* curve = "P-256") {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve), &EVP_PKEY_free};
}

inline std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
  PEM_write_bio_PUBKEY(memory.get(), key);
  std::string text(BIO_ctrl_pending(memory.get()), '\0');
  BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
  return text;
}

inline std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

inline std::string sign(EVP_PKEY* key, std::string_view message) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string signature(256, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1)
    std::abort();
  signature.resize(size);
  return signature;
}

/// The statement that model_signing 1.x makes of files: name → SHA-256.
inline Json statement_of(std::initializer_list<std::pair<std::string, std::string>> files) {
  Json resources = Json::array();
  std::string digests;
  for (const auto& [name, digest] : files) {
    resources.push_back({{"name", name}, {"algorithm", "sha256"}, {"digest", digest}});
    for (std::size_t i = 0; i + 1 < digest.size(); i += 2)
      digests += static_cast<char>(std::stoi(digest.substr(i, 2), nullptr, 16));
  }
  Json subject{{"name", "model"}, {"digest", {{"sha256", sha256_hex(digests)}}}};
  return {{"_type", "https://in-toto.io/Statement/v1"},
          {"subject", Json::array({subject})},
          {"predicateType", "https://model_signing/signature/v1.0"},
          {"predicate",
           {{"serialization", {{"method", "files"}, {"hash_type", "sha256"}, {"allow_symlinks", false}}},
            {"resources", resources}}}};
}

/// The bundle of a payload, signed.
inline Json bundle_of(EVP_PKEY* key, const std::string& payload) {
  const std::string type = "application/vnd.in-toto+json";
  const std::string signed_bytes =
      "DSSEv1 " + std::to_string(type.size()) + " " + type + " " + std::to_string(payload.size()) + " " + payload;
  Json signature{{"sig", base64(sign(key, signed_bytes))}, {"keyid", ""}};
  return {
      {"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
      {"verificationMaterial", {{"publicKey", {{"hint", sha256_hex(pem_of(key))}}}, {"tlogEntries", Json::array()}}},
      {"dsseEnvelope",
       {{"payload", base64(payload)}, {"payloadType", type}, {"signatures", Json::array({signature})}}}};
}

}  // namespace modelgate::test
