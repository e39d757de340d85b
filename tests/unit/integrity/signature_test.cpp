// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include "tests/unit/integrity/signed_fixture.hpp"

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Change = std::function<void(Json&)>;
namespace fs = std::filesystem;

const std::string digest(64, 'a');
const std::string other_digest(64, 'b');

class Signature : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("mg_signature_" + std::to_string(::getpid()) +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    write("key.pem", pem_of(key_.get()));
    write("m.sig", signed_bundle().dump(2));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  Json signed_bundle() const { return bundle_of(key_.get(), statement_.dump()); }

  std::expected<std::string, std::string> verify(const std::string& name = "m.pt") const {
    const SignatureSpec spec{folder_ / "m.sig", folder_ / "key.pem", "m.sig", "key.pem", 1};
    return verify_signature(spec, "models/" + name, digest);
  }
  /// Why the bundle of this text is refused; "accepted" if it is not.
  std::string refusal(const std::string& bundle) const {
    write("m.sig", bundle);
    const auto verified = verify();
    return verified ? "accepted" : verified.error();
  }
  std::string refusal_of_bundle(const Change& change) const {
    Json bundle = signed_bundle();
    change(bundle);
    return refusal(bundle.dump());
  }
  /// The statement is changed by one who has the key.
  std::string refusal_of_statement(const Change& change) const {
    Json statement = statement_;
    change(statement);
    return refusal(bundle_of(key_.get(), statement.dump()).dump());
  }
  std::string refusal_of_key(const std::string& pem) const {
    write("key.pem", pem);
    const auto verified = verify();
    return verified ? "accepted" : verified.error();
  }

  Key key_ = curve_key();
  Json statement_ = statement_of({{"m.pt", digest}, {"readme.md", other_digest}});
  fs::path folder_;
};

TEST_F(Signature, ThatHoldsTellsTheFingerprintOfTheKey) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  const std::string fingerprint = sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  const auto verified = verify();
  ASSERT_TRUE(verified.has_value()) << verified.error();
  EXPECT_EQ(*verified, fingerprint);
}

TEST_F(Signature, OfOneFileByItselfHoldsUnderAnyName) {
  write("m.sig", bundle_of(key_.get(), statement_of({{".", digest}}).dump()).dump());
  EXPECT_TRUE(verify("renamed.pt").has_value());
}

TEST_F(Signature, OfAFolderNamesFilesByTheirPathInIt) {
  write("m.sig", bundle_of(key_.get(), statement_of({{"v2/m.pt", digest}, {"v1/m.pt", other_digest}}).dump()).dump());
  EXPECT_TRUE(verify().has_value());
}

TEST_F(Signature, WithoutAKeyHintHoldsByItsBytes) {
  Json bundle = signed_bundle();
  bundle["verificationMaterial"]["publicKey"].erase("hint");
  EXPECT_EQ(refusal(bundle.dump()), "accepted");
}

TEST_F(Signature, IsRefusedForEachChangedFieldOfTheBundle) {
  const auto at = [](Json& bundle) -> Json& { return bundle["dsseEnvelope"]; };
  const std::vector<std::pair<std::string, Change>> changes{
      {"mediaType is missing", [](Json& b) { b.erase("mediaType"); }},
      {"v0.1+json", [](Json& b) { b["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.1+json"; }},
      {"plain key pair", [](Json& b) { b.erase("verificationMaterial"); }},
      {"plain key pair", [](Json& b) { b["verificationMaterial"] = {{"x509CertificateChain", Json::object()}}; }},
      {"another key than key.pem", [](Json& b) { b["verificationMaterial"]["publicKey"]["hint"] = digest; }},
      {"hint is no text", [](Json& b) { b["verificationMaterial"]["publicKey"]["hint"] = 7; }},
      {"payloadType is missing", [](Json& b) { b.erase("dsseEnvelope"); }},
      {"payloadType is", [&](Json& b) { at(b)["payloadType"] = "text/plain"; }},
      {"not made by key.pem", [&](Json& b) { at(b)["payload"] = base64(statement_of({{"m.pt", digest}}).dump()); }},
      {"not base64", [&](Json& b) { at(b)["payload"] = "????"; }},
      {"not base64", [&](Json& b) { at(b)["payload"] = at(b)["payload"].get<std::string>() + "\n"; }},
      {"not base64", [&](Json& b) { at(b).erase("payload"); }},
      {"exactly one signature", [&](Json& b) { at(b)["signatures"] = Json::array(); }},
      {"exactly one signature", [&](Json& b) { at(b)["signatures"].push_back(at(b)["signatures"][0]); }},
      {"not base64", [&](Json& b) { at(b)["signatures"][0].erase("sig"); }},
      {"not made by key.pem", [&](Json& b) { at(b)["signatures"][0]["sig"] = base64("no signature"); }},
      {"not made by key.pem",
       [&](Json& b) {
         at(b)["signatures"][0]["sig"] = bundle_of(key_.get(), "{}")["dsseEnvelope"]["signatures"][0]["sig"];
       }},
  };
  for (const auto& [word, change] : changes) EXPECT_THAT(refusal_of_bundle(change), HasSubstr(word));
}

TEST_F(Signature, IsRefusedForEachChangedFieldOfTheStatementThoughItsSignatureHolds) {
  const auto files = [](Json& s) -> Json& { return s["predicate"]["resources"]; };
  const std::vector<std::pair<std::string, Change>> changes{
      {"_type is", [](Json& s) { s["_type"] = "https://in-toto.io/Statement/v0.1"; }},
      {"predicateType is", [](Json& s) { s["predicateType"] = "https://slsa.dev/provenance/v1"; }},
      {"method is \"shards\"", [](Json& s) { s["predicate"]["serialization"]["method"] = "shards"; }},
      {"exactly one subject", [](Json& s) { s["subject"].push_back(s["subject"][0]); }},
      {"exactly one subject", [](Json& s) { s.erase("subject"); }},
      {"has no SHA-256", [](Json& s) { s["subject"][0]["digest"] = {{"sha512", digest}}; }},
      {"digest of its subject", [](Json& s) { s["subject"][0]["digest"]["sha256"] = other_digest; }},
      {"digest of its subject", [&](Json& s) { files(s)[1]["digest"] = digest; }},
      {"names no files", [&](Json& s) { files(s) = Json::array(); }},
      {"names no files",
       [](Json& s) {
         s.erase("predicate");
         s["predicate"]["serialization"]["method"] = "files";
       }},
      {"lacks name", [&](Json& s) { files(s)[0].erase("algorithm"); }},
      {"lacks name", [&](Json& s) { files(s)[0]["digest"] = "XYZ"; }},
      {"\"m.pt\" twice", [&](Json& s) { files(s)[1]["name"] = "m.pt"; }},
      {"signs it by blake3", [&](Json& s) { files(s)[0]["algorithm"] = "blake3"; }},
      {"under another name, n.pt", [&](Json& s) { files(s)[0]["name"] = "n.pt"; }},
      {"other bytes", [](Json& s) { s = statement_of({{"m.pt", other_digest}, {"n.pt", digest}}); }},
      {"none of them m.pt", [](Json& s) { s = statement_of({{"n.pt", other_digest}}); }},
  };
  for (const auto& [word, change] : changes) EXPECT_THAT(refusal_of_statement(change), HasSubstr(word));
  const std::string doubled = R"({"_type": "a", "_type": "https://in-toto.io/Statement/v1"})";
  EXPECT_THAT(refusal(bundle_of(key_.get(), doubled).dump()), HasSubstr("key \"_type\" twice"));
}

TEST_F(Signature, OfAnotherKeyIsRefused) {
  const Key stranger = curve_key();
  Json bundle = bundle_of(stranger.get(), statement_.dump());
  EXPECT_THAT(refusal(bundle.dump()), HasSubstr("names another key than key.pem"));
  bundle["verificationMaterial"]["publicKey"].erase("hint");
  EXPECT_THAT(refusal(bundle.dump()), HasSubstr("not made by key.pem"));
  bundle["verificationMaterial"]["publicKey"]["hint"] = sha256_hex(pem_of(key_.get()));
  EXPECT_THAT(refusal(bundle.dump()), HasSubstr("not made by key.pem"));
}

TEST_F(Signature, IsTakenOfEcdsaOnP256Alone) {
  EXPECT_THAT(refusal_of_key(pem_of(curve_key("P-384").get())),
              AllOf(HasSubstr("key.pem is a key on the curve secp384r1"), HasSubstr("prime256v1")));
  const Key rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}), &EVP_PKEY_free);
  EXPECT_THAT(refusal_of_key(pem_of(rsa.get())), HasSubstr("kind RSA"));
  const Key edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  EXPECT_THAT(refusal_of_key(pem_of(edwards.get())), HasSubstr("kind ED25519"));
}

TEST_F(Signature, NeedsAPublicKeyThatCanBeRead) {
  EXPECT_THAT(refusal_of_key("-----BEGIN EC PRIVATE KEY-----\n"),
              HasSubstr("holds a private key, which no gate may see"));
  EXPECT_THAT(refusal_of_key("-----BEGIN CERTIFICATE-----\n"), HasSubstr("is no public key in PEM form"));
  EXPECT_THAT(refusal_of_key("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
              HasSubstr("that OpenSSL can read"));
  EXPECT_THAT(refusal_of_key(""), HasSubstr("is no public key in PEM form"));
  const std::string own = pem_of(key_.get());
  EXPECT_THAT(refusal_of_key(own + pem_of(curve_key("prime256v1").get())), HasSubstr("holds more than one key"));
  EXPECT_THAT(refusal_of_key(pem_of(curve_key("prime256v1").get()) + own), HasSubstr("holds more than one key"));
  fs::remove(folder_ / "key.pem");
  EXPECT_THAT(verify().error(), HasSubstr("key.pem cannot be opened: No such file"));
}

TEST_F(Signature, NeedsABundleThatIsOneJsonDocumentOfASmallFile) {
  EXPECT_THAT(refusal(""), HasSubstr("no whole JSON document"));
  EXPECT_THAT(refusal(signed_bundle().dump().substr(0, 200)), HasSubstr("no whole JSON document"));
  EXPECT_THAT(refusal(signed_bundle().dump() + std::string(1, '\0')), HasSubstr("no whole JSON document"));
  EXPECT_THAT(refusal(R"({"mediaType": 1, "mediaType": 2})"), HasSubstr("key \"mediaType\" twice"));
  EXPECT_THAT(refusal(std::string(1000, '[') + std::string(1000, ']')), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal(std::string((1U << 20U) + 1, ' ')), HasSubstr("larger than 1 MiB"));
  EXPECT_THAT(refusal("[]"), HasSubstr("mediaType is missing"));
  fs::remove(folder_ / "m.sig");
  EXPECT_THAT(verify().error(), HasSubstr("m.sig cannot be opened: No such file"));
  fs::create_directory(folder_ / "m.sig");
  EXPECT_THAT(verify().error(), HasSubstr("not a regular file"));
  fs::remove(folder_ / "m.sig");
  ::mkfifo((folder_ / "m.sig").c_str(), 0600);
  EXPECT_THAT(verify().error(), HasSubstr("not a regular file"));  // and does not wait for a writer
}

}  // namespace
}  // namespace modelgate::test
