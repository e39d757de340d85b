// SPDX-License-Identifier: Apache-2.0
#include "gate/report/junit.hpp"

#include <tinyxml2.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/junit_cases.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using tinyxml2::XMLElement;

/// Readers of the strict schema take at most three decimals on suites.
constexpr int suite_decimals = 3;
constexpr int case_decimals = 6;

std::string time_text(double seconds, int decimals) {
  return fixed_text(std::isfinite(seconds) ? std::clamp(seconds, 0.0, 1e9) : 0.0, decimals);
}

void set(XMLElement& element, const char* name, const std::string& value) {
  element.SetAttribute(name, clean_line(value).c_str());
}

void add_text(XMLElement& parent, const char* name, const std::string& text) {
  parent.InsertNewChildElement(name)->InsertNewText(text.c_str());
}

void add_property(XMLElement& properties, const char* name, const std::string& value) {
  if (clean_line(value).empty()) return;
  XMLElement& property = *properties.InsertNewChildElement("property");
  property.SetAttribute("name", name);
  set(property, "value", value);
}

std::string overrides_text(const Plan& plan) {
  std::string text;
  for (const Override& one : plan.overrides) text += (text.empty() ? "" : "; ") + override_text(one);
  return text;
}

std::string model_text(const ModelRecord& model) {
  if (!model.present) return {};
  const std::string name = model.version.empty() ? model.path : model.version;
  const std::string text = model.sha256.empty() ? name : name + " sha256:" + model.sha256;
  return model.signed_by.empty() ? text : text + " signed: key sha256:" + model.signed_by;
}

/// Few: GitLab's limit counts every object of a file.
void add_properties(XMLElement& suite, const Report& report) {
  XMLElement& properties = *suite.InsertNewChildElement("properties");
  add_property(properties, "modelgate.verdict", std::string(to_string(report.verdict.kind)));
  add_property(properties, "modelgate.exit_code", std::to_string(static_cast<int>(report.verdict.exit_code)));
  add_property(properties, "modelgate.scope", is_partial(report.verdict) ? "partial" : "full");
  add_property(properties, "modelgate.population", population_note(report.plan));
  add_property(properties, "modelgate.gate_sha256", report.plan.gate_sha256);
  add_property(properties, "modelgate.waivers_sha256", report.run.waivers_sha256);
  add_property(properties, "modelgate.candidate", model_text(report.run.models[index_of(Role::candidate)]));
  add_property(properties, "modelgate.production", model_text(report.run.models[index_of(Role::production)]));
  add_property(properties, "modelgate.overrides", overrides_text(report.plan));
}

const char* element_name(CaseElement element) {
  if (element == CaseElement::failure) return "failure";
  return element == CaseElement::error ? "error" : "skipped";
}

enum class Dialect { strict, extended };

void add_case(XMLElement& suite, const JUnitCase& one, const std::string& classname, Dialect dialect) {
  XMLElement& element = *suite.InsertNewChildElement("testcase");
  set(element, "name", one.name);
  set(element, "classname", classname);
  set(element, "time", time_text(one.seconds, case_decimals));
  if (dialect == Dialect::extended && !one.file.empty()) {
    set(element, "file", one.file);
    if (one.line > 0) set(element, "line", std::to_string(one.line));
  }
  if (one.element != CaseElement::none) {
    XMLElement& outcome = *element.InsertNewChildElement(element_name(one.element));
    set(outcome, "message", one.message);
    if (!one.type.empty()) set(outcome, "type", std::string(one.type));
    outcome.InsertNewText(one.text.c_str());
  }
  if (!one.system_out.empty()) add_text(element, "system-out", one.system_out);
}

void add_counts(XMLElement& element, std::size_t tests, std::size_t failures, std::size_t errors) {
  set(element, "tests", std::to_string(tests));
  set(element, "failures", std::to_string(failures));
  set(element, "errors", std::to_string(errors));
}

void add_suite(XMLElement& root, const JUnitSuite& suite, const Report& report, Dialect dialect) {
  XMLElement& element = *root.InsertNewChildElement("testsuite");
  set(element, "name", suite.name);
  add_counts(element, suite.cases.size(), suite.count(CaseElement::failure), suite.count(CaseElement::error));
  set(element, "skipped", std::to_string(suite.count(CaseElement::skipped)));
  set(element, "time", time_text(suite.seconds(), suite_decimals));
  if (!report.run.started.empty()) set(element, "timestamp", report.run.started);
  if (!report.run.hostname.empty()) set(element, "hostname", report.run.hostname);
  if (!report.plan.gate_file.empty()) set(element, "file", report.plan.gate_file);
  add_properties(element, report);
  for (const JUnitCase& one : suite.cases) add_case(element, one, suite.name, dialect);
}

std::string junit_of(const Report& report, Dialect dialect) {
  const std::vector<JUnitSuite> suites = junit_suites(report);
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const JUnitSuite& suite : suites) {
    tests += suite.cases.size();
    failures += suite.count(CaseElement::failure);
    errors += suite.count(CaseElement::error);
  }
  tinyxml2::XMLDocument document;
  document.InsertEndChild(document.NewDeclaration());
  XMLElement& root = *document.NewElement("testsuites");
  document.InsertEndChild(&root);
  set(root, "name", "modelgate");
  add_counts(root, tests, failures, errors);
  set(root, "time", time_text(report.run.seconds, suite_decimals));
  for (const JUnitSuite& suite : suites) add_suite(root, suite, report, dialect);
  tinyxml2::XMLPrinter printer;
  document.Print(&printer);
  return printer.CStr();
}

}  // namespace

std::string junit_xml(const Report& report) { return junit_of(report, Dialect::strict); }

std::string junit_xml_extended(const Report& report) { return junit_of(report, Dialect::extended); }

}  // namespace modelgate
