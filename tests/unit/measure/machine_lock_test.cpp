// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/machine_lock.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "gate/core/clock.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LockFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "modelgate-lock-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<MachineLock> take(const std::vector<std::string>& paths) {
    SilentProgress silent;
    const std::atomic<bool> cancel = true;  // whoever would wait comes back at once
    return MachineLock::take(paths, clock_, silent, &cancel);
  }
  std::string path(const std::string& name) const { return folder_ / name; }

  SteadyClock clock_;
  fs::path folder_;
};

/// Does something the first time it is told of waiting, and keeps what it was told.
class Listener final : public Progress {
 public:
  explicit Listener(std::function<void()> once) : once_(std::move(once)) {}
  void update(std::string_view phase, std::size_t, std::optional<std::size_t> total) override {
    EXPECT_FALSE(total);
    told.emplace_back(phase);
    if (once_) std::exchange(once_, nullptr)();
  }
  void finish(std::string_view phase) override { finished.emplace_back(phase); }
  std::vector<std::string> told;
  std::vector<std::string> finished;

 private:
  std::function<void()> once_;
};

TEST_F(LockFolder, IsHeldByOneAtATimeAndFreeAgainAfterwards) {
  {
    const auto first = take({path("lock")});
    ASSERT_TRUE(first.has_value());
    EXPECT_THAT(first->warning(), IsEmpty());
    EXPECT_EQ(first->waited_s(), 0.0);
    const auto second = take({path("lock")});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().reason, Reason::cancelled);
  }
  EXPECT_TRUE(take({path("lock")}).has_value());
}

TEST_F(LockFolder, SaysForWhomItWaitsAndForHowLong) {
  auto held = std::optional(take({path("lock")}));
  ASSERT_TRUE(held->has_value());
  Listener listener([&] { held.reset(); });
  const auto lock = MachineLock::take({path("lock")}, clock_, listener, nullptr);
  ASSERT_TRUE(lock.has_value());
  EXPECT_GT(lock->waited_s(), 0.0);
  ASSERT_FALSE(listener.told.empty());
  EXPECT_THAT(listener.told.front(), AllOf(HasSubstr("waiting for "), HasSubstr(std::to_string(::getpid()))));
  EXPECT_THAT(listener.finished, ElementsAre(listener.told.front()));
}

TEST_F(LockFolder, IsOpenToEveryUserWhateverTheUmask) {
  const mode_t before = ::umask(0777);
  const auto lock = take({path("lock")});
  ::umask(before);
  ASSERT_TRUE(lock.has_value());
  struct stat what{};
  ASSERT_EQ(::stat(path("lock").c_str(), &what), 0);
  EXPECT_EQ(what.st_mode & 0777, 0666U);
}

TEST_F(LockFolder, TakesTheNextPathWhereOneCannotBeMade) {
  const auto lock = take({path("nowhere/lock"), path("lock")});
  ASSERT_TRUE(lock.has_value());
  EXPECT_THAT(lock->warning(), IsEmpty());
  EXPECT_TRUE(fs::exists(path("lock")));
}

TEST_F(LockFolder, GoesOnWithAWarningWhereThereIsNone) {
  const auto lock = take({path("nowhere/lock")});
  ASSERT_TRUE(lock.has_value());
  EXPECT_THAT(lock->warning(), AllOf(HasSubstr(path("nowhere/lock")), HasSubstr("MODELGATE_LATENCY_LOCK")));
}

TEST_F(LockFolder, TrustsNoLinkPipeOrFolderInItsPlace) {
  std::ofstream(path("victim")) << "kept";
  fs::create_symlink(path("victim"), path("link"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  fs::create_directory(path("folder"));
  for (const char* name : {"link", "pipe", "folder"}) {
    const auto lock = take({path(name)});
    ASSERT_TRUE(lock.has_value()) << name;
    EXPECT_THAT(lock->warning(), HasSubstr(name));
  }
}

TEST_F(LockFolder, FollowsTheFileThatOthersOpenWhereTheOldOneWasTidiedAway) {
  auto held = std::optional(take({path("lock")}));
  Listener listener([&] {
    fs::remove(path("lock"));
    held.reset();
  });
  const auto lock = MachineLock::take({path("lock")}, clock_, listener, nullptr);
  ASSERT_TRUE(lock.has_value());
  EXPECT_FALSE(take({path("lock")}).has_value()) << "a third gate does not see the second one's lock";
}

TEST(LockPaths, AreTheOneNamedOrTheOneOfTheMachine) {
  ::setenv("MODELGATE_LATENCY_LOCK", "/shared/lock", 1);
  EXPECT_THAT(lock_paths(), ElementsAre("/shared/lock"));
  ::setenv("MODELGATE_LATENCY_LOCK", "", 1);
  EXPECT_EQ(lock_paths().front(), "/tmp/modelgate-latency.lock");
  ::unsetenv("MODELGATE_LATENCY_LOCK");
  EXPECT_EQ(lock_paths().front(), "/tmp/modelgate-latency.lock");
}

}  // namespace
}  // namespace modelgate
