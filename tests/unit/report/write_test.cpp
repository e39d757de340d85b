// SPDX-License-Identifier: Apache-2.0
#include "gate/report/write.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gate/report/abandoned.hpp"
#include "gate/report/staged_file.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

class Write : public ::testing::Test {
 protected:
  Write() : folder_(fs::temp_directory_path() / ("modelgate-write-" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Write() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static std::string content(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }

  fs::path folder_;
};

std::string junit() { return sample::rendered("a.xml", sample::fraud()); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(Write, creates_folders_and_the_file) {
  const std::string file = path("a/b/c.json");
  ASSERT_TRUE(write_atomically(file, "{}"));
  EXPECT_EQ(content(file), "{}");
}

TEST_F(Write, a_pipe_is_never_replaced_by_a_report) {
  const std::string pipe = path("pipe.json");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto written = write_atomically(pipe, "{}");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::report);
  EXPECT_TRUE(written.error().message.starts_with(pipe + " cannot be written: it is a pipe"))
      << written.error().message;
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(files(), 1U);
}

TEST_F(Write, a_link_is_replaced_and_what_it_names_stays) {
  put("kept.txt", "kept");
  fs::create_symlink("kept.txt", path("report.json"));
  ASSERT_TRUE(write_atomically(path("report.json"), "{}"));
  EXPECT_EQ(content(path("kept.txt")), "kept");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path("report.json"))));
}

TEST_F(Write, replaces_what_stood_there_and_leaves_no_other_file) {
  put("report.md", "an old and longer report");
  ASSERT_TRUE(write_atomically(path("report.md"), "new"));
  EXPECT_EQ(content(path("report.md")), "new");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Write, keeps_the_old_file_open_elsewhere_whole) {
  put("report.md", "old");
  std::ifstream reader(path("report.md"));
  ASSERT_TRUE(write_atomically(path("report.md"), "new"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "old");
}

TEST_F(Write, a_path_without_a_folder_is_in_the_working_directory) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  const auto written = write_atomically("here.md", "x");
  fs::current_path(before);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(content(path("here.md")), "x");
}

TEST_F(Write, errors_name_the_path_and_the_cause) {
  put("file", "in the way");
  const auto below_file = write_atomically(path("file/report.xml"), "x");
  ASSERT_FALSE(below_file);
  EXPECT_EQ(below_file.error().kind, ErrorKind::report);
  EXPECT_NE(below_file.error().message.find(path("file")), std::string::npos);
  fs::create_directories(path("folder/x"));
  const auto onto_folder = write_atomically(path("folder"), "x");
  ASSERT_FALSE(onto_folder);
  EXPECT_NE(onto_folder.error().message.find("directory"), std::string::npos) << onto_folder.error().message;
  EXPECT_EQ(files(), 2U) << "no temporary file stays";
}

TEST_F(Write, errors_begin_with_the_report_and_say_what_to_do) {
  put("file", "in the way");
  fs::create_directories(path("folder/x"));
  for (const std::string& target : {path("file/report.xml"), path("folder"), std::string{"/proc/report.xml"}}) {
    const auto written = write_atomically(target, "x");
    ASSERT_FALSE(written);
    const std::string& message = written.error().message;
    EXPECT_TRUE(message.starts_with(target + " cannot be written")) << message;
    EXPECT_TRUE(message.ends_with(" Give -o a folder that can be written.")) << message;
    EXPECT_FALSE(message.contains(".tmp")) << message;
  }
}

TEST_F(Write, a_full_disk_is_an_error) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  const auto written = write_atomically("/dev/full/report.xml", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::report);
}

TEST_F(Write, staged_bytes_take_the_place_of_a_file_only_when_they_are_put) {
  put("report.json", "old");
  auto staged = StagedFile::write(path("report.json"), "new");
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_EQ(content(path("report.json")), "old");
  EXPECT_EQ(content(staged->readable()), "new");
  ASSERT_TRUE(staged->put());
  EXPECT_TRUE(staged->settle());
  EXPECT_EQ(content(path("report.json")), "new");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Write, staged_bytes_that_are_never_put_leave_nothing) {
  put("report.json", "old");
  {
    auto staged = StagedFile::write(path("report.json"), "new");
    ASSERT_TRUE(staged);
    const StagedFile moved = std::move(*staged);
    EXPECT_EQ(content(moved.readable()), "new");
  }
  EXPECT_EQ(content(path("report.json")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Write, staged_bytes_that_cannot_be_put_leave_nothing_and_say_why) {
  {
    auto staged = StagedFile::write(path("report.json"), "new");
    ASSERT_TRUE(staged);
    fs::create_directory(path("report.json"));
    const auto put = staged->put();
    ASSERT_FALSE(put);
    EXPECT_TRUE(put.error().message.starts_with(path("report.json") + " cannot be written")) << put.error().message;
  }
  EXPECT_EQ(files(), 1U);
}

TEST_F(Write, what_was_written_is_verified) {
  for (const char* name : {"a.xml", "a.json", "a.md", "a.prom", "a.sarif"}) {
    const std::string bytes = sample::rendered(name, sample::fraud());
    ASSERT_TRUE(write_atomically(path(name), bytes));
    const auto verified = verify_written(path(name), bytes);
    EXPECT_TRUE(verified) << verified.error().message;
  }
}

TEST_F(Write, other_or_missing_bytes_are_refused) {
  EXPECT_FALSE(verify_written(path("absent.xml"), "x"));
  put("a.md", "trunc");
  const auto verified = verify_written(path("a.md"), "truncated");
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().kind, ErrorKind::report);
  EXPECT_NE(verified.error().message.find("5 bytes of 9"), std::string::npos);
}

TEST_F(Write, a_junit_report_that_contradicts_itself_is_refused) {
  const std::string good = junit();
  const std::string bad[] = {replaced(good, "failures=\"3\"", "failures=\"2\""),
                             replaced(good, "errors=\"1\" time", "errors=\"0\" time"),
                             replaced(good, "skipped=\"1\"", "skipped=\"0\""),
                             replaced(good, "</testsuites>", ""),
                             replaced(good, "</failure>", "</failure><skipped/>"),
                             good.substr(0, good.size() / 2),
                             "<testsuites name=\"modelgate\" tests=\"0\" failures=\"0\" errors=\"0\"/>",
                             "<testsuite/>",
                             ""};
  for (const std::string& bytes : bad) {
    ASSERT_TRUE(write_atomically(path("bad.xml"), bytes));
    EXPECT_FALSE(verify_written(path("bad.xml"), bytes)) << bytes.substr(0, 200);
  }
}

TEST_F(Write, half_a_file_is_refused) {
  for (const char* name : {"half.json", "half.sarif", "half.prom"}) {
    const std::string whole = sample::rendered(name, sample::fraud());
    const std::string half = whole.substr(0, whole.size() / 2);
    ASSERT_TRUE(write_atomically(path(name), half));
    EXPECT_FALSE(verify_written(path(name), half)) << name;
  }
}

TEST(Marks, EveryReportIsKnownByItsBeginningAndNothingElseIs) {
  for (const std::string_view suffix : format_suffixes()) {
    const std::string path = "a" + std::string(suffix);
    for (const auto& report : {sample::fraud(), sample::passing(), sample::gate_error(), sample::hostile()})
      EXPECT_TRUE(begins_as_report(path, sample::rendered(path, report))) << suffix;
    for (const std::string_view other :
         {"", "{\"modelgate_ledger\": 1}", "{\"mediaType\": \"application/vnd.dev.sigstore.bundle\"}",
          "<testsuites name=\"pytest\" tests=\"1\">", "version: 1\nname: tiny\n", "# modelgate: how we use it\n"})
      EXPECT_FALSE(begins_as_report(path, other)) << suffix << ' ' << other;
  }
}

class Abandoned : public Write {
 protected:
  std::string left(const std::string& name, int age_s) const {
    put(name, "half a report");
    fs::last_write_time(path(name), fs::file_time_type::clock::now() - std::chrono::seconds(age_s));
    return path(name);
  }
  static constexpr int long_ago_s = 7200;
  std::vector<std::string> names_{"junit.xml", "flips.parquet"};
};

TEST_F(Abandoned, TemporaryFilesOfAKilledRunAreRemoved) {
  const std::string hidden = left(".junit.xml.12345.tmp", long_ago_s);
  const std::string table = left("flips.parquet.1.tmp", long_ago_s);
  remove_abandoned(folder_.string(), names_);
  EXPECT_FALSE(fs::exists(hidden));
  EXPECT_FALSE(fs::exists(table));
}

TEST_F(Abandoned, WhatIsYoungOrOfAnotherNameStays) {
  left(".junit.xml.12345.tmp", 60);  // of a run that may live, in whatever container
  for (const char* name : {".junit.xml.tmp", ".junit.xml.0.tmp", ".junit.xml.12a.tmp", ".other.xml.12.tmp", "junit.xml",
                           ".junit.xml.12.tmp.bak", "12.tmp"})
    left(name, long_ago_s);
  fs::create_directory(path(".junit.xml.7.tmp"));
  fs::create_symlink("junit.xml", path(".junit.xml.8.tmp"));
  const std::size_t before = files();
  remove_abandoned(folder_.string(), names_);
  EXPECT_EQ(files(), before);
}

TEST_F(Abandoned, InAFolderOfOursEveryHiddenOneGoes) {
  left(".roc-1.svg.12.tmp", long_ago_s);
  left("roc-1.svg.12.tmp", long_ago_s);
  remove_abandoned(folder_.string(), {});
  EXPECT_FALSE(fs::exists(path(".roc-1.svg.12.tmp")));
  EXPECT_TRUE(fs::exists(path("roc-1.svg.12.tmp")));
}

}  // namespace
}  // namespace modelgate
