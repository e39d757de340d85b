// SPDX-License-Identifier: Apache-2.0
#include "gate/report/write.hpp"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "gate/report/staged_file.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

struct Counts {
  std::int64_t tests = 0;
  std::int64_t failures = 0;
  std::int64_t errors = 0;
  std::int64_t skipped = 0;

  bool operator==(const Counts&) const = default;
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
};

Counts written_counts(const tinyxml2::XMLElement& element) {
  return {element.Int64Attribute("tests", -1), element.Int64Attribute("failures", -1),
          element.Int64Attribute("errors", -1), element.Int64Attribute("skipped", -1)};
}

/// Counts the cases themselves; a case with two outcome elements counts nothing, so that the sums cannot agree.
Counts counted(const tinyxml2::XMLElement& suite) {
  Counts counts;
  for (const auto* one = suite.FirstChildElement("testcase"); one != nullptr;
       one = one->NextSiblingElement("testcase")) {
    const Counts outcome{1, one->FirstChildElement("failure") != nullptr, one->FirstChildElement("error") != nullptr,
                         one->FirstChildElement("skipped") != nullptr};
    if (outcome.failures + outcome.errors + outcome.skipped <= 1) counts.add(outcome);
  }
  return counts;
}

Result<void> verify_junit(const std::string& path, const std::string& bytes) {
  const auto broken = [&](std::string_view why) {
    return report_error(fmt::format("{} is not a whole JUnit report: {}", clean_line(path), why));
  };
  tinyxml2::XMLDocument document;
  if (document.Parse(bytes.data(), bytes.size()) != tinyxml2::XML_SUCCESS) return broken(document.ErrorStr());
  const tinyxml2::XMLElement* root = document.RootElement();
  if (root == nullptr || std::strcmp(root->Name(), "testsuites") != 0) return broken("its root is not testsuites");
  Counts all;
  for (const auto* suite = root->FirstChildElement("testsuite"); suite != nullptr;
       suite = suite->NextSiblingElement("testsuite")) {
    const Counts cases = counted(*suite);
    if (cases != written_counts(*suite)) return broken("the counts of a suite are not those of its cases");
    all.add(cases);
  }
  if (all.tests == 0) return broken("it has no case");
  Counts totals = written_counts(*root);
  totals.skipped = all.skipped;  // the root has no such attribute
  if (totals != all) return broken("its totals are not those of its suites");
  return {};
}

}  // namespace

Result<void> write_atomically(const std::string& path, std::string_view bytes) {
  Result<StagedFile> staged = StagedFile::write(path, bytes);
  if (!staged) return std::unexpected(staged.error());
  if (Result<void> put = staged->put(); !put) return put;
  return staged->settle();
}

Result<void> verify_written(const std::string& path, std::string_view bytes) { return verify_copy(path, path, bytes); }

Result<void> verify_copy(const std::string& copy, const std::string& path, std::string_view bytes) {
  std::ifstream file(copy, std::ios::binary);
  if (!file)
    return report_error(
        fmt::format("cannot read back {}: {}", clean_line(path), std::generic_category().message(errno)));
  std::string found(bytes.size() + 1, '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));  // an iterator would throw at an unreadable disk
  found.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad())
    return report_error(fmt::format("cannot read back {}: its disk or network gave an error", clean_line(path)));
  if (found != bytes)
    return report_error(
        fmt::format("{} does not hold what was written: {} bytes of {} are there; is another run writing "
                    "to the same file?",
                    clean_line(path), found.size(), bytes.size()));
  const std::string suffix = fs::path(path).extension().string();
  if (suffix == ".xml") return verify_junit(path, found);
  if ((suffix == ".json" || suffix == ".sarif") && !nlohmann::json::accept(found))
    return report_error(fmt::format("{} is not whole JSON", clean_line(path)));
  if (suffix == ".prom" && !found.ends_with("# EOF\n"))
    return report_error(fmt::format("{} does not end as OpenMetrics does", clean_line(path)));
  return {};
}

}  // namespace modelgate
