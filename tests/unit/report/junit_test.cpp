// SPDX-License-Identifier: Apache-2.0
#include "gate/report/junit.hpp"

#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <algorithm>
#include <limits>
#include <regex>
#include <set>

#include "gate/core/check_id.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

using tinyxml2::XMLElement;

/// A rendered report, parsed back.
struct Parsed {
  std::string xml;
  tinyxml2::XMLDocument document;
  std::vector<const XMLElement*> suites;
  std::vector<const XMLElement*> cases;

  explicit Parsed(const sample::OwnedReport& report) : xml(junit_xml(report.view())) {
    EXPECT_EQ(document.Parse(xml.c_str(), xml.size()), tinyxml2::XML_SUCCESS) << document.ErrorStr();
    for (const auto* suite = root().FirstChildElement("testsuite"); suite != nullptr;
         suite = suite->NextSiblingElement("testsuite")) {
      suites.push_back(suite);
      for (const auto* one = suite->FirstChildElement("testcase"); one != nullptr;
           one = one->NextSiblingElement("testcase"))
        cases.push_back(one);
    }
  }

  const XMLElement& root() const { return *document.RootElement(); }

  const XMLElement& named(std::string_view name) const {
    const auto found =
        std::ranges::find_if(cases, [&](const XMLElement* one) { return one->Attribute("name") == name; });
    if (found == cases.end()) throw std::runtime_error("no case " + std::string(name));
    return **found;
  }
};

/// failure, error or skipped; null for a passed case.
const XMLElement* outcome_of(const XMLElement& one) {
  for (const char* name : {"failure", "error", "skipped"})
    if (const XMLElement* found = one.FirstChildElement(name)) return found;
  return nullptr;
}

int count_outcomes(const XMLElement& one) {
  int count = 0;
  for (const auto* child = one.FirstChildElement(); child != nullptr; child = child->NextSiblingElement())
    count += std::set<std::string>{"failure", "error", "skipped"}.contains(child->Name());
  return count;
}

Parsed with_result(CheckResult result) {
  sample::OwnedReport report = sample::fraud();
  report.verdict.checks = {std::move(result)};
  return Parsed(report);
}

TEST(JUnitShape, point_1_is_flat_testsuites_testsuite_testcase) {
  const Parsed parsed(sample::fraud());
  EXPECT_STREQ(parsed.root().Name(), "testsuites");
  ASSERT_EQ(parsed.suites.size(), 4U);
  for (const XMLElement* suite : parsed.suites) EXPECT_EQ(suite->FirstChildElement("testsuite"), nullptr);
}

TEST(JUnitShape, point_2_a_case_has_at_most_one_outcome_element) {
  for (const sample::OwnedReport& report : {sample::fraud(), sample::hostile(), sample::gate_error()})
    for (const XMLElement* one : Parsed(report).cases) EXPECT_LE(count_outcomes(*one), 1) << one->Attribute("name");
}

TEST(JUnitShape, point_3_the_message_stands_in_the_attribute_and_in_the_first_line_of_the_text) {
  int seen = 0;
  for (const sample::OwnedReport& report : {sample::fraud(), sample::hostile(), sample::gate_error()}) {
    const Parsed parsed(report);
    for (const XMLElement* one : parsed.cases) {
      const XMLElement* outcome = outcome_of(*one);
      if (outcome == nullptr) continue;
      const std::string message = outcome->Attribute("message");
      const std::string text = outcome->GetText();
      EXPECT_FALSE(message.empty());
      EXPECT_EQ(message.find('\n'), std::string::npos);
      EXPECT_EQ(text.substr(0, text.find('\n')), message);
      ++seen;
    }
  }
  EXPECT_GT(seen, 10);
}

TEST(JUnitShape, point_4_types_come_from_the_closed_set) {
  const std::set<std::string> failures{"threshold", "inconclusive", "data"};
  const std::set<std::string> errors{"model", "input", "timeout", "internal"};
  for (const sample::OwnedReport& report : {sample::fraud(), sample::hostile(), sample::gate_error()}) {
    const Parsed parsed(report);
    for (const XMLElement* one : parsed.cases) {
      if (const auto* failure = one->FirstChildElement("failure")) {
        EXPECT_TRUE(failures.contains(failure->Attribute("type")));
      }
      if (const auto* error = one->FirstChildElement("error")) {
        EXPECT_TRUE(errors.contains(error->Attribute("type")));
      }
      if (const auto* skipped = one->FirstChildElement("skipped")) {
        EXPECT_EQ(skipped->Attribute("type"), nullptr);
      }
    }
  }
}

TEST(JUnitShape, point_5_names_are_the_check_ids_unique_and_without_special_characters) {
  const sample::OwnedReport report = sample::fraud();
  const Parsed parsed(report);
  for (const CheckResult& result : report.verdict.checks) EXPECT_NO_THROW(parsed.named(result.id)) << result.id;
  for (const sample::OwnedReport& other : {report, sample::hostile()}) {
    const Parsed again(other);
    std::set<std::string> names;
    for (const XMLElement* one : again.cases) {
      EXPECT_TRUE(names.insert(one->Attribute("name")).second) << one->Attribute("name");
      EXPECT_TRUE(is_id_text(one->Attribute("name")));
      EXPECT_TRUE(is_id_text(one->Attribute("classname")));
    }
  }
}

TEST(JUnitShape, point_5_classname_is_the_gate_and_the_family_like_the_suite) {
  const Parsed parsed(sample::fraud());
  EXPECT_STREQ(parsed.suites[0]->Attribute("name"), "card_fraud.accuracy");
  EXPECT_STREQ(parsed.suites[1]->Attribute("name"), "card_fraud.bias");
  EXPECT_STREQ(parsed.suites[2]->Attribute("name"), "card_fraud.latency");
  for (const XMLElement* suite : parsed.suites)
    for (const auto* one = suite->FirstChildElement("testcase"); one != nullptr;
         one = one->NextSiblingElement("testcase"))
      EXPECT_STREQ(one->Attribute("classname"), suite->Attribute("name"));
}

TEST(JUnitShape, point_5_names_do_not_depend_on_measured_values_versions_or_times) {
  sample::OwnedReport other = sample::fraud();
  for (CheckResult& result : other.verdict.checks) {
    result.candidate.value = 0.5;
    result.rows += 1;
    result.seconds += 1;
  }
  other.run.models[0].version = "v9";
  other.run.started = "2027-01-01T00:00:00Z";
  other.plan.gate_sha256 = std::string(64, 'e');
  const Parsed one(sample::fraud());
  const Parsed two(other);
  ASSERT_EQ(one.cases.size(), two.cases.size());
  for (std::size_t i = 0; i < one.cases.size(); ++i) {
    EXPECT_STREQ(one.cases[i]->Attribute("name"), two.cases[i]->Attribute("name"));
    EXPECT_STREQ(one.cases[i]->Attribute("classname"), two.cases[i]->Attribute("classname"));
  }
}

TEST(JUnitShape, point_6_the_location_is_a_line_of_the_text_and_a_file_of_the_suite) {
  const Parsed parsed(sample::fraud());
  const std::string text = outcome_of(parsed.named("accuracy.recall.max_regression.sex=F.age_band=18-29"))->GetText();
  EXPECT_TRUE(text.ends_with("\n declared at modelgate.yaml:19")) << text;
  for (const XMLElement* suite : parsed.suites) EXPECT_STREQ(suite->Attribute("file"), "modelgate.yaml");
  for (const XMLElement* one : parsed.cases) {
    EXPECT_EQ(one->Attribute("file"), nullptr);
    EXPECT_EQ(one->Attribute("line"), nullptr);
    EXPECT_EQ(one->FirstChildElement("properties"), nullptr);
  }
}

TEST(JUnitShape, point_6_the_location_survives_an_overlong_text) {
  CheckResult result = sample::result("a.b.min", Outcome::fail, "long");
  for (int i = 0; i < 30; ++i) result.groups.push_back({std::string(20'000, 'g'), "tpr", 1, 1, {}, {}, true});
  const Parsed parsed = with_result(result);
  const std::string text = outcome_of(*parsed.cases[0])->GetText();
  EXPECT_LE(text.size(), 60'100U);
  EXPECT_TRUE(text.ends_with("\n declared at modelgate.yaml:19"));
}

TEST(JUnitShape, point_7_times_are_fixed_notation_with_three_and_six_decimals) {
  for (const double seconds : {0.0, 1e-9, 0.0125, 12345.6789, 1e300, -1.0, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
    const Parsed parsed(sample::with_number_everywhere(seconds));
    EXPECT_TRUE(std::regex_match(parsed.root().Attribute("time"), std::regex{"[0-9]+\\.[0-9]{3}"}));
    for (const XMLElement* suite : parsed.suites)
      EXPECT_TRUE(std::regex_match(suite->Attribute("time"), std::regex{"[0-9]+\\.[0-9]{3}"}));
    for (const XMLElement* one : parsed.cases)
      EXPECT_TRUE(std::regex_match(one->Attribute("time"), std::regex{"[0-9]+\\.[0-9]{6}"}));
  }
}

TEST(JUnitShape, point_7_no_text_shows_nan_inf_or_an_exponent) {
  const std::regex bad{"\\b(nan|inf)\\b|[0-9]e[-+]?[0-9]"};
  for (const double number :
       {1e300, 1e-300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_FALSE(std::regex_search(junit_xml(sample::with_number_everywhere(number).view()), bad)) << number;
}

TEST(JUnitShape, point_8_counts_stand_on_every_suite_and_on_the_root) {
  for (const sample::OwnedReport& report :
       {sample::fraud(), sample::passing(), sample::gate_error(), sample::hostile()}) {
    const Parsed parsed(report);
    int tests = 0, failures = 0, errors = 0;
    for (const XMLElement* suite : parsed.suites) {
      int here[4] = {0, 0, 0, 0};
      for (const auto* one = suite->FirstChildElement("testcase"); one != nullptr;
           one = one->NextSiblingElement("testcase")) {
        const XMLElement* outcome = outcome_of(*one);
        const std::string name = outcome == nullptr ? "" : outcome->Name();
        ++here[0];
        here[1] += name == "failure";
        here[2] += name == "error";
        here[3] += name == "skipped";
      }
      EXPECT_EQ(suite->IntAttribute("tests"), here[0]);
      EXPECT_EQ(suite->IntAttribute("failures"), here[1]);
      EXPECT_EQ(suite->IntAttribute("errors"), here[2]);
      EXPECT_EQ(suite->IntAttribute("skipped"), here[3]);
      tests += here[0], failures += here[1], errors += here[2];
    }
    EXPECT_EQ(parsed.root().IntAttribute("tests"), tests);
    EXPECT_EQ(parsed.root().IntAttribute("failures"), failures);
    EXPECT_EQ(parsed.root().IntAttribute("errors"), errors);
  }
}

TEST(JUnitShape, point_8_the_root_has_no_other_attribute) {
  const Parsed parsed(sample::fraud());
  std::set<std::string> names;
  for (const auto* attribute = parsed.root().FirstAttribute(); attribute != nullptr; attribute = attribute->Next())
    names.insert(attribute->Name());
  EXPECT_EQ(names, (std::set<std::string>{"name", "tests", "failures", "errors", "time"}));
}

TEST(JUnitShape, point_9_hostile_text_in_any_field_leaves_xml_1_0_characters_only) {
  for (const std::string& text : sample::hostile_texts()) {
    const Parsed parsed(sample::with_text_everywhere(text));
    const bool clean =
        std::ranges::all_of(parsed.xml, [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\t'; });
    EXPECT_TRUE(clean);
    EXPECT_EQ(parsed.xml.find("\xEF\xBF\xBE"), std::string::npos);
    EXPECT_EQ(parsed.xml.find("&#"), std::string::npos);
    EXPECT_EQ(parsed.cases.size(), 23U);
  }
}

TEST(JUnitShape, point_10_text_is_escaped_without_cdata_doctype_namespace_or_byte_order_mark) {
  const std::string xml = Parsed(sample::hostile()).xml;
  EXPECT_TRUE(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
  for (const char* forbidden : {"<![CDATA[", "<!DOCTYPE", "xmlns", "]]>"})
    EXPECT_EQ(xml.find(forbidden), std::string::npos);
  EXPECT_NE(xml.find("]]&gt;"), std::string::npos);
}

TEST(JUnitShape, point_11_a_report_without_checks_has_one_error_case_of_the_gate) {
  const Parsed parsed(sample::gate_error());
  ASSERT_EQ(parsed.cases.size(), 1U);
  EXPECT_STREQ(parsed.cases[0]->Attribute("name"), "gate ran");
  EXPECT_STREQ(parsed.cases[0]->Attribute("classname"), "card_fraud.gate");
  ASSERT_NE(parsed.cases[0]->FirstChildElement("error"), nullptr);
  EXPECT_NE(std::string(parsed.cases[0]->FirstChildElement("error")->Attribute("message")).find("matches no file"),
            std::string::npos);
}

TEST(JUnitShape, point_11_an_empty_verdict_that_calls_itself_a_pass_is_still_an_error) {
  sample::OwnedReport report = sample::gate_error();
  report.verdict.kind = VerdictKind::pass;
  report.plan.name.clear();
  const Parsed parsed(report);
  EXPECT_STREQ(parsed.cases[0]->Attribute("classname"), "modelgate.gate");
  EXPECT_NE(parsed.cases[0]->FirstChildElement("error"), nullptr);
}

TEST(JUnitShape, point_11_a_verdict_that_is_no_pass_never_looks_green) {
  sample::OwnedReport report = sample::passing();
  report.verdict.kind = VerdictKind::error;
  EXPECT_NE(Parsed(report).named("gate ran").FirstChildElement("error"), nullptr);
}

TEST(JUnitShape, point_11_otherwise_there_is_no_case_of_the_gate) {
  EXPECT_THROW(Parsed(sample::fraud()).named("gate ran"), std::runtime_error);
  EXPECT_THROW(Parsed(sample::passing()).named("gate ran"), std::runtime_error);
}

TEST(JUnitShape, point_12_texts_and_properties_stay_small) {
  for (const std::string& text : sample::hostile_texts()) {
    const Parsed parsed(sample::with_text_everywhere(text));
    for (const XMLElement* one : parsed.cases)
      for (const auto* child = one->FirstChildElement(); child != nullptr; child = child->NextSiblingElement())
        EXPECT_LE(std::string(child->GetText()).size(), 64'000U);
  }
  const Parsed parsed(sample::fraud());
  for (const XMLElement* suite : parsed.suites) {
    int properties = 0;
    const auto* list = suite->FirstChildElement("properties");
    for (const auto* one = list->FirstChildElement(); one != nullptr; one = one->NextSiblingElement()) ++properties;
    EXPECT_LE(properties, 8);
  }
}

TEST(JUnitShape, point_13_findings_that_do_not_block_are_passed_cases_with_system_out) {
  for (const Outcome outcome : {Outcome::fail, Outcome::inconclusive, Outcome::not_assessable}) {
    CheckResult result = sample::result("a.b.min", outcome, "what was found");
    result.blocking = false;
    const Parsed parsed = with_result(result);
    const XMLElement& one = parsed.named("a.b.min");
    EXPECT_EQ(outcome_of(one), nullptr);
    EXPECT_NE(std::string(one.FirstChildElement("system-out")->GetText()).find("warning, does not block"),
              std::string::npos);
    EXPECT_NE(std::string(one.FirstChildElement("system-out")->GetText()).find("what was found"), std::string::npos);
  }
}

struct Mapping {
  Outcome outcome;
  Reason reason;
  const char* element;
  const char* type;
};

TEST(JUnitShape, outcomes_map_to_elements_and_types) {
  const Mapping mappings[] = {{Outcome::fail, Reason::none, "failure", "threshold"},
                              {Outcome::inconclusive, Reason::straddles_limit, "failure", "inconclusive"},
                              {Outcome::not_assessable, Reason::absent_slice, "failure", "data"},
                              {Outcome::error, Reason::model_crashed, "error", "model"},
                              {Outcome::error, Reason::non_finite, "error", "model"},
                              {Outcome::error, Reason::data_invalid, "error", "input"},
                              {Outcome::error, Reason::digest_mismatch, "error", "input"},
                              {Outcome::error, Reason::timeout, "error", "timeout"},
                              {Outcome::error, Reason::cancelled, "error", "internal"},
                              {Outcome::waived, Reason::none, "skipped", nullptr},
                              {Outcome::not_selected, Reason::none, "skipped", nullptr}};
  for (const Mapping& mapping : mappings) {
    CheckResult result = sample::result("a.b.min", mapping.outcome, "said");
    result.reason = mapping.reason;
    const Parsed parsed = with_result(result);
    const XMLElement* outcome = outcome_of(parsed.named("a.b.min"));
    ASSERT_NE(outcome, nullptr) << to_string(mapping.outcome);
    EXPECT_STREQ(outcome->Name(), mapping.element);
    EXPECT_STREQ(outcome->Attribute("type"), mapping.type);
  }
}

TEST(JUnitShape, an_error_blocks_even_where_blocking_is_not_set) {
  CheckResult result = sample::result("a.b.min", Outcome::error, "crashed");
  result.blocking = false;
  EXPECT_NE(with_result(result).named("a.b.min").FirstChildElement("error"), nullptr);
}

TEST(JUnitShape, what_an_errors_message_leaves_out_stands_in_its_text) {
  CheckResult result = sample::result("a.b.min", Outcome::error, "RuntimeError: no");
  result.detail = "RuntimeError: no\n\x1b[0m\nTraceback:\n  line 3";
  const Parsed parsed = with_result(result);
  const XMLElement* error = parsed.named("a.b.min").FirstChildElement("error");
  EXPECT_STREQ(error->Attribute("message"), "RuntimeError: no");
  EXPECT_NE(std::string(error->GetText()).find("\nin full:\nTraceback:\n  line 3"), std::string::npos);
}

TEST(JUnitShape, checks_that_could_not_be_judged_are_skipped_cases_with_their_reason) {
  const Parsed parsed(sample::fraud());
  const XMLElement* skipped = outcome_of(parsed.named("resources.throughput.max_regression.batch=4096"));
  EXPECT_STREQ(skipped->Name(), "skipped");
  EXPECT_STREQ(skipped->Attribute("message"), "Recorded predictions cannot be timed; give a live model.");
}

TEST(JUnitShape, every_override_and_the_gates_digest_stand_in_the_properties) {
  const std::string xml = Parsed(sample::fraud()).xml;
  EXPECT_NE(xml.find("value=\"dataset.path=golden/2026-11/*.parquet\""), std::string::npos);
  EXPECT_NE(xml.find("name=\"modelgate.gate_sha256\" value=\"9f86d081"), std::string::npos);
  EXPECT_NE(xml.find("name=\"modelgate.waivers_sha256\" value=\"5d41402a"), std::string::npos);
  EXPECT_NE(xml.find("name=\"modelgate.verdict\" value=\"block\""), std::string::npos);
}

}  // namespace
}  // namespace modelgate
