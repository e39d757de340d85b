// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "gate/report/html/charts.hpp"
#include "gate/report/html/forest.hpp"
#include "gate/report/html/html.hpp"
#include "gate/report/html/picture_files.hpp"
#include "gate/report/html/scale.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;
constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<ReportFile> files_of(const sample::OwnedReport& report, const std::string& path = "out/report.html") {
  return html_files(report.view(), path);
}

TEST(Ticks, are_round_numbers_within_the_range) {
  EXPECT_EQ(nice_ticks({0, 1}, 5).values, (std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
  EXPECT_EQ(nice_ticks({-3.2, 1.1}, 6).values, (std::vector<double>{-3, -2, -1, 0, 1}));
  EXPECT_EQ(nice_ticks({0.912, 0.928}, 5).label(0.915), "0.915");
  EXPECT_EQ(nice_ticks({0, 5000}, 5).label(2000), "2000");
}

TEST(Ticks, come_to_an_end_whatever_the_range) {
  for (const Interval range : {Interval{0, 0}, Interval{nan, nan}, Interval{-infinity, infinity}, Interval{2, 1},
                               Interval{1e14, 1e14 + 1e-9}, Interval{0, 5e-324}})
    EXPECT_LE(nice_ticks(range, 5).values.size(), 100U);
}

TEST(Scale, holds_what_lies_outside_at_its_ends) {
  const Scale scale({-4, 4}, 100, 300);
  EXPECT_EQ(scale(0), 200);
  EXPECT_EQ(scale(infinity), 300);
  EXPECT_EQ(scale(-1e300), 100);
  EXPECT_FALSE(scale.inside(4.1));
}

TEST(Extent, leaves_out_what_cannot_be_drawn) {
  Extent extent;
  for (const double value : {nan, infinity, -infinity, 1e300}) extent.add(value);
  EXPECT_TRUE(extent.empty());
  extent.add(2.0);
  EXPECT_LT(extent.padded(0.1).low, 2.0);
  EXPECT_GT(extent.padded(0.1).high, 2.0);
}

const ForestRow& row_of(const std::vector<Forest>& forests, const std::string& title, const std::string& label) {
  for (const Forest& forest : forests)
    if (forest.title == title)
      for (const ForestRow& row : forest.rows)
        if (row.label == label) return row;
  throw std::runtime_error("no row " + label);
}

TEST(Forests, count_differences_in_margins_and_turn_right_to_better) {
  const sample::OwnedReport report = sample::fraud();
  const std::vector<Forest> forests = forests_of(report.verdict);
  const std::string compared = "Compared with production";
  const ForestRow& worse = row_of(forests, compared, "recall, sex=F, age_band=18-29");
  EXPECT_NEAR(worse.value, -0.0810 / 0.05, 1e-9);
  EXPECT_NEAR(worse.interval->low, -0.1203 / 0.05, 1e-9);
  EXPECT_EQ(worse.limit, -1.0);
  const ForestRow& loss = row_of(forests, compared, "log_loss");  // lower is better, and it fell
  EXPECT_GT(loss.value, 0.0);
  EXPECT_LT(loss.interval->low, loss.interval->high);
  const ForestRow& slower = row_of(forests, compared, "latency");
  EXPECT_NEAR(slower.value, -0.0245 / 0.05, 1e-9);
}

TEST(Forests, draw_values_against_their_limits_on_the_side_that_is_not_allowed) {
  const sample::OwnedReport report = sample::fraud();
  const std::vector<Forest> forests = forests_of(report.verdict);
  const ForestRow& auc = row_of(forests, "roc_auc against its limits", "roc_auc");
  EXPECT_EQ(auc.limit, 0.85);
  EXPECT_TRUE(auc.harm_is_low);
  EXPECT_EQ(auc.production, 0.9187);
  const ForestRow& time = row_of(forests, "Times against their limits", "latency_p99");
  EXPECT_FALSE(time.harm_is_low);
  EXPECT_NEAR(time.limit.value(), 20.0, 1e-9);
}

TEST(Forests, show_every_result_with_numbers_once_and_what_blocks_first) {
  const sample::OwnedReport report = sample::many(333);
  std::set<const CheckResult*> seen;
  for (const Forest& forest : forests_of(report.verdict)) {
    EXPECT_LE(forest.rows.size(), forest_rows);
    for (const ForestRow& row : forest.rows) EXPECT_TRUE(seen.insert(row.result).second);
  }
  std::size_t with_numbers = 0;
  for (const CheckResult& result : report.verdict.checks)
    with_numbers += result.candidate.value.has_value() && result.outcome != Outcome::not_selected;
  EXPECT_EQ(seen.size(), with_numbers);
  EXPECT_EQ(forests_of(report.verdict).front().rows.front().standing, Standing::blocking);
}

TEST(Forests, point_to_the_side_on_which_an_interval_lies) {
  Forest forest{.title = "t", .axis = "a", .note = {}, .domain = {-4, 4}, .rows = {}};
  forest.rows.push_back({.label = "beyond", .numbers = "", .value = 6, .interval = Interval{5, 8}});
  EXPECT_FALSE(forest_picture(forest, false).svg.contains("778,")) << "an arrow to the left at the right edge";
  forest.rows.front().interval = Interval{-8, -5};
  EXPECT_FALSE(forest_picture(forest, false).svg.contains("342,")) << "an arrow to the right at the left edge";
}

TEST(Page, names_the_file_that_declares_a_check) {
  sample::OwnedReport report = sample::fraud();
  report.plan.extends_file = "policy.yaml";
  report.plan.extends_sha256 = std::string(64, 'e');
  for (CheckResult& check : report.verdict.checks) check.planned.file = "policy.yaml";
  const std::string page = files_of(report).back().bytes;
  EXPECT_TRUE(page.contains("Declared at <code>policy.yaml:"));
  EXPECT_FALSE(page.contains("Declared at <code>modelgate.yaml:"));
  EXPECT_TRUE(page.contains("<dt>Extends</dt><dd><code>policy.yaml</code></dd>"));
}

TEST(Page, explains_metrics_of_one_name_in_two_families_apart) {
  sample::OwnedReport report = sample::passing();
  ASSERT_GE(report.verdict.checks.size(), 2U);
  for (CheckResult& check : report.verdict.checks) check.planned.metric = "mismatched_rows";
  report.verdict.checks[0].planned.family = Family::parity;
  report.verdict.checks[1].planned.family = Family::determinism;
  const std::string page = files_of(report).back().bytes;
  for (const char* full : {"modelgate explain parity.mismatched_rows", "modelgate explain determinism.mismatched_rows"})
    EXPECT_TRUE(page.contains(full)) << full;
}

TEST(Page, comes_last_after_every_picture_that_it_shows) {
  const std::vector<ReportFile> files = files_of(sample::fraud());
  ASSERT_GT(files.size(), 10U);
  EXPECT_EQ(files.back().path, "out/report.html");
  EXPECT_EQ(files.front().path, "out/report.files/style.css");
  std::set<std::string> paths;
  for (const ReportFile& file : files) EXPECT_TRUE(paths.insert(file.path).second) << file.path;
  const std::string& page = files.back().bytes;
  for (std::size_t at = page.find("=\"report.files/"); at != std::string::npos;
       at = page.find("=\"report.files/", at + 1)) {
    const std::string address = page.substr(at + 2, page.find('"', at + 2) - at - 2);
    EXPECT_TRUE(paths.contains("out/" + address)) << address;
  }
}

TEST(Page, is_well_formed_and_holds_no_script_and_no_style_whatever_the_texts) {
  for (const auto& report : {sample::fraud(), sample::passing(), sample::gate_error(), sample::hostile()})
    for (const ReportFile& file : files_of(report)) {
      if (file.path.ends_with(".css")) continue;
      tinyxml2::XMLDocument document;
      EXPECT_EQ(document.Parse(file.bytes.data(), file.bytes.size()), tinyxml2::XML_SUCCESS) << file.path;
      for (const char* forbidden : {"<script", " style=\"", "<img src=x", "javascript:"})
        EXPECT_FALSE(file.bytes.contains(forbidden)) << file.path << " has " << forbidden;
      EXPECT_FALSE(file.path.ends_with(".html") && file.bytes.contains("<style"));
    }
}

TEST(Page, draws_no_number_that_is_none) {
  for (const double number : {nan, infinity, -infinity, 1e300, -0.0, 5e-324})
    for (const ReportFile& file : files_of(sample::with_number_everywhere(number)))
      for (const char* bad : {"\"nan\"", "\"inf\"", "\"-inf\"", "\"undefined\"", "undefined,", ",undefined"})
        EXPECT_FALSE(file.path.ends_with(".svg") && file.bytes.contains(bad)) << file.path << " of " << number;
}

TEST(Page, links_the_ci_run_only_where_it_is_a_web_address) {
  sample::OwnedReport report = sample::fraud();
  report.run.ci_url = "https://ci.example/run/7?a=1&b=2";
  EXPECT_TRUE(files_of(report).back().bytes.contains("<a href=\"https://ci.example/run/7?a=1&amp;b=2\""));
  for (const char* bad : {"javascript:alert(1)", "data:text/html,x", "ftp://x", "https://x y", "//evil.example"}) {
    report.run.ci_url = bad;
    EXPECT_FALSE(files_of(report).back().bytes.contains("<a href=\"" + std::string(bad))) << bad;
  }
}

TEST(Page, escapes_its_own_name_in_addresses) {
  const std::vector<ReportFile> files = files_of(sample::passing(), "a b#1?.html");
  EXPECT_EQ(files.front().path, "a b#1?.files/style.css");
  EXPECT_TRUE(files.back().bytes.contains("href=\"a%20b%231%3F.files/style.css\""));
}

TEST(Page, folds_away_what_an_errors_message_leaves_out) {
  sample::OwnedReport report = sample::fraud();
  CheckResult& result = report.verdict.checks.front();
  result.outcome = Outcome::error;
  result.blocking = true;
  EXPECT_FALSE(files_of(report).back().bytes.contains("<summary>In full</summary>"));
  result.detail = "RuntimeError: no\n\nTraceback:\n  <b> line 3";
  EXPECT_TRUE(
      files_of(report).back().bytes.contains("<summary>In full</summary><pre>Traceback:\n  &lt;b&gt; line 3</pre>"));
}

TEST(Page, tells_one_cause_once_and_every_check_in_the_table) {
  sample::OwnedReport report = sample::fraud();
  for (CheckResult& result : report.verdict.checks) {
    result.outcome = Outcome::error;
    result.message = "The worker ended by signal 9.";
  }
  const std::string page = files_of(report).back().bytes;
  EXPECT_TRUE(page.contains("22 checks, one cause"));
  std::size_t rows = 0;
  for (std::size_t at = page.find("<th scope=\"row\">", page.find("<section id=\"checks\"")); at != std::string::npos;
       at = page.find("<th scope=\"row\">", at + 1))
    ++rows;
  EXPECT_EQ(rows, report.verdict.checks.size());
}

TEST(StalePictures, go_and_strangers_stay) {
  const fs::path folder = fs::path(testing::TempDir()) / "stale";
  fs::remove_all(folder);
  fs::create_directories(folder / "report.files");
  for (const char* name : {"roc-1.svg", "forest-12-narrow.svg", "limit-3.svg", "mine.svg", "roc-01.svg", "style.css"})
    std::ofstream(folder / "report.files" / name) << "x";
  remove_stale_pictures((folder / "report.html").string(), {{(folder / "report.files/roc-1.svg").string(), "x"}});
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder / "report.files"))
    left.insert(entry.path().filename().string());
  EXPECT_EQ(left, (std::set<std::string>{"roc-1.svg", "mine.svg", "roc-01.svg", "style.css"}));
}

TEST(Charts, say_in_words_what_they_show) {
  const CurvePair roc{CurveKind::roc, Curve{{0, 0.1, 1}, {0, 0.74, 1}}, std::nullopt};
  EXPECT_TRUE(curve_picture(roc)->description.contains("true positive rate of 0.740 at a false positive rate of 0.1"));
  const CurvePair times{CurveKind::latency_ecdf, std::nullopt, Curve{{1, 2, 9}, {0.4, 0.9, 1}}};
  EXPECT_TRUE(latency_picture(times, {})->description.contains("p50 2.000 ms, p95 9.000 ms, p99 9.000 ms"));
  EXPECT_FALSE(curve_picture({CurveKind::roc, Curve{{nan}, {nan}}, std::nullopt}));
  const auto matrices = confusion_pictures({{"cat", "dog"}, {8, 2, 0, 0}, {}});
  ASSERT_EQ(matrices.size(), 1U);
  EXPECT_TRUE(matrices[0].description.contains("Of 10 rows of cat, 80.0% are decided rightly"));
  const auto nearly = confusion_pictures({{"cat", "dog"}, {997, 3, 0, 5}, {}});
  EXPECT_TRUE(nearly.at(0).description.contains("Of 1,000 rows of cat, 99.7% are decided rightly"));
  EXPECT_TRUE(nearly.at(0).description.contains("Of 5 rows of dog, 100% are decided rightly"));
  EXPECT_TRUE(confusion_pictures({{"cat", "dog"}, {1, 2, 3}, {}}).empty()) << "cells that do not fit the classes";
}

}  // namespace
}  // namespace modelgate
