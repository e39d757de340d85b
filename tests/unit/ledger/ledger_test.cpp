// SPDX-License-Identifier: Apache-2.0
#include "gate/ledger/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "gate/core/policy.hpp"
#include "gate/ledger/ledger_file.hpp"
#include "gate/stats/spending.hpp"

namespace modelgate {
namespace {

using ::testing::HasSubstr;
using Status = Reuse::Status;

/// Hashes of the rows first…last: any bijection does, they are keyed again.
std::vector<std::uint64_t> ids(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> made(last - first);
  std::iota(made.begin(), made.end(), first);
  for (std::uint64_t& id : made) id *= 0x9e3779b97f4a7c15ULL;
  return made;
}

Judgement judged(const std::string& candidate, std::uint64_t rows, const std::string& data, std::uint64_t from = 0) {
  return {sketch_of(ids(from, from + rows)), candidate, "v1", {data, rows, "2026-11-22"}};
}

LedgerSpec spec(std::size_t budget, std::size_t looks = 1) {
  LedgerSpec made;
  made.path = made.written = "ledger.json";
  made.budget = budget;
  made.looks = looks;
  return made;
}

TEST(Sketch, IsTheSameForAnyOrderAndBounded) {
  auto rows = ids(0, 20'000);
  const Sketch sketch = sketch_of(rows);
  EXPECT_EQ(sketch.size(), sketch_size);
  std::ranges::reverse(rows);
  EXPECT_EQ(sketch_of(rows), sketch);
  EXPECT_TRUE(std::ranges::is_sorted(sketch));
}

TEST(Sketch, OfAUnionIsTheMerge) {
  for (const std::uint64_t cut : {100U, 900U, 5'000U, 19'000U}) {
    const Sketch merge = merged(sketch_of(ids(0, cut)), sketch_of(ids(cut / 2, 20'000)));
    EXPECT_EQ(merge, sketch_of(ids(0, 20'000))) << cut;
  }
}

TEST(Sketch, EstimatesHowMuchTheSmallerSetIsInTheOther) {
  const Sketch base = sketch_of(ids(0, 50'000));
  EXPECT_EQ(overlap(base, base), 1.0);
  EXPECT_EQ(overlap(base, sketch_of(ids(0, 50'001))), 1.0);
  EXPECT_EQ(overlap(base, sketch_of(ids(0, 1'000'000))), 1.0) << "grown twentyfold";
  EXPECT_EQ(overlap(base, sketch_of(ids(50'000, 100'000))), 0.0);
  EXPECT_NEAR(overlap(base, sketch_of(ids(20'000, 70'000))), 0.6, 0.06);
  EXPECT_EQ(overlap(base, Sketch{}), 0.0);
}

TEST(Ledger, CountsDistinctCandidates) {
  Ledger ledger;
  EXPECT_EQ(enter(ledger, judged("a", 2000, "d"), spec(2)).candidates, 1U);
  EXPECT_EQ(enter(ledger, judged("b", 2000, "d"), spec(2)).candidates, 2U);
  const Reuse again = enter(ledger, judged("a", 2000, "d"), spec(2));
  EXPECT_EQ(again.candidates, 1U);
  EXPECT_TRUE(again.seen);
  EXPECT_EQ(again.status, Status::counted);
  const Reuse third = enter(ledger, judged("c", 2000, "d"), spec(2));
  EXPECT_EQ(third.status, Status::candidates_exhausted);
  EXPECT_THAT(third.sentence, HasSubstr("Collect a new golden set."));
}

TEST(Ledger, AnAppendedRowDoesNotResetIt) {
  Ledger ledger;
  enter(ledger, judged("a", 20'000, "one"), spec(9));
  EXPECT_EQ(enter(ledger, judged("b", 20'001, "two"), spec(9)).candidates, 2U);
  EXPECT_EQ(enter(ledger, judged("c", 10'000, "half"), spec(9)).candidates, 3U) << "nor does leaving rows out";
  EXPECT_EQ(enter(ledger, judged("d", 20'000, "new", 1'000'000), spec(9)).candidates, 1U) << "other rows are new";
  EXPECT_EQ(ledger.sets.size(), 2U);
}

TEST(Ledger, RowsThatBelongToTwoSetsMakeThemOne) {
  Ledger ledger;
  enter(ledger, judged("a", 5'000, "one"), spec(9));
  enter(ledger, judged("b", 5'000, "two", 5'000), spec(9));
  EXPECT_EQ(ledger.sets.size(), 2U);
  EXPECT_EQ(enter(ledger, judged("c", 10'000, "both"), spec(9)).candidates, 3U);
  EXPECT_EQ(ledger.sets.size(), 1U);
}

TEST(Ledger, WithoutIdsTheFilesAreTheSetAndItSaysSo) {
  Ledger ledger;
  Judgement blind = judged("a", 2000, "d");
  blind.ids.clear();
  const Reuse reuse = enter(ledger, blind, spec(5));
  EXPECT_EQ(reuse.known_by, "file digest");
  EXPECT_THAT(reuse.sentence, HasSubstr("Without dataset.id an added row makes them look new"));
  blind.candidate = "b";
  EXPECT_EQ(enter(ledger, blind, spec(5)).candidates, 2U);
}

TEST(Ledger, PassIsJudgedAtAlphaOverTheBudget) {
  Ledger ledger;
  const Reuse reuse = enter(ledger, judged("a", 2000, "d"), spec(10));
  EXPECT_NEAR(pass_level(.05, reuse), .005, 1e-15);
  EXPECT_NEAR(reuse.fail_level, gate_alpha, 1e-15) << "reuse threatens false passes, not false fails";
  EXPECT_EQ(pass_level(.05, Reuse{}), .05) << "no ledger";
}

TEST(Ledger, LooksAtGrowingRowsSpendAlpha) {
  Ledger ledger;
  const LedgerSpec two = spec(1, 2);
  const Reuse first = enter(ledger, judged("a", 1000, "one"), two);
  EXPECT_NEAR(pass_level(.05, first), stats::spent_obrien_fleming(.05, .5), 1e-15);
  EXPECT_EQ(first.fail_level, pass_level(.05, first));
  EXPECT_EQ(enter(ledger, judged("a", 1000, "one"), two).look_rows.size(), 1U) << "the same data costs nothing";
  const Reuse second = enter(ledger, judged("a", 2000, "two"), two);
  EXPECT_EQ(second.look_rows, (std::vector<double>{1000, 2000}));
  EXPECT_NEAR(pass_level(.05, second), *stats::look_level(.05, std::vector{1000.0, 2000.0}, 2), 1e-15);
  const Reuse third = enter(ledger, judged("a", 3000, "three"), two);
  EXPECT_EQ(third.status, Status::looks_exhausted);
  EXPECT_GT(third.fail_level, 0.0) << "a proven fail still blocks";
  EXPECT_LT(third.fail_level, gate_alpha);
}

TEST(Ledger, ComesBackFromItsText) {
  Ledger ledger;
  enter(ledger, judged("a", 20'000, "one"), spec(9, 3));
  enter(ledger, judged("a", 30'000, "two"), spec(9, 3));
  enter(ledger, judged("b", 10, "other", 9'000'000), spec(9, 3));
  const std::string text = ledger_text(ledger);
  const auto read = parse_ledger(text, "l.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(ledger_text(*read), text);
  EXPECT_LT(text.size(), 40'000U) << "fit for version control";
}

TEST(Ledger, DamageIsAnErrorAndNeverAReset) {
  Ledger ledger;
  enter(ledger, judged("a", 3, "one"), spec(9));
  const std::string good = ledger_text(ledger);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const std::string& bad :
       {std::string{}, std::string{"{}"}, std::string{"[]"}, std::string{"null"}, good.substr(0, good.size() / 2),
        with("\"modelgate_ledger\": 1", "\"modelgate_ledger\": 2"), with("\"rows\": 3", "\"rows\": -3"),
        with("\"rows\": 3", "\"rows\": 0"), with("2026-11-22", "yesterday"), with("\"candidates\"", "\"candidate\""),
        with("\"version\": \"v1\"", "\"version\": 1"), with("\"data\": \"one\"", "\"data\": \"\""),
        with("\"modelgate_ledger\": 1", "\"modelgate_ledger\": true"),
        with("\"golden_sets\": [", "\"golden_sets\": [], \"golden_sets\": ["),
        std::string{R"({"modelgate_ledger": 1, "golden_sets": null})"},
        std::string{R"({"modelgate_ledger": 1, "golden_sets": {}})"}}) {
    const auto read = parse_ledger(bad, "l.json");
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().kind, ErrorKind::data);
    EXPECT_THAT(read.error().message, HasSubstr("never reset"));
  }
}

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("modelgate-ledger-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return (path_ / "ledger.json").string(); }

 private:
  std::filesystem::path path_;
};

bool never() { return false; }
bool at_once() { return true; }

TEST(LedgerFile, BeginsEmptyWhereThereIsNoFile) {
  const Folder folder;
  auto file = LedgerFile::open(folder.file(), never);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(file->ledger().sets.empty());
}

TEST(LedgerFile, RefusesAnEmptyFileAFolderAndDamage) {
  const Folder folder;
  std::ofstream(folder.file()).close();
  EXPECT_FALSE(LedgerFile::open(folder.file(), never));
  std::ofstream(folder.file()) << "{";
  EXPECT_FALSE(LedgerFile::open(folder.file(), never));
  std::filesystem::remove(folder.file());
  std::filesystem::create_directory(folder.file());
  EXPECT_FALSE(LedgerFile::open(folder.file(), never));
}

TEST(LedgerFile, FollowsALinkToTheFileThatIsShared) {
  const Folder folder;
  const std::filesystem::path shared = std::filesystem::path(folder.file()).parent_path() / "shared";
  std::filesystem::create_directory(shared);
  std::filesystem::create_symlink("shared/real.json", folder.file());
  {
    const auto file = LedgerFile::open(folder.file(), never);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->path(), (shared / "real.json").string()) << "where to write, also before the file is there";
    EXPECT_FALSE(LedgerFile::open((shared / "real.json").string(), at_once)) << "one lock, by whichever name";
  }
  std::filesystem::remove(folder.file());
  std::filesystem::create_symlink("ledger.json", folder.file());
  EXPECT_FALSE(LedgerFile::open(folder.file(), never)) << "a link to itself";
}

TEST(LedgerFile, AnotherRunWaitsForItsTurn) {
  const Folder folder;
  {
    const auto held = LedgerFile::open(folder.file(), never);
    ASSERT_TRUE(held);
    const auto second = LedgerFile::open(folder.file(), at_once);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("Another run holds the ledger"));
  }
  EXPECT_TRUE(LedgerFile::open(folder.file(), at_once)) << "let go when the first ended";
}

}  // namespace
}  // namespace modelgate
