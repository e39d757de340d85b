// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/scratch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

ScratchFolder made() {
  auto folder = ScratchFolder::make();
  EXPECT_TRUE(folder.has_value()) << (folder ? "" : folder.error().message);
  return folder ? std::move(*folder) : ScratchFolder();
}

TEST(ScratchFolder, BelongsToItsUserAloneAndGoesWithAllThatIsInIt) {
  std::string path;
  {
    const ScratchFolder folder = made();
    path = folder.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path + "/a/b/c");
    std::ofstream(path + "/a/b/file") << "x";
    fs::create_symlink("nowhere", path + "/a/dangling");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, NeverFollowsALink) {
  const ScratchFolder kept = made();
  std::ofstream(kept.path() + "/kept") << "x";
  {
    const ScratchFolder folder = made();
    fs::create_directory_symlink(kept.path(), folder.path() + "/link");
    fs::create_directory(folder.path() + "/inner");
    fs::create_directory_symlink(kept.path(), folder.path() + "/inner/link");
  }
  EXPECT_TRUE(fs::exists(kept.path() + "/kept"));
  const ScratchFolder place = made();
  const std::string link = place.path() + "/link";
  fs::create_directory_symlink(kept.path(), link);
  EXPECT_FALSE(remove_folder(link));
  EXPECT_TRUE(fs::exists(kept.path() + "/kept"));
}

TEST(ScratchFolder, GoesThoughItsOwnerLeftNoRights) {
  const ScratchFolder place = made();
  const std::string path = place.path() + "/folder";
  fs::create_directories(path + "/shut/inner");
  std::ofstream(path + "/shut/inner/file") << "x";
  for (const char* name : {"/shut/inner", "/shut", ""}) ASSERT_EQ(::chmod((path + name).c_str(), 0), 0);
  EXPECT_TRUE(remove_folder(path));
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, GoesHoweverDeepItIs) {
  const ScratchFolder place = made();
  ASSERT_EQ(::mkdir((place.path() + "/deep").c_str(), 0700), 0);
  UniqueFd at(::open((place.path() + "/deep").c_str(), O_RDONLY | O_DIRECTORY));
  for (int depth = 0; depth < 1200; ++depth) {  // longer than any path, more than a process may have open
    ASSERT_EQ(::mkdirat(at.get(), "deeper", 0700), 0);
    at = UniqueFd(::openat(at.get(), "deeper", O_RDONLY | O_DIRECTORY));
  }
  EXPECT_TRUE(remove_folder(place.path() + "/deep"));
}

TEST(ScratchFolder, SaysWhereNoneCanBeMade) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nowhere", 1);
  const auto folder = ScratchFolder::make();
  if (kept.empty())
    ::unsetenv("TMPDIR");
  else
    ::setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().message.find("in /nowhere: No such file or directory"), std::string::npos);
}

/// $TMPDIR is a folder of the test's own.
class AbandonedScratch : public ::testing::Test {
 protected:
  AbandonedScratch() { ::setenv("TMPDIR", place_.path().c_str(), 1); }
  ~AbandonedScratch() override { before_.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", before_.c_str(), 1); }

  /// A folder with a file in it, last changed so many seconds ago.
  std::string left(const std::string& name, int age_s, mode_t mode = 0700) const {
    const std::string path = place_.path() + "/" + name;
    fs::create_directory(path);
    std::ofstream(path + "/file") << "x";
    ::chmod(path.c_str(), mode);
    age(path, age_s);
    return path;
  }
  static void age(const std::string& path, int age_s) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(age_s));
  }

  std::string before_ = std::getenv("TMPDIR") == nullptr ? "" : std::getenv("TMPDIR");
  ScratchFolder place_ = made();
};

constexpr int long_ago_s = 7200;

TEST_F(AbandonedScratch, OfAKilledGateIsRemoved) {
  const std::string abandoned = left("modelgate-aZ09bc", long_ago_s);
  ScratchFolder::remove_abandoned();
  EXPECT_FALSE(fs::exists(abandoned));
}

TEST_F(AbandonedScratch, OfAGateThatLivesStaysHoweverOld) {
  const ScratchFolder used = made();
  age(used.path(), long_ago_s);
  ScratchFolder::remove_abandoned();
  EXPECT_TRUE(fs::exists(used.path()));
}

TEST_F(AbandonedScratch, ThatIsYoungOrNotSurelyOursStays) {
  const std::vector<std::string> others{left("modelgate-young1", 60), left("modelgate-longer1", long_ago_s),
                                        left("modelgate-a_b_c_", long_ago_s), left("other-abcdef", long_ago_s),
                                        left("modelgate-shared", long_ago_s, 0755)};
  const std::string file = place_.path() + "/modelgate-afile1";
  std::ofstream(file) << "x";
  age(file, long_ago_s);
  fs::create_directory_symlink(others[3], place_.path() + "/modelgate-alink1");
  ScratchFolder::remove_abandoned();
  for (const std::string& other : others) EXPECT_TRUE(fs::exists(other + "/file")) << other;
  EXPECT_TRUE(fs::exists(file));
  EXPECT_TRUE(fs::is_symlink(place_.path() + "/modelgate-alink1"));
}

}  // namespace
}  // namespace modelgate
