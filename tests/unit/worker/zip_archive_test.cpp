// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/zip_archive.hpp"

#include <gmock/gmock.h>

#include "tests/unit/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

class Zip : public testing::Test {
 protected:
  Result<ZipArchive> opened(const std::vector<Entry>& entries, const ZipLimits& limits = {}) {
    write_zip(path_, entries);
    return ZipArchive::open(open_file(path_).get(), limits);
  }

  std::string refusal(const std::vector<Entry>& entries, const ZipLimits& limits = {}) {
    const auto archive = opened(entries, limits);
    EXPECT_FALSE(archive.has_value());
    return archive ? std::string() : archive.error().message;
  }

  Folder folder_;
  std::string path_ = folder_.path() + "/a.zip";
};

TEST_F(Zip, GivesItsMembersWholeWhetherStoredOrDeflated) {
  const std::string long_text(300'000, 'a');
  const auto archive = opened({{"m/one", "1"}, {"m/folder/", ""}, {"m/two", long_text, true}, {"m/ümlaut", ""}});
  ASSERT_TRUE(archive.has_value()) << archive.error().message;
  ASSERT_EQ(archive->members().size(), 3U) << "the folder is left out";
  EXPECT_EQ(archive->text(*archive->find("m/one"), 10), "1");
  EXPECT_EQ(archive->head(*archive->find("m/two"), 5), "aaaaa");
  EXPECT_EQ(archive->head(*archive->find("m/one"), 5), "1");
  EXPECT_EQ(archive->text(*archive->find("m/ümlaut"), 10), "");
  EXPECT_EQ(archive->find("m/three"), nullptr);
  ASSERT_TRUE(archive->extract(*archive->find("m/two"), folder_.path(), "out").has_value());
  EXPECT_EQ(read_file(folder_.path() + "/out"), long_text);
}

TEST_F(Zip, LeavesTheCallersDescriptorOpen) {
  write_zip(path_, {{"m/one", "1"}});
  const UniqueFd fd = open_file(path_);
  EXPECT_TRUE(ZipArchive::open(fd.get()).has_value());
  EXPECT_TRUE(ZipArchive::open(fd.get()).has_value()) << "a second time, from wherever the first stopped reading";
  EXPECT_NE(::fcntl(fd.get(), F_GETFD), -1);
}

TEST_F(Zip, RefusesNamesThatLeadElsewhereOrForgeText) {
  for (const std::string name :
       {"../x", "m/../../x", "m/..", "..", "/etc/passwd", "m//x", "m/./x", "./x", "m\\x", "m/a\nb", "m/\x1b[31m",
        "m/\x7f", "m/\xc2\x85", "m/\xff\xfe", "m/\xc0\xae\xc0\xae/x"}) {
    EXPECT_THAT(refusal({{"m/one", "1"}, {name, "2"}}),
                AnyOf(HasSubstr("in its name"), HasSubstr("has a name that"), HasSubstr("has an absolute name")))
        << testing::PrintToString(name);
  }
  EXPECT_THAT(refusal({{"m/" + std::string(600, 'x'), "2"}}), HasSubstr("longer than 512 bytes"));
}

TEST_F(Zip, RefusesLinksAndDevices) {
  for (const std::uint32_t type : {S_IFLNK, S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK})
    EXPECT_THAT(refusal({{"m/one", "1"}, {"m/link", "/etc/passwd", false, type | 0777U}}),
                HasSubstr("a link or a device"));
}

TEST_F(Zip, RefusesTwoMembersOfOneName) {
  write_zip(path_, {{"m/twin1", "good"}, {"m/twin2", "bad"}});
  write_file(path_, replace_all(read_file(path_), "twin2", "twin1"));
  const auto archive = ZipArchive::open(open_file(path_).get());
  ASSERT_FALSE(archive.has_value());
  EXPECT_THAT(archive.error().message, AnyOf(HasSubstr("name of another one"), HasSubstr("cannot be read")));
}

TEST_F(Zip, RefusesABombBeforeItUnpacksAnything) {
  const std::string zeros(std::size_t{8} << 20, '\0');
  EXPECT_THAT(refusal({{"m/one", "1"}, {"m/bomb", zeros, true}}), HasSubstr("more than 100 times its size"));
  EXPECT_TRUE(opened({{"m/stored", zeros}}).has_value()) << "as large, but honest";
  EXPECT_THAT(refusal({{"m/a", "12345"}, {"m/b", "67890"}}, {.total_bytes = 9}), HasSubstr("makes it more than"));
}

TEST_F(Zip, RefusesThousandsOfMembers) {
  std::vector<Entry> many;
  for (int i = 0; i < 10'001; ++i) many.push_back({"m/" + std::to_string(i), ""});
  EXPECT_THAT(refusal(many), HasSubstr("holds 10001 files; at most 10000 are taken"));
}

TEST_F(Zip, RefusesToReadAMemberThatIsLongerThanWanted) {
  const auto archive = opened({{"m/one", "12345"}});
  ASSERT_TRUE(archive.has_value());
  EXPECT_FALSE(archive->text(archive->members()[0], 4).has_value());
}

TEST_F(Zip, CutAnywhereIsRefused) {
  write_zip(path_, sound_package());
  const std::string whole = read_file(path_);
  for (std::size_t length = 1; length<whole.size(); length += length> whole.size() - 200 ? 1 : 53) {
    write_file(path_, whole.substr(0, length));
    const auto archive = ZipArchive::open(open_file(path_).get());
    ASSERT_FALSE(archive.has_value()) << length << " of " << whole.size();
    ASSERT_THAT(archive.error().message, StartsWith("the package "));
  }
}

TEST_F(Zip, WithAFlippedByteIsRefusedOrGivesTheBytesThatItClaims) {
  write_zip(path_, {{"m/one", "the first member"}, {"m/two", std::string(2000, 'b'), true}});
  const std::string whole = read_file(path_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x41);
    write_file(path_, flipped);
    const auto archive = ZipArchive::open(open_file(path_).get());
    if (!archive) continue;
    for (const auto& member : archive->members()) {
      const auto text = archive->text(member, 1 << 20);
      if (text) {
        EXPECT_EQ(text->size(), member.bytes) << at;
      }
    }
  }
}

TEST_F(Zip, ThatIsNoneIsRefused) {
  write_file(path_, "hello");
  const auto archive = ZipArchive::open(open_file(path_).get());
  ASSERT_FALSE(archive.has_value());
  EXPECT_THAT(archive.error().message, HasSubstr("cannot be read as a zip archive"));
}

}  // namespace
}  // namespace modelgate::test
