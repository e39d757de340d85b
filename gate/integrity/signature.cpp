// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/signature.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "gate/integrity/bundle.hpp"
#include "gate/integrity/public_key.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

constexpr std::size_t largest_file = 1U << 20U;
constexpr std::string_view sign_again =
    "Find out what was changed, and by whom, before the model is signed again (model_signing sign key).";
constexpr std::string_view name_the_files = "Put bundle and public key where the gate file's signature names them.";

std::expected<std::string, std::string> read_all(int fd) {
  std::string bytes(largest_file + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::pread(fd, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > largest_file) return std::unexpected("is larger than 1 MiB, which no bundle or key is");
  bytes.resize(size);
  return bytes;
}

/// A regular file's bytes, at most 1 MiB; or the clause that says why there are none.
std::expected<std::string, std::string> read_small(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO would wait for ever
  if (!file) return std::unexpected(fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::unexpected("is not a regular file");
  return read_all(file.get());
}

bool is_named(const SignedFile& file, const std::string& name) {
  return std::filesystem::path(file.name).filename() == name;
}

/// What the statement's files say against this one, as a sentence; nothing where it is among them.
std::optional<std::string> contradiction(const std::vector<SignedFile>& files, const std::string& name,
                                         const std::string& sha256) {
  const bool alone = files.size() == 1 && files.front().name == ".";
  const auto about = [&](const SignedFile& file) { return alone || is_named(file, name); };
  const auto same = [&](const SignedFile& file) { return file.algorithm == "sha256" && file.digest == sha256; };
  if (std::ranges::any_of(files, [&](const SignedFile& file) { return about(file) && same(file); }))
    return std::nullopt;
  if (const auto other = std::ranges::find_if(files, about); other != files.end()) {
    if (other->algorithm != "sha256")
      return fmt::format("the bundle signs it by {}, and modelgate compares SHA-256 only. Sign with sha256.",
                         other->algorithm);
    return fmt::format("the bundle signs other bytes: SHA-256 {}, but these have {}. {}", other->digest, sha256,
                       sign_again);
  }
  if (const auto elsewhere = std::ranges::find_if(files, same); elsewhere != files.end())
    return fmt::format(
        "the bundle signs these bytes under another name, {}. Give the file that name back, or sign it "
        "as {}.",
        elsewhere->name, name);
  return fmt::format("the bundle signs {} file{}, none of them {}. {}", files.size(), files.size() == 1 ? "" : "s",
                     name, sign_again);
}

/// The key must be right before a word of the payload is believed.
std::optional<std::string> forged(const Bundle& bundle, const PublicKey& key, const SignatureSpec& spec) {
  const bool other_key = !bundle.key_hint.empty() && bundle.key_hint != key.hint();
  if (key.verifies(bundle.signed_bytes(), bundle.signature) && !other_key) return std::nullopt;
  if (other_key)
    return fmt::format(
        "{} names another key than {} (its hint, the SHA-256 of a key's PEM, is {:.64}; {} has {}). Name the signer's "
        "public key, or have the model signed by its owner.",
        spec.bundle_written, spec.public_key_written, bundle.key_hint, spec.public_key_written, key.hint());
  return fmt::format("the signature in {} was not made by {} over what stands there. {}", spec.bundle_written,
                     spec.public_key_written, sign_again);
}

}  // namespace

std::expected<std::string, std::string> verify_signature(const SignatureSpec& spec, const std::string& path,
                                                         const std::string& sha256) {
  const auto pem = read_small(spec.public_key);
  if (!pem) return std::unexpected(fmt::format("{} {}. {}", spec.public_key_written, pem.error(), name_the_files));
  const auto key = PublicKey::from_pem(*pem);
  if (!key)
    return std::unexpected(fmt::format(
        "{} {}. Take the public key of the signer's P-256 pair (openssl ec -in KEY -pubout), or make one: openssl "
        "ecparam -name prime256v1 -genkey -noout -out KEY.",
        spec.public_key_written, key.error()));
  const auto bytes = read_small(spec.bundle);
  if (!bytes) return std::unexpected(fmt::format("{} {}. {}", spec.bundle_written, bytes.error(), name_the_files));
  const auto bundle = read_bundle(*bytes);
  const auto unusable = [&](const std::string& why) {
    return std::unexpected(fmt::format("{} is no bundle that modelgate can use: {}. {}", spec.bundle_written,
                                       why.ends_with('.') ? why.substr(0, why.size() - 1) : why, sign_again));
  };
  if (!bundle) return unusable(bundle.error());
  if (auto doubt = forged(*bundle, *key, spec)) return std::unexpected(std::move(*doubt));
  const auto files = read_statement(bundle->payload);
  if (!files) return unusable(files.error());
  const std::string name = std::filesystem::path(path).filename().string();
  if (auto doubt = contradiction(*files, name, sha256)) return std::unexpected(std::move(*doubt));
  return key->fingerprint();
}

}  // namespace modelgate
