// SPDX-License-Identifier: Apache-2.0
// Any bytes as a report.json: a report that is written again as it was read, and as well-formed JUnit; or an error that
// says something. Never a pass that its own checks contradict.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "gate/report/console.hpp"
#include "gate/report/json.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/read_report.hpp"
#include "gate/report/text.hpp"
#include "gate/report/write.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

void require_no_false_pass(const Verdict& verdict) {
  if (verdict.exit_code != ExitCode::pass) return;
  fuzz::require(!verdict.checks.empty());
  fuzz::require(std::ranges::none_of(verdict.checks, [](const CheckResult& check) { return check.blocking; }));
}

void render(const Report& report, const fuzz::Folder& folder) {
  const std::string console = console_text(report, {});
  fuzz::require(defuse_commands(console) == console);
  fuzz::require(markdown_page(report).size() <= text_cap);
  const std::string path = folder.path() + "/junit.xml";
  const auto reporter = reporter_for(path);
  fuzz::require(reporter.has_value());
  for (const ReportFile& file : (*reporter)->render(report, path)) {
    const fuzz::NamedFile written(folder, "junit.xml", file.bytes);
    fuzz::require(verify_written(written.path(), file.bytes).has_value());
  }
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  static const fuzz::Folder folder;
  const auto report = parse_report(fuzz::text_of(data, size), "report.json");
  if (!report) return fuzz::require_words(report.error()), 0;
  require_no_false_pass(report->verdict);
  fuzz::require(nlohmann::json::parse(json_text(report->view())) == nlohmann::json::parse(fuzz::text_of(data, size)));
  render(report->view(), folder);
  return 0;
}
