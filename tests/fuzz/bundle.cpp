// SPDX-License-Identifier: Apache-2.0
// Any bytes as a signature bundle, a signed statement, a public key: what it says, or a clause that says what is wrong;
// and what the strict JSON reader takes it takes again from its own text.
#include "gate/integrity/bundle.hpp"

#include "gate/integrity/public_key.hpp"
#include "gate/integrity/strict_json.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

using fuzz::require;

void json(std::string_view text) {
  const auto read = strict_json(text, "document");
  if (!read) return require(!read.error().empty());
  const auto again = strict_json(read->dump(), "document");
  require(again.has_value() && *again == *read);
}

void statement(std::string_view text) {
  const auto files = read_statement(text);
  if (!files) return require(!files.error().empty());
  require(!files->empty());
}

void bundle(std::string_view text) {
  const auto read = read_bundle(text);
  if (!read) return require(!read.error().empty());
  require(!read->signature.empty() && !read->payload.empty() && read->signed_bytes().ends_with(read->payload));
  statement(read->payload);
}

void key(std::string_view text) {
  const auto read = PublicKey::from_pem(text);
  if (!read) return require(!read.error().empty());
  require(read->fingerprint().size() == 64 && read->hint().size() == 64 && !read->verifies("message", text));
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = modelgate::fuzz::text_of(data, size);
  modelgate::json(text);
  modelgate::bundle(text);
  modelgate::statement(text);
  modelgate::key(text);
  return 0;
}
