// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "gate/report/github.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/openmetrics.hpp"
#include "gate/report/sarif.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

std::string as_it_is(const std::string& path) { return path; }

std::string annotations(const sample::OwnedReport& report) { return github_annotations(report.view(), as_it_is); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

nlohmann::json sarif_run(const sample::OwnedReport& report) {
  return nlohmann::json::parse(sarif_text(report.view()))["runs"][0];
}

TEST(OpenMetrics, writes_nothing_that_is_not_finite) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()}) {
    const std::string text = openmetrics_text(sample::with_number_everywhere(number).view());
    EXPECT_FALSE(std::regex_search(text, std::regex{"\\} *-?(nan|inf|undefined)", std::regex::icase})) << text;
    EXPECT_TRUE(text.ends_with("# EOF\n"));
  }
}

TEST(OpenMetrics, values_are_rounded_so_that_noise_is_no_change) {
  sample::OwnedReport report = sample::passing();
  const std::string before = openmetrics_text(report.view());
  for (CheckResult& result : report.verdict.checks)
    if (result.candidate.value) *result.candidate.value *= 1.0 + 1e-9;
  report.run.seconds += 0.01;
  EXPECT_EQ(openmetrics_text(report.view()), before);
}

TEST(OpenMetrics, equal_ids_give_no_series_twice) {
  sample::OwnedReport report = sample::fraud();
  report.verdict.checks.push_back(report.verdict.checks.back());
  const std::vector<std::string> lines = lines_of(openmetrics_text(report.view()));
  std::set<std::string> names;
  for (const std::string& line : lines) EXPECT_TRUE(names.insert(line.substr(0, line.rfind(' '))).second) << line;
}

TEST(Sarif, what_passed_is_no_alert) {
  EXPECT_TRUE(sarif_run(sample::passing())["results"].empty());
  EXPECT_EQ(sarif_run(sample::passing())["invocations"][0]["exitCode"], 0);
}

TEST(Sarif, the_place_is_that_of_the_file_that_declares_the_check) {
  sample::OwnedReport report = sample::fraud();
  report.plan.gate_file = "./gates/card fraud.yaml";
  for (CheckResult& result : report.verdict.checks) {
    result.planned.line = 0;
    if (result.planned.family == Family::bias) result.planned.file = "/policy/bias.yaml";
  }
  std::set<std::string> places;
  const nlohmann::json run = sarif_run(report);
  for (const auto& result : run["results"]) {
    const auto& place = result["locations"][0]["physicalLocation"];
    places.insert(place["artifactLocation"]["uri"]);
    EXPECT_EQ(place["region"]["startLine"], 1) << "lines count from 1";
  }
  EXPECT_EQ(places, (std::set<std::string>{"gates/card%20fraud.yaml", "file:///policy/bias.yaml"}));
}

TEST(Sarif, an_error_that_is_cancelled_or_of_usage_was_no_successful_execution) {
  for (const ExitCode code : {ExitCode::usage, ExitCode::error, ExitCode::report, ExitCode::sigterm}) {
    sample::OwnedReport report = sample::gate_error();
    report.verdict.exit_code = code;
    const nlohmann::json run = sarif_run(report);
    EXPECT_EQ(run["invocations"][0]["executionSuccessful"], false);
    ASSERT_EQ(run["results"].size(), 1U);
    EXPECT_EQ(run["results"][0]["level"], "error");
  }
}

TEST(JUnitExtended, adds_file_and_line_to_every_case_and_nothing_else) {
  const std::string extended = sample::rendered("a.extended.xml", sample::fraud());
  EXPECT_TRUE(extended.contains(" file=\"modelgate.yaml\" line=\"19\">"));
  const std::regex place{"(<testcase [^>]*?) file=\"modelgate.yaml\" line=\"[0-9]+\""};
  EXPECT_EQ(std::regex_replace(extended, place, "$1"), sample::rendered("a.xml", sample::fraud()));
}

TEST(GitHubAnnotations, the_worst_come_first) {
  sample::OwnedReport report = sample::gate_error();
  report.verdict.kind = VerdictKind::block;
  for (const Outcome outcome : {Outcome::not_assessable, Outcome::inconclusive, Outcome::error, Outcome::fail}) {
    report.verdict.checks.push_back(sample::result(std::string(to_string(outcome)), outcome, "Said."));
    report.verdict.checks.back().parts.front().p_adjusted = 0.01;
  }
  report.verdict.checks.push_back(sample::result("clearest", Outcome::fail, "Clear."));
  report.verdict.checks.back().parts.front().p_adjusted = 0.0001;
  std::string order;
  for (const std::string& line : lines_of(annotations(report))) order += line.substr(line.find("%3A") + 3, 6) + "|";
  EXPECT_EQ(order, " fail:| fail:| error| incon| not a|");
  EXPECT_TRUE(lines_of(annotations(report)).front().ends_with("::Clear."));
}

TEST(GitHubAnnotations, ten_are_ten_and_eleven_are_nine_and_a_sum) {
  for (const std::size_t count : {1U, 9U, 10U, 11U, 300U}) {
    sample::OwnedReport report = sample::gate_error();
    for (std::size_t i = 0; i < count; ++i)
      report.verdict.checks.push_back(sample::result("c" + std::to_string(i), Outcome::fail, "Said."));
    const std::vector<std::string> lines = lines_of(annotations(report));
    ASSERT_EQ(lines.size(), std::min<std::size_t>(count, annotations_kept));
    EXPECT_EQ(lines.back().contains("and " + std::to_string(count - 9) + " more blocking checks"), count > 10) << count;
  }
}

TEST(GitHubAnnotations, escapes_are_those_of_the_runner) {
  sample::OwnedReport report = sample::gate_error();
  report.verdict.checks = {sample::result("a", Outcome::fail, "100 % sure, a:b")};
  report.verdict.checks[0].slice = {{"r", "x,y:z%"}};
  report.verdict.checks[0].planned.owner = "risk";
  EXPECT_EQ(annotations(report),
            "::error file=modelgate.yaml,line=19,title=recall%2C r=x%2Cy%3Az%25%3A fail::100 %25 sure, a:b%0Aowner: "
            "risk\n");
}

TEST(GitHubAnnotations, hostile_text_is_one_command_a_line) {
  for (const std::string& hostile : sample::hostile_texts()) {
    const std::string text = annotations(sample::with_text_everywhere(hostile));
    for (const std::string& line : lines_of(text)) {
      EXPECT_TRUE(std::regex_search(line.substr(0, 10), std::regex{"^::(error|warning) "})) << line;
      EXPECT_FALSE(std::regex_search(line, std::regex{"##\\[|[\\x01-\\x1F]"})) << line;
    }
    EXPECT_LT(text.size(), 200'000U);
  }
}

TEST(GitHubAnnotations, a_pass_without_warnings_says_nothing) { EXPECT_EQ(annotations(sample::passing()), ""); }

TEST(GitHubSummary, keeps_within_what_is_left_of_the_step) {
  sample::OwnedReport report = sample::fraud();
  const CheckResult failed = report.verdict.checks[8];
  for (int i = 0; i < 5000; ++i) report.verdict.checks.push_back(failed);
  for (const std::size_t standing : {0UL, 100'000UL, 880'000UL, 899'000UL, 899'999UL, 900'000UL, 5'000'000UL}) {
    const std::string text = github_summary(report.view(), standing);
    EXPECT_LE(text.size() + std::min(standing, step_summary_cap), step_summary_cap);
    EXPECT_EQ(text.empty(), standing >= 899'999);
    EXPECT_TRUE(text.empty() || text.ends_with('\n'));
  }
  EXPECT_GT(github_summary(report.view(), 0).size(), 300'000U) << "the page has room for more rows than a comment";
}

TEST(GitHubOutputs, name_the_first_report_of_each_kind) {
  EXPECT_EQ(github_outputs(sample::fraud().view(), {"a.xml", "b.xml", "c/report.json", "d.html", "e.prom", "f.sarif"}),
            "verdict=block\nexit-code=1\nfailed=4\njunit=a.xml\njson=c/report.json\nhtml=d.html\nmetrics=e.prom\n"
            "sarif=f.sarif\n");
  EXPECT_EQ(github_outputs(sample::passing().view(), {}), "verdict=pass\nexit-code=0\nfailed=0\n");
  EXPECT_EQ(github_outputs(sample::gate_error().view(), {}), "verdict=error\nexit-code=3\nfailed=1\n");
}

TEST(Markdown, links_to_the_run_only_by_a_plain_address) {
  sample::OwnedReport report = sample::fraud();
  report.run.ci_url = "https://ci.example/group/app/-/jobs/12?x=1";
  EXPECT_TRUE(markdown_page(report.view())
                  .contains("\n[This run and its reports](https://ci.example/group/app/-/jobs/12?x=1)\n"));
  for (const char* address : {"", "javascript:alert(1)", "https://x.example/) [a](b", "https://x.example/\n## b"}) {
    report.run.ci_url = address;
    EXPECT_FALSE(markdown_page(report.view()).contains("](")) << address;
  }
}

}  // namespace
}  // namespace modelgate
