// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gate/core/progress.hpp"
#include "gate/replay/replay.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Golden rows in two files, the candidate's scores among their columns.
class ChangedData : public testing::Test {
 protected:
  ChangedData() : folder_(fs::temp_directory_path() / ("mg_changed_data_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    write("a.csv", "label,score\n0,0.25\n1,0.75\n");
    write("b.csv", "label,score\n1,0.75\n0,0.25\n");
    plan_.dataset.path = folder_;
    plan_.dataset.written = "golden";
    plan_.dataset.label.columns = {"label"};
    plan_.models[index_of(Role::candidate)].source = ModelSource::dataset;
    plan_.models[index_of(Role::candidate)].columns = {"score"};
  }
  ~ChangedData() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  /// A replay during which this happens, behind the opening of the files and before their rows.
  Result<ReplayResult> replay_while(const std::function<void()>& happens) const {
    ReplayHost host;
    host.open_reader = [&](const GoldenRequest& request) {
      auto reader = GoldenReader::open(request);
      happens();
      return reader;
    };
    SilentProgress silent;
    return replay(plan_, {}, silent, host);
  }

  fs::path folder_;
  Plan plan_;
};

TEST_F(ChangedData, GoldenRowsLeftAloneAreReplayed) {
  const auto replayed = replay_while([] {});
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->table.rows.rows, 4U);
}

TEST_F(ChangedData, AGoldenFileReplacedUnderTheReplayIsAMismatch) {
  const auto replayed = replay_while([this] {
    write("other.tmp", "label,score\n1,0.75\n1,0.75\n");
    fs::rename(folder_ / "other.tmp", folder_ / "b.csv");
  });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().reason, Reason::digest_mismatch);
  EXPECT_THAT(replayed.error().message, HasSubstr("b.csv was changed or replaced while the gate was running"));
}

TEST_F(ChangedData, AGoldenFileThatGrowsUnderTheReplayIsAMismatch) {
  const auto replayed =
      replay_while([this] { std::ofstream(folder_ / "b.csv", std::ios::app | std::ios::binary) << "1,0.75\n"; });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().reason, Reason::digest_mismatch);
}

}  // namespace
}  // namespace modelgate
