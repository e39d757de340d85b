// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/digest.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace modelgate {
namespace {

namespace fs = std::filesystem;
// FIPS 180-4 example: SHA-256("abc").
constexpr auto abc_digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class Digest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("mg_digest_" + std::to_string(::getpid()) +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_ / "sub");
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  fs::path folder_;
};

TEST_F(Digest, EqualsThePublishedValues) {
  EXPECT_EQ(sha256_hex("abc"), abc_digest);
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Digest, IsKnownByItsSixtyFourLowerCaseHexDigits) {
  EXPECT_TRUE(is_sha256_hex(abc_digest));
  for (const std::string other : {"", "m1", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
    EXPECT_FALSE(is_sha256_hex(other)) << other;
  EXPECT_FALSE(is_sha256_hex(std::string(abc_digest) + "0"));
}

TEST_F(Digest, OfAFileEqualsThatOfItsBytesBeyondOneBuffer) {
  const std::string text(3U << 20U, 'x');
  EXPECT_EQ(sha256_file(write("big", text)).value(), sha256_hex(text));
  EXPECT_EQ(sha256_file(write("empty", "")).value(), sha256_hex(""));
}

TEST_F(Digest, OfADescriptorReadsFromTheStartAndLeavesTheOffset) {
  const int fd = ::open(write("a", "abc").c_str(), O_RDONLY);
  ASSERT_EQ(::lseek(fd, 2, SEEK_SET), 2);
  EXPECT_EQ(sha256_fd(fd).value(), abc_digest);
  EXPECT_EQ(::lseek(fd, 0, SEEK_CUR), 2);
  ::close(fd);
  EXPECT_FALSE(sha256_fd(-1).has_value());
}

TEST_F(Digest, OfOneFileIsPlainAndOfSeveralCoversNamesRelativeToTheirFolder) {
  const std::vector<std::string> paths{write("a", "abc"), write("sub/b", "")};
  EXPECT_EQ(sha256_files(std::span(paths).first(1)).value(), abc_digest);
  EXPECT_EQ(sha256_files(paths).value(), sha256_hex(std::string(abc_digest) + "  a\n" + sha256_hex("") + "  sub/b\n"));
  const std::vector<std::string> siblings{write("sub/b", ""), write("a", "abc")};
  EXPECT_EQ(sha256_files(siblings).value(),
            sha256_hex(sha256_hex("") + "  sub/b\n" + std::string(abc_digest) + "  a\n"));
}

TEST_F(Digest, ErrorsNameThePath) {
  const auto absent = sha256_file(folder_ / "absent");
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().message, "Cannot open " + (folder_ / "absent").string() + ": No such file or directory.");
  EXPECT_FALSE(sha256_file(folder_).has_value()) << "a folder has no bytes";
  EXPECT_FALSE(sha256_files({}).has_value());
}

}  // namespace
}  // namespace modelgate
