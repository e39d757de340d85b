// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "gate/report/console.hpp"
#include "gate/report/github.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

/// Compares with tests/golden/report/NAME; UPDATE_GOLDEN=1 ctest -R report.Golden writes the files anew.
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(MODELGATE_SOURCE_DIR) + "/tests/golden/report/" + name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path;
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text, golden) << name << " changed; where that is meant: UPDATE_GOLDEN=1 ctest -R report.Golden";
}

std::string rendered(const sample::OwnedReport& report, const std::string& suffix) {
  return sample::rendered("report" + suffix, report);
}

ConsoleStyle style(std::size_t width, bool color = false) {
  return {.width = width,
          .color = color,
          .report_paths = {"modelgate-report/card_fraud/junit.xml", "modelgate-report/card_fraud/report.json",
                           "modelgate-report/card_fraud/summary.md"}};
}

TEST(Golden, junit) { expect_golden("fraud.xml", rendered(sample::fraud(), ".xml")); }
TEST(Golden, json) { expect_golden("fraud.json", rendered(sample::fraud(), ".json")); }
TEST(Golden, markdown) { expect_golden("fraud.md", rendered(sample::fraud(), ".md")); }
TEST(Golden, openmetrics) { expect_golden("fraud.prom", rendered(sample::fraud(), ".prom")); }
TEST(Golden, sarif) { expect_golden("fraud.sarif", rendered(sample::fraud(), ".sarif")); }
TEST(Golden, github_annotations) {
  const auto as_it_is = [](const std::string& path) { return path; };
  expect_golden("fraud-annotations.txt", github_annotations(sample::fraud().view(), as_it_is));
}
TEST(Golden, console_80_columns) { expect_golden("fraud.txt", console_text(sample::fraud().view(), style(80))); }
TEST(Golden, console_120_columns) { expect_golden("fraud-wide.txt", console_text(sample::fraud().view(), style(120))); }
TEST(Golden, console_in_colour) {
  expect_golden("fraud-colour.txt", console_text(sample::fraud().view(), style(80, true)));
}
TEST(Golden, console_of_a_pass) { expect_golden("passing.txt", console_text(sample::passing().view(), style(80))); }
TEST(Golden, junit_of_a_gate_error) { expect_golden("gate-error.xml", rendered(sample::gate_error(), ".xml")); }
TEST(Golden, console_of_a_gate_error) {
  expect_golden("gate-error.txt", console_text(sample::gate_error().view(), style(80)));
}

}  // namespace
}  // namespace modelgate
