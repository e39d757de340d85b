// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/bundle.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <initializer_list>
#include <optional>
#include <set>

#include "gate/integrity/digest.hpp"
#include "gate/integrity/strict_json.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
constexpr std::string_view envelope_type = "application/vnd.in-toto+json";
constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
constexpr std::string_view predicate_type = "https://model_signing/signature/v1.0";
constexpr std::size_t longest_shown = 120;

/// What stands at the end of a path of members; null where one is missing.
const Json* find_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (const std::string_view key : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string(key));
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

/// The text there; null where there is none.
const std::string* text_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* const at = find_at(json, path);
  return at == nullptr ? nullptr : at->get_ptr<const std::string*>();
}

std::string shown(const std::string* text) {
  if (text == nullptr) return "missing";
  return text->size() > longest_shown ? "too long to be one" : "\"" + *text + "\"";
}

/// The clause for a text that must be another; nothing where it is that one.
std::optional<std::string> other_than(const Json& json, std::initializer_list<std::string_view> path,
                                      std::string_view wanted) {
  const std::string* const text = text_at(json, path);
  if (text != nullptr && *text == wanted) return std::nullopt;
  std::string name;
  for (const std::string_view key : path) name += (name.empty() ? "" : ".") + std::string(key);
  return fmt::format("its {} is {}, where modelgate reads \"{}\" only", name, shown(text), wanted);
}

/// Standard alphabet with padding, as the tools write it.
std::optional<std::string> from_base64(const std::string* text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text == nullptr || text->empty() || text->size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text->ends_with("==") ? 2U : text->ends_with('=') ? 1U : 0U;
  const std::string_view digits = std::string_view(*text).substr(0, text->size() - padding);
  if (digits.find_first_not_of(alphabet) != std::string_view::npos) return std::nullopt;  // OpenSSL skips white space
  std::string bytes(text->size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text->data()), static_cast<int>(text->size()));
  if (size != static_cast<int>(bytes.size())) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return bytes;
}

/// The only subject's SHA-256 over the digests of all files.
std::expected<std::string, std::string> subject_digest(const Json& statement) {
  const Json* const subjects = find_at(statement, {"subject"});
  if (subjects == nullptr || !subjects->is_array() || subjects->size() != 1)
    return std::unexpected("its statement has not exactly one subject");
  const std::string* const digest = text_at(subjects->front(), {"digest", "sha256"});
  if (digest == nullptr || !is_sha256_hex(*digest))
    return std::unexpected("the subject of its statement has no SHA-256");
  return *digest;
}

std::expected<std::vector<SignedFile>, std::string> signed_files(const Json& statement) {
  const Json* const resources = find_at(statement, {"predicate", "resources"});
  if (resources == nullptr || !resources->is_array() || resources->empty())
    return std::unexpected("its statement names no files (predicate.resources)");
  std::vector<SignedFile> files;
  files.reserve(resources->size());
  std::set<std::string_view> names;
  for (const Json& resource : *resources) {
    const std::string* const name = text_at(resource, {"name"});
    const std::string* const algorithm = text_at(resource, {"algorithm"});
    const std::string* const digest = text_at(resource, {"digest"});
    if (name == nullptr || algorithm == nullptr || digest == nullptr || !is_hex(*digest))
      return std::unexpected(fmt::format("file {} of its statement lacks name, algorithm or digest", files.size() + 1));
    if (!names.insert(*name).second) return std::unexpected(fmt::format("its statement has {} twice", shown(name)));
    files.push_back({*name, *algorithm, *digest});
  }
  return files;
}

}  // namespace

std::string Bundle::signed_bytes() const {
  return fmt::format("DSSEv1 {} {} {} ", payload_type.size(), payload_type, payload.size()) + payload;
}

std::expected<Bundle, std::string> read_bundle(std::string_view bytes) {
  const auto json = strict_json(bytes, "signature bundle");
  if (!json) return std::unexpected(json.error());
  if (const auto wrong = other_than(*json, {"mediaType"}, bundle_type)) return std::unexpected(*wrong);
  const Json* const key = find_at(*json, {"verificationMaterial", "publicKey"});
  if (key == nullptr || !key->is_object())
    return std::unexpected(
        "it was not made with a plain key pair (verificationMaterial.publicKey is missing); sign with: model_signing "
        "sign key");
  if (const auto wrong = other_than(*json, {"dsseEnvelope", "payloadType"}, envelope_type))
    return std::unexpected(*wrong);
  const Json* const signatures = find_at(*json, {"dsseEnvelope", "signatures"});
  if (signatures == nullptr || !signatures->is_array() || signatures->size() != 1)
    return std::unexpected("it has not exactly one signature (dsseEnvelope.signatures)");
  auto payload = from_base64(text_at(*json, {"dsseEnvelope", "payload"}));
  auto signature = from_base64(text_at(signatures->front(), {"sig"}));
  if (!payload || !signature) return std::unexpected("its payload or its signature is not base64");
  const Json* const hint = find_at(*key, {"hint"});
  if (hint != nullptr && !hint->is_string() && !hint->is_null())
    return std::unexpected("its verificationMaterial.publicKey.hint is no text");
  Bundle bundle{std::string(envelope_type), std::move(*payload), std::move(*signature), {}};
  if (const std::string* const text = text_at(*key, {"hint"})) bundle.key_hint = *text;
  return bundle;
}

std::expected<std::vector<SignedFile>, std::string> read_statement(std::string_view payload) {
  const auto json = strict_json(payload, "model signature");
  if (!json) return std::unexpected("its signed statement is refused: " + json.error());
  if (const auto wrong = other_than(*json, {"_type"}, statement_type)) return std::unexpected(*wrong);
  if (const auto wrong = other_than(*json, {"predicateType"}, predicate_type)) return std::unexpected(*wrong);
  if (const auto wrong = other_than(*json, {"predicate", "serialization", "method"}, "files"))
    return std::unexpected(*wrong);
  const auto digest = subject_digest(*json);
  if (!digest) return std::unexpected(digest.error());
  auto files = signed_files(*json);
  if (!files) return files;
  std::string digests;
  for (const SignedFile& file : *files) digests += from_hex(file.digest);
  if (sha256_hex(digests) != *digest)
    return std::unexpected("the digest of its subject is not that of the files it names");
  return files;
}

}  // namespace modelgate
