// SPDX-License-Identifier: Apache-2.0
#include "gate/report/read_report.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "gate/report/console.hpp"
#include "gate/report/json.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

Json fraud_json() { return Json::parse(json_text(sample::fraud().view())); }

/// The message that a report is refused with; empty where it is accepted.
std::string refusal(const Json& json) {
  const auto report = parse_report(json.dump(), "old/report.json");
  if (report) return {};
  EXPECT_EQ(report.error().kind, ErrorKind::data);
  return report.error().message;
}

std::string first_bytes(const std::vector<ReportFile>& files, std::size_t at) {
  return at < files.size() ? files[at].path + "\n" + files[at].bytes : "no such file";
}

/// Equal, or the surroundings of the first byte that is not: a whole report says nothing to a reader of the test's log.
void expect_same(const std::string& expected, const std::string& found, std::string_view what) {
  if (expected == found) return;
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(expected, found).in1 - expected.begin());
  const std::size_t from = at < 80 ? 0 : at - 80;
  ADD_FAILURE() << what << " differs at byte " << at << ":\n"
                << expected.substr(from, 160) << "\n--- after reading it back\n"
                << found.substr(std::min(from, found.size()), 160);
}

/// Every registered format, every file of it, and the console, of the report and of what is read back of it.
void expect_same_reports(const sample::OwnedReport& original) {
  const auto stored = parse_report(json_text(original.view()), "report.json");
  ASSERT_TRUE(stored) << stored.error().message;
  expect_same(console_text(original.view(), {}), console_text(stored->view(), {}), "the console");
  for (const std::string_view suffix : format_suffixes()) {
    const std::string path = "out/report" + std::string(suffix);
    const auto reporter = reporter_for(path);
    ASSERT_TRUE(reporter) << suffix;
    const auto expected = (*reporter)->render(original.view(), path);
    const auto found = (*reporter)->render(stored->view(), path);
    EXPECT_EQ(expected.size(), found.size()) << suffix;
    for (std::size_t i = 0; i < expected.size(); ++i)
      expect_same(first_bytes(expected, i), first_bytes(found, i), suffix);
  }
}

TEST(ReadReport, every_format_comes_out_of_the_read_report_byte_for_byte) {
  expect_same_reports(sample::fraud());
  expect_same_reports(sample::passing());
  expect_same_reports(sample::gate_error());
}

TEST(ReadReport, hostile_texts_and_numbers_come_out_byte_for_byte) {
  expect_same_reports(sample::hostile());
  for (const std::string& text : sample::hostile_texts()) expect_same_reports(sample::with_text_everywhere(text));
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, 1e300, -0.0, 5e-324})
    expect_same_reports(sample::with_number_everywhere(number));
}

/// The message that these bytes are refused with; empty where they are accepted.
std::string refusal_of(const std::string& bytes) {
  const auto report = parse_report(bytes, "old/report.json");
  return report ? std::string{} : report.error().message;
}

TEST(ReadReport, a_key_that_stands_twice_is_refused_for_two_readers_would_see_two_reports) {
  const std::string text = json_text(sample::passing().view());
  for (const std::string key : {"\"verdict\"", "\"outcome\"", "\"sha256\"", "\"verd\\u0069ct\""}) {
    const std::string plain = key.contains('\\') ? "\"verdict\"" : key;
    std::string forged = text;
    ASSERT_NE(forged.find(plain + ":"), std::string::npos) << plain;
    forged.insert(forged.find(plain + ":"), key + ": \"block\", ");
    EXPECT_NE(refusal_of(forged).find("twice in one object"), std::string::npos) << key << refusal_of(forged);
  }
}

TEST(ReadReport, a_document_without_bottom_is_refused_before_anything_recurses_into_it) {
  constexpr std::size_t deep = 300'000;
  const std::string well = std::string(deep, '[') + std::string(deep, ']');
  const std::string text = json_text(sample::passing().view());
  const std::string rest = text.substr(1);
  for (const std::string& forged : {"{\"schema_version\": " + well + "}", "{\"zzz\": " + well + "," + rest, well})
    EXPECT_NE(refusal_of(forged).find("nested deeper"), std::string::npos) << refusal_of(forged);
}

TEST(ReadReport, nothing_may_stand_behind_the_document) {
  const std::string text = json_text(sample::passing().view());
  for (const std::string& tail : {std::string("x"), std::string("{}"), std::string(1, '\0'), std::string("\0{}", 3)})
    EXPECT_NE(refusal_of(text + tail).find("no whole JSON"), std::string::npos);
  EXPECT_EQ(refusal_of(text + "\n \n"), "");
}

TEST(ReadReport, a_pipe_is_refused_in_place_of_waiting_for_it) {
  const std::string pipe = testing::TempDir() + "modelgate-read-" + std::to_string(::getpid());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto report = read_report(pipe);
  ::unlink(pipe.c_str());
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("pipe or device"), std::string::npos) << report.error().message;
}

TEST(ReadReport, pictures_policies_and_run_metadata_come_back) {
  sample::OwnedReport original = sample::passing();
  original.run.git_ref = "refs/pull/7/merge";
  original.run.ci_system = "GitHub Actions";
  original.run.change_request = "7";
  original.plan.task = Task::multiclass;
  original.plan.dataset.population = Population::fixed;
  CheckResult& check = original.verdict.checks.front();
  check.shown = "F vs M, tpr";
  check.planned.hard_margin = 0.125;
  check.planned.reference_group = "M";
  check.planned.on_inconclusive = OnInconclusive::guard;
  check.pictures.curves = {{CurveKind::roc, Curve{{0.0, 0.5, 1.0}, {0.0, 0.9, 1.0}}, std::nullopt}};
  check.pictures.reliability = Reliability{{{0.25, 0.5, {0.1, 0.9}, 12}}, {}};
  check.pictures.confusion = Confusion{{"cat", "dog"}, {1, 2, 3, 4}, {}};
  expect_same_reports(original);
  const auto stored = parse_report(json_text(original.view()), "report.json");
  ASSERT_TRUE(stored);
  const CheckResult& found = stored->verdict.checks.front();
  EXPECT_EQ(found.pictures.curves.at(0).candidate->y.at(1), 0.9);
  EXPECT_EQ(found.pictures.reliability->candidate.at(0).interval.high, 0.9);
  EXPECT_EQ(found.pictures.confusion->candidate.at(3), 4U);
  EXPECT_EQ(found.planned.hard_margin, 0.125);
  EXPECT_EQ(stored->run.change_request, "7");
  EXPECT_EQ(stored->plan.task, Task::multiclass);
}

TEST(ReadReport, null_numbers_become_what_they_were) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  sample::OwnedReport original = sample::passing();
  original.verdict.checks[0].candidate = {std::numeric_limits<double>::quiet_NaN(), {}};
  original.verdict.checks[1].difference = {0.5, Interval{-infinity, infinity}};
  original.verdict.checks[2].candidate = {};
  const auto stored = parse_report(json_text(original.view()), "report.json");
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_TRUE(std::isnan(stored->verdict.checks[0].candidate.value.value()));
  EXPECT_EQ(stored->verdict.checks[1].difference.interval.value().low, -infinity);
  EXPECT_EQ(stored->verdict.checks[1].difference.interval.value().high, infinity);
  EXPECT_FALSE(stored->verdict.checks[2].candidate.value);
}

TEST(ReadReport, specs_come_from_the_report_and_survive_a_move) {
  auto stored = parse_report(json_text(sample::fraud().view()), "report.json");
  ASSERT_TRUE(stored);
  const StoredReport moved = std::move(*stored);
  const sample::OwnedReport original = sample::fraud();
  for (std::size_t i = 0; i < original.verdict.checks.size(); ++i) {
    const CheckSpec& spec = *moved.verdict.checks[i].planned.spec;
    EXPECT_TRUE(original.verdict.checks[i].planned.metric.starts_with(spec.metric)) << spec.metric;
    EXPECT_NE(spec.metric, "");
    EXPECT_EQ(spec.unit, original.verdict.checks[i].planned.spec->unit);
    EXPECT_EQ(spec.direction, original.verdict.checks[i].planned.spec->direction);
  }
}

/// Removes every member of every object in turn, one at a time, and asks what the reader says.
void expect_every_member_needed(Json& json, Json& node, const std::string& pointer, std::size_t& tried) {
  // A slice's columns, the environment and reasons of numbers that are there are no fields of the contract.
  const bool free_keys = pointer.ends_with("/slice") || pointer == "/environment";
  if (node.is_object() && !free_keys) {
    const Json kept = node;
    for (const auto& [key, value] : kept.items()) {
      // Pictures stand only where there is something to draw.
      if (key == "curves" || key == "reliability" || key == "confusion") continue;
      node.erase(key);
      const std::string said = refusal(json);
      EXPECT_NE(said, "") << pointer << "/" << key << " was not missed";
      node = kept;
      ++tried;
    }
  }
  if (!node.is_object() && !node.is_array()) return;
  for (auto& [key, value] : node.items()) expect_every_member_needed(json, value, pointer + "/" + key, tried);
}

TEST(ReadReport, every_missing_field_is_an_error) {
  sample::OwnedReport small = sample::fraud();
  std::vector<CheckResult> few;
  for (const Family family : {Family::accuracy, Family::bias, Family::latency})
    few.push_back(*std::ranges::find_if(small.verdict.checks,
                                        [&](const CheckResult& one) { return one.planned.family == family; }));
  few.push_back(*std::ranges::find(small.verdict.checks, Outcome::fail, &CheckResult::outcome));
  few.push_back(*std::ranges::find(small.verdict.checks, Outcome::waived, &CheckResult::outcome));
  small.verdict.checks = few;
  Json json = Json::parse(json_text(small.view()));
  ASSERT_EQ(refusal(json), "");
  std::size_t tried = 0;
  expect_every_member_needed(json, json, "", tried);
  EXPECT_GT(tried, 250U);
}

TEST(ReadReport, a_wrong_type_is_named_by_its_pointer) {
  Json json = fraud_json();
  json["checks"][3]["limit"]["unit"] = 5;
  const std::string said = refusal(json);
  EXPECT_TRUE(said.starts_with("old/report.json: /checks/3/limit/unit is number, where a text belongs.")) << said;
  json = fraud_json();
  json["checks"][0]["outcome"] = "passed";
  EXPECT_NE(refusal(json).find("/checks/0/outcome is no word that this version knows there"), std::string::npos);
  json = fraud_json();
  json["checks"][0]["rows"] = -1;
  EXPECT_NE(refusal(json).find("/checks/0/rows"), std::string::npos);
  json = fraud_json();
  json["checks"][0]["surprise"] = true;
  EXPECT_NE(refusal(json).find("/checks/0/surprise is not what modelgate writes there"), std::string::npos);
}

TEST(ReadReport, another_schema_version_is_refused_before_all_else) {
  Json json = fraud_json();
  json["schema_version"] = report_schema_version + 1;
  json.erase("checks");
  EXPECT_NE(refusal(json).find("/schema_version is"), std::string::npos);
  EXPECT_NE(refusal(Json::object()).find("no report.json of modelgate"), std::string::npos);
  EXPECT_NE(refusal(Json::array()).find("no report.json of modelgate"), std::string::npos);
}

TEST(ReadReport, a_verdict_that_contradicts_its_report_is_refused) {
  const auto with = [](auto change) {
    Json json = fraud_json();
    change(json);
    return refusal(json);
  };
  EXPECT_NE(with([](Json& j) {
              j["verdict"] = "pass";
              j["exit_code"] = 0;
            }).find("/verdict is pass, but 4 of its checks block"),
            std::string::npos);
  EXPECT_NE(with([](Json& j) { j["exit_code"] = 0; }).find("/exit_code is 0, which verdict block does not give"),
            std::string::npos);
  EXPECT_NE(with([](Json& j) { j["scope"] = "full"; }).find("/scope is full, but checks were left out"),
            std::string::npos);
  EXPECT_NE(with([](Json& j) {
              for (Json& check : j["checks"])
                if (check["outcome"] == "fail" && check["blocking"] == true) check["blocking"] = false;
            }).find("/blocking is false, but fail blocks by this check's own policy"),
            std::string::npos);
  EXPECT_NE(with([](Json& j) {
              j["verdict"] = "pass";
              j["exit_code"] = 0;
              j["checks"] = Json::array();
              j["run"]["check_seconds"] = Json::object();
            }).find("/verdict is pass, but no check was judged"),
            std::string::npos);
}

TEST(ReadReport, bytes_that_are_no_report_are_refused) {
  for (const std::string& bytes : {std::string(), std::string("{"), std::string("[1,2]"), std::string("null"),
                                   std::string("NaN"), std::string(100'000, '['), std::string("\xFF\xFE{}")})
    EXPECT_FALSE(parse_report(bytes, "x")) << bytes.substr(0, 10);
  const auto absent = read_report("no/such/report.json");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("cannot be opened: No such file"), std::string::npos);
  EXPECT_FALSE(read_report("."));
}

TEST(ReadReport, changed_bytes_are_refused_or_written_again_as_they_are) {
  const std::string text = json_text(sample::fraud().view());
  std::mt19937 random(20261122);
  std::size_t refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string changed = text;
    for (unsigned change = 0; change <= random() % 3; ++change) {
      const std::size_t at = random() % changed.size();
      if (random() % 4 == 0) {
        changed.erase(at, 1 + random() % 40);
      } else {
        changed[at] = "0123456789\"{}[]:,-e.ntf \x7F\x01"[random() % 27];
      }
      if (changed.empty()) break;
    }
    const auto report = parse_report(changed, "changed.json");
    if (!report) {
      ++refused;
      EXPECT_TRUE(report.error().message.starts_with("changed.json: ")) << report.error().message;
      continue;
    }
    EXPECT_EQ(Json::parse(json_text(report->view())), Json::parse(changed));
  }
  EXPECT_GT(refused, 200U);
}

}  // namespace
}  // namespace modelgate
