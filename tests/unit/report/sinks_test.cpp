// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "gate/report/console.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/json.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/text.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string console(const sample::OwnedReport& report, const ConsoleStyle& style = {}) {
  return console_text(report.view(), style);
}

TEST(Console, no_line_is_wider_than_the_terminal) {
  for (const std::size_t width : {80U, 100U, 120U, 140U})
    for (const std::string& line :
         lines_of(console(sample::fraud(), {.width = width, .color = false, .report_paths = {}})))
      EXPECT_LE(display_width(line), width) << line;
}

TEST(Console, odd_widths_are_bounded) {
  EXPECT_EQ(console(sample::fraud(), {.width = 0, .color = false, .report_paths = {}}),
            console(sample::fraud(), {.width = 60, .color = false, .report_paths = {}}));
  EXPECT_EQ(console(sample::fraud(), {.width = 9999, .color = false, .report_paths = {}}),
            console(sample::fraud(), {.width = 140, .color = false, .report_paths = {}}));
}

TEST(Console, colour_adds_escapes_and_changes_no_word) {
  const std::string plain = console(sample::fraud());
  const std::string coloured = console(sample::fraud(), {.width = 80, .color = true, .report_paths = {}});
  EXPECT_EQ(plain.find('\x1B'), std::string::npos);
  EXPECT_NE(coloured.find("\x1B["), std::string::npos);
  EXPECT_EQ(clean_text(coloured), plain);
}

TEST(Console, blocking_results_come_after_everything_but_the_verdict) {
  const std::string text = console(sample::fraud());
  const std::size_t blocking = text.find("Blocking: 4");
  ASSERT_NE(blocking, std::string::npos);
  for (const char* earlier :
       {"Passed: 13", "Warnings: 3", "Waived: 1", "Not judged: 2", "An equal model would be blocked"})
    EXPECT_LT(text.find(earlier), blocking) << earlier;
  EXPECT_GT(text.find("BLOCK  4 block, 3 warn, 1 waived, 13 pass, 2 not judged; scope: partial"), blocking);
}

TEST(Console, ends_with_the_exit_code_and_the_reports) {
  const std::string text = console(
      sample::fraud(), {.width = 80, .color = false, .report_paths = {"out/junit.xml", "out/report.json", "b.md"}});
  EXPECT_NE(text.find("exit 1: a check blocks the deployment"), std::string::npos);
  EXPECT_NE(text.find("reports: out/ junit.xml report.json\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("reports: b.md\n"));
}

TEST(Console, one_cause_of_many_errors_is_told_once) {
  sample::OwnedReport report = sample::fraud();
  for (CheckResult& result : report.verdict.checks) {
    result.outcome = Outcome::error;
    result.message = "The candidate's worker ended by signal 9.";
  }
  const std::string text = console(report);
  EXPECT_NE(text.find("22 checks, one cause"), std::string::npos);
  EXPECT_EQ(text.find("signal 9"), text.rfind("signal 9"));
}

/// A pass of an absolute limit, as wide as its numbers.
CheckResult wide(const std::string& metric, double number) {
  CheckResult result = sample::passing().verdict.checks[0];
  result.id = result.planned.base_id = result.planned.metric = metric;
  result.candidate = {number, Interval{0.93 * number, 1.07 * number}};
  result.production = {0.99 * number, {}};
  result.planned.limit.value = 2 * number;
  return result;
}

TEST(Console, long_numbers_and_long_names_keep_within_the_terminal) {
  static const CheckSpec plain{.family = Family::accuracy, .metric = "mae", .unit = Unit::plain};
  static const CheckSpec seconds{.family = Family::latency, .metric = "latency_p99", .unit = Unit::seconds};
  sample::OwnedReport report = sample::fraud();
  std::vector<CheckResult>& checks = report.verdict.checks;
  for (const double number : {0.0123456, 0.1234567, 1.234567, 123.4567}) {
    checks.push_back(wide("latency_p99", number));
    checks.back().planned.family = Family::latency;
    checks.back().planned.spec = &seconds;
    checks.back().planned.shape.batch = 4096;
  }
  for (const double number : {12345.678, -12345.678, 1e9, 1e300}) {
    checks.push_back(wide("mae", number));
    checks.back().planned.spec = &plain;
    checks.push_back(checks[1]);
    checks.back().planned.spec = &plain;
    checks.back().planned.klass = "a class whose name is a whole sentence, as label files exported from a wiki have it";
    checks.back().candidate.value = checks.back().production.value = number;
    checks.back().difference = {number, Interval{-number, number}};
    checks.back().margin = number;
    checks.push_back(checks.back());
    checks.back().outcome = Outcome::fail;
    checks.back().blocking = true;
  }
  for (const std::size_t width : {60U, 72U, 80U, 100U, 120U, 140U}) {
    const std::string text = console(report, {.width = width, .color = false, .report_paths = {}});
    for (const std::string& line : lines_of(text)) EXPECT_LE(display_width(line), width) << line;
    EXPECT_NE(text.find("12346"), std::string::npos);
  }
  const std::string text = console(report);
  EXPECT_TRUE(std::regex_search(text, std::regex{"✓ roc_auc +0\\.9213 +0\\.9187"})) << text;
  EXPECT_NE(text.find("\n      cand. 1000000000  prod. "), std::string::npos) << text;
}

TEST(Console, equal_words_group_no_fails_and_drop_no_row) {
  sample::OwnedReport report = sample::gate_error();
  for (const Outcome outcome : {Outcome::fail, Outcome::inconclusive})
    for (const char* metric : {"first", "second"}) {
      report.verdict.checks.push_back(sample::result(metric, outcome, "The very same words."));
      report.verdict.checks.back().planned.metric = metric;
    }
  const std::string text = console(report);
  EXPECT_EQ(text.find("one cause"), std::string::npos) << text;
  std::size_t rows = 0;
  for (const std::string& line : lines_of(text)) rows += line.contains("0.7810");
  EXPECT_EQ(rows, 4U) << text;
}

TEST(Console, grouped_errors_keep_the_rows_that_have_numbers) {
  sample::OwnedReport report = sample::gate_error();
  for (const char* id : {"first", "second", "third"})
    report.verdict.checks.push_back(sample::result(id, Outcome::error, "The worker ended."));
  report.verdict.checks[2].candidate = report.verdict.checks[2].production = {};
  const std::string text = console(report);
  EXPECT_NE(text.find("3 checks, one cause"), std::string::npos);
  std::size_t rows = 0;
  for (const std::string& line : lines_of(text)) rows += line.contains("0.7810");
  EXPECT_EQ(rows, 2U) << text;
}

TEST(Console, what_cannot_be_assessed_for_one_reason_is_told_once) {
  sample::OwnedReport report = sample::gate_error();
  for (const char* metric : {"recall", "precision", "f1"}) {
    report.verdict.checks.push_back(sample::result(metric, Outcome::not_assessable,
                                                   std::string(metric) + " cannot be judged. Nothing to compare."));
    report.verdict.checks.back().planned.metric = metric;
    report.verdict.checks.back().detail = "Nothing to compare.";
  }
  report.verdict.checks.back().detail = "Another reason.";
  const std::string text = console(report);
  EXPECT_NE(text.find("2 checks, one cause"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    Nothing to compare.\n"), std::string::npos) << text;
  EXPECT_NE(text.find("f1 cannot be judged."), std::string::npos) << text;
}

TEST(Console, long_lists_of_slices_are_cut_with_their_number) {
  sample::OwnedReport report = sample::passing();
  CheckResult slice = report.verdict.checks[3];
  for (int i = 0; i < 50; ++i) {
    slice.slice = {{"region", "r" + std::to_string(i)}};
    report.verdict.checks.push_back(slice);
  }
  EXPECT_NE(console(report).find("and 38 more slices"), std::string::npos);
}

TEST(Console, resolved_margins_are_shown_with_their_origin) {
  const std::string text = console(sample::fraud());
  EXPECT_NE(text.find("≥ -0.0092"), std::string::npos);
  EXPECT_NE(text.find("(1% of production)"), std::string::npos);
  EXPECT_NE(text.find("≤ +5%"), std::string::npos);
}

TEST(Console, hostile_text_runs_no_command_and_moves_no_cursor) {
  const std::regex command{"(^|\n)\\s*::|##\\[|##vso\\[|##teamcity\\["};
  for (const std::string& hostile : sample::hostile_texts()) {
    const std::string text = console(sample::with_text_everywhere(hostile));
    EXPECT_FALSE(std::regex_search(text, command)) << text;
    EXPECT_EQ(text.find('\x1B'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_LT(text.size(), 500'000U);
  }
}

TEST(Console, a_word_that_wrapping_moves_to_the_start_of_a_line_is_no_command) {
  sample::OwnedReport report = sample::gate_error();
  for (int shift = 0; shift < 90; ++shift) {
    report.verdict.headline = std::string(static_cast<std::size_t>(shift), 'x') + " ::error::boom";
    EXPECT_FALSE(std::regex_search(console(report), std::regex{"(^|\n)\\s*::"})) << shift;
  }
}

TEST(Markdown, stays_within_its_cap_and_says_how_many_rows_are_left_out) {
  sample::OwnedReport report = sample::fraud();
  const CheckResult failed = report.verdict.checks[8];
  for (int i = 0; i < 2000; ++i) report.verdict.checks.push_back(failed);
  const std::string text = markdown_page(report.view());
  EXPECT_LE(text.size(), text_cap);
  EXPECT_TRUE(std::regex_search(text, std::regex{"and [0-9]+ more, in report.json"}));
  EXPECT_NE(text.find("card_fraud blocked"), std::string::npos);
}

TEST(Markdown, hostile_text_stays_in_its_cell_and_within_the_cap) {
  for (const std::string& hostile : sample::hostile_texts()) {
    const std::string text = markdown_page(sample::with_text_everywhere(hostile).view());
    EXPECT_LE(text.size(), text_cap);
    // What stands in a code span is shown as it is, so only the rest counts.
    const std::string outside = std::regex_replace(text, std::regex{"([^\\\\])`[^`]*`"}, "$1");
    EXPECT_EQ(outside.find("<img"), std::string::npos);
    EXPECT_EQ(outside.find("@everyone"), std::string::npos);
    std::size_t columns = 0;  // of the table that a line stands in: of results five, of percentiles three
    for (const std::string& line : lines_of(text)) {
      if (!line.starts_with("| ")) columns = 0;
      if (!line.starts_with("| ")) continue;
      if (columns == 0) columns = line == "| percentile | candidate | production |" ? 3 : 5;
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
      EXPECT_EQ(bars, columns + 1) << line;
    }
  }
}

TEST(Markdown, the_blocking_table_is_not_folded_and_comes_first) {
  const std::string text = markdown_page(sample::fraud().view());
  EXPECT_LT(text.find("### Blocking"), text.find("<details>"));
  EXPECT_LT(text.find("beyond the allowed regression"), text.find("<details>"));
}

TEST(Markdown, every_folded_part_is_closed) {
  for (const auto& report : {sample::fraud(), sample::passing(), sample::gate_error(), sample::hostile()}) {
    const std::string text = markdown_page(report.view());
    const auto count = [&](const std::string& what) {
      int found = 0;
      for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
      return found;
    };
    EXPECT_EQ(count("<details>"), count("</details>"));
  }
}

TEST(Json, numbers_come_back_to_the_last_bit) {
  sample::OwnedReport report = sample::passing();
  const double value = 0.1 + 0.2;
  report.verdict.checks[0].candidate.value = value;
  const auto json = nlohmann::json::parse(json_text(report.view()));
  EXPECT_EQ(json["checks"][0]["candidate"]["value"].get<double>(), value);
}

TEST(Json, what_is_not_finite_is_null_with_a_reason) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const auto json = nlohmann::json::parse(json_text(sample::with_number_everywhere(number).view()));
    const auto& candidate = json["checks"][0]["candidate"];
    EXPECT_TRUE(candidate["value"].is_null());
    EXPECT_EQ(candidate["reason"], "non_finite");
  }
  sample::OwnedReport report = sample::fraud();
  report.verdict.checks[1].difference.interval = Interval{-0.01, std::numeric_limits<double>::infinity()};
  const auto json = nlohmann::json::parse(json_text(report.view()));
  EXPECT_TRUE(json["checks"][1]["difference"]["interval"][1].is_null());
  EXPECT_EQ(json["checks"][1]["difference"]["reason"], "unbounded");
}

TEST(Json, volatile_data_stand_only_in_run_and_environment) {
  sample::OwnedReport other = sample::fraud();
  other.run.started = "2027-01-01T00:00:00Z";
  other.run.seconds = 99;
  other.run.hostname = "elsewhere";
  other.run.environment = {{"cpu", "other"}};
  for (CheckResult& result : other.verdict.checks) result.seconds *= 3;
  auto one = nlohmann::json::parse(json_text(sample::fraud().view()));
  auto two = nlohmann::json::parse(json_text(other.view()));
  EXPECT_NE(one, two);
  for (auto* json : {&one, &two}) {
    json->erase("run");
    json->erase("environment");
  }
  EXPECT_EQ(one, two);
}

TEST(Json, verdict_exit_code_and_outcomes_are_the_verdicts_own) {
  const sample::OwnedReport report = sample::fraud();
  const auto json = nlohmann::json::parse(json_text(report.view()));
  EXPECT_EQ(json["verdict"], "block");
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["scope"], "partial");
  ASSERT_EQ(json["checks"].size(), report.verdict.checks.size());
  for (std::size_t i = 0; i < report.verdict.checks.size(); ++i) {
    EXPECT_EQ(json["checks"][i]["id"], report.verdict.checks[i].id);
    EXPECT_EQ(json["checks"][i]["outcome"], to_string(report.verdict.checks[i].outcome));
  }
}

TEST(Json, the_reason_is_null_where_there_is_none) {
  sample::OwnedReport report = sample::fraud();
  const auto json = nlohmann::json::parse(json_text(report.view()));
  for (std::size_t i = 0; i < report.verdict.checks.size(); ++i) {
    const Reason reason = report.verdict.checks[i].reason;
    EXPECT_EQ(json["checks"][i]["reason"],
              reason == Reason::none ? nlohmann::json(nullptr) : nlohmann::json(to_string(reason)));
  }
}

TEST(Json, hostile_text_leaves_valid_json_without_control_characters) {
  for (const std::string& hostile : sample::hostile_texts()) {
    const std::string text = json_text(sample::with_text_everywhere(hostile).view());
    EXPECT_TRUE(nlohmann::json::accept(text));
    EXPECT_EQ(text.find("\\u00"), std::string::npos);
  }
}

TEST(Reporters, nothing_judged_is_partial_everywhere) {
  sample::OwnedReport unselected = sample::gate_error();
  unselected.verdict.checks = {sample::result("a", Outcome::not_selected, "Left out by --only.")};
  sample::OwnedReport usage = sample::passing();
  usage.verdict.exit_code = ExitCode::usage;
  for (const sample::OwnedReport& report : {sample::gate_error(), unselected, usage}) {
    EXPECT_EQ(nlohmann::json::parse(rendered("a.json", report))["scope"], "partial");
    EXPECT_NE(rendered("a.xml", report).find("name=\"modelgate.scope\" value=\"partial\""), std::string::npos);
    EXPECT_NE(rendered("a.md", report).find("Scope: **partial**"), std::string::npos);
    EXPECT_NE(console(report).find("; scope: partial"), std::string::npos);
  }
  EXPECT_EQ(nlohmann::json::parse(rendered("a.json", sample::passing()))["scope"], "full");
}

TEST(Reporters, a_fixed_population_is_said_in_every_report_and_leaves_nothing_to_chance) {
  const std::string note = "holds for these rows only: population: fixed";
  sample::OwnedReport report = sample::passing();
  for (const bool fixed : {false, true}) {
    report.plan.dataset.population = fixed ? Population::fixed : Population::sample;
    for (const char* path : {"a.xml", "a.md"}) EXPECT_EQ(rendered(path, report).contains(note), fixed) << path;
    EXPECT_EQ(console(report).contains(note), fixed);
    for (const std::string& text : {rendered("a.md", report), console(report)})
      EXPECT_EQ(text.contains("An equal model would be blocked"), !fixed) << text;
    const auto json = nlohmann::json::parse(rendered("a.json", report));
    EXPECT_EQ(json["dataset"]["population"], fixed ? "fixed" : "sample");
    EXPECT_EQ(json["p_block_equal"].is_null(), fixed);
  }
}

TEST(Reporters, the_digest_is_named_as_that_of_the_effective_gate) {
  EXPECT_NE(console(sample::fraud()).find("effective gate sha256 9f86d081884c"), std::string::npos);
  EXPECT_NE(rendered("a.md", sample::fraud()).find("effective gate sha256"), std::string::npos);
}

TEST(Reporters, golden_rows_that_were_never_read_are_not_counted_as_none) {
  sample::OwnedReport report = sample::fraud();
  EXPECT_NE(console(report).find(" rows\n  gate file"), std::string::npos);
  report.run.dataset_rows = 0;
  for (const std::string& text : {console(report), rendered("a.md", report), rendered("a.html", report)}) {
    EXPECT_EQ(text.find(" 0 rows"), std::string::npos);
    EXPECT_EQ(text.find("Golden rows"), std::string::npos);
  }
}

TEST(Reporters, the_same_report_gives_the_same_bytes) {
  for (const char* path : {"a.xml", "b/c.json", "d.md", "e.prom", "f.sarif"}) {
    const auto reporter = reporter_for(path);
    ASSERT_TRUE(reporter) << path;
    EXPECT_EQ(sample::rendered(path, sample::fraud()), sample::rendered(path, sample::fraud()));
  }
}

TEST(Reporters, an_unknown_suffix_is_a_usage_error_that_lists_the_known_ones) {
  for (const char* path : {"report.txt", "report", "xml", ""}) {
    const auto reporter = reporter_for(path);
    ASSERT_FALSE(reporter) << path;
    EXPECT_EQ(reporter.error().kind, ErrorKind::usage);
    EXPECT_NE(reporter.error().message.find(".xml (JUnit), .extended.xml (JUnit with file and line), .json, .md"),
              std::string::npos);
  }
}

TEST(Facts, limits_show_the_side_on_which_harm_lies) {
  CheckResult result = sample::fraud().verdict.checks[1];
  EXPECT_EQ(facts_of(result).limit, "≥ -0.0092");
  EXPECT_EQ(facts_of(result).limit_note, "1% of production");
  result.planned.limit = {LimitWord::min_improvement, 0.02, false, "0.02"};
  result.margin = 0.02;
  EXPECT_EQ(facts_of(result).limit, "≥ +0.0200");
  CheckResult loss = sample::fraud().verdict.checks[2];
  EXPECT_EQ(facts_of(loss).limit, "≤ +0.0200");
  loss.planned.limit.word = LimitWord::min_improvement;
  EXPECT_EQ(facts_of(loss).limit, "≤ -0.0200");
}

TEST(Facts, an_unresolved_percent_margin_is_shown_as_percent) {
  CheckResult result = sample::fraud().verdict.checks[1];
  result.margin.reset();
  EXPECT_EQ(facts_of(result).limit, "≥ -1%");
}

TEST(Facts, the_chance_of_a_block_is_not_told_beside_a_warning_that_tells_it) {
  sample::OwnedReport report = sample::fraud();
  EXPECT_EQ(block_chance_sentence(report.view()),
            "An equal model would be blocked in 7.1% of runs: 10% of the rows discordant, margins as declared.");
  report.verdict.block_chance = BlockChance{0.071, "10 % of the rows"};
  EXPECT_EQ(block_chance_sentence(report.view()), "An equal model would be blocked in 7.1% of runs: 10 % of the rows.");
  report.verdict.block_chance = sample::fraud().verdict.block_chance;
  report.verdict.warnings.emplace_back("Blocked often (10% of the rows discordant, margins as declared.).");
  EXPECT_EQ(block_chance_sentence(report.view()), "");
}

TEST(Facts, only_pass_waived_and_not_selected_never_block) {
  for (const Outcome outcome : {Outcome::fail, Outcome::inconclusive, Outcome::not_assessable, Outcome::error}) {
    CheckResult result = sample::result("a", outcome, "");
    result.blocking = true;
    EXPECT_EQ(standing_of(result), Standing::blocking);
    result.blocking = false;
    EXPECT_EQ(standing_of(result), outcome == Outcome::error ? Standing::blocking : Standing::warning);
  }
  for (const Outcome outcome : {Outcome::pass, Outcome::waived, Outcome::not_selected}) {
    CheckResult result = sample::result("a", outcome, "");
    result.blocking = true;
    EXPECT_NE(standing_of(result), Standing::blocking);
  }
}

}  // namespace
}  // namespace modelgate
