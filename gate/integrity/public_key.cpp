// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/public_key.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

#include "gate/integrity/digest.hpp"

namespace modelgate {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

/// Never asks anyone: without this, OpenSSL would wait at the terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string der_of(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::string pem_of(const EVP_PKEY* key) {
  const Bio memory(BIO_new(BIO_s_mem()), &BIO_free_all);
  if (!memory || PEM_write_bio_PUBKEY(memory.get(), key) != 1) return {};
  std::string text(BIO_ctrl_pending(memory.get()), '\0');
  const int read = BIO_read(memory.get(), text.data(), static_cast<int>(text.size()));
  return read == static_cast<int>(text.size()) ? text : std::string();
}

/// "is a key of the kind RSA"; empty for the one kind taken.
std::string other_kind(const EVP_PKEY* key) {
  const char* const type = EVP_PKEY_get0_type_name(key);
  if (EVP_PKEY_is_a(key, "EC") != 1) return fmt::format("is a key of the kind {}", type == nullptr ? "unknown" : type);
  std::array<char, 80> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1)
    return "is a key on a curve without a name";
  if (std::string_view(group.data()) == SN_X9_62_prime256v1) return {};
  return fmt::format("is a key on the curve {}", group.data());
}

}  // namespace

void PublicKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::expected<PublicKey, std::string> PublicKey::from_pem(std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return std::unexpected("holds a private key, which no gate may see: name the public one, and take a new pair");
  constexpr std::string_view begin = "-----BEGIN ";
  if (pem.find("-----BEGIN PUBLIC KEY-----") == std::string_view::npos)
    return std::unexpected("is no public key in PEM form (-----BEGIN PUBLIC KEY-----)");
  if (pem.find(begin) != pem.rfind(begin))
    return std::unexpected("holds more than one key, and a signature is verified with one: name a file with that one");
  const Bio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all);
  PublicKey key;
  if (memory) key.key_.reset(PEM_read_bio_PUBKEY(memory.get(), nullptr, &no_passphrase, nullptr));
  if (!key.key_) return std::unexpected("holds no public key that OpenSSL can read");
  if (const std::string other = other_kind(key.key_.get()); !other.empty())
    return std::unexpected(other + ", but signatures are taken of ECDSA on P-256 alone");
  const std::string der = der_of(key.key_.get());
  const std::string text = pem_of(key.key_.get());
  if (der.empty() || text.empty()) return std::unexpected("holds a key that OpenSSL cannot write again");
  key.fingerprint_ = sha256_hex(der);
  key.hint_ = sha256_hex(text);
  return key;
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

}  // namespace modelgate
