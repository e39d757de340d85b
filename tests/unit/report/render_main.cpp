// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iostream>
#include <string>

#include "gate/report/console.hpp"
#include "gate/report/write.hpp"
#include "tests/unit/report/sample.hpp"

namespace {

modelgate::sample::OwnedReport named(const std::string& name) {
  namespace sample = modelgate::sample;
  if (name == "passing") return sample::passing();
  if (name == "gate_error") return sample::gate_error();
  if (name == "many") return sample::many(3000);
  return name == "hostile" ? sample::hostile() : sample::fraud();
}

}  // namespace

// Renders one of the sample reports: render_sample fraud|passing|gate_error|hostile|many SUFFIX|console [WIDTH
// [color]]; render_sample NAME page FOLDER writes report.html and its pictures there.
int main(int argc, char** argv) {
  using namespace modelgate;
  const std::string which = argc > 1 ? argv[1] : "";
  const std::string format = argc > 2 ? argv[2] : "";
  const sample::OwnedReport report = named(which);
  if (format == "console") {
    ConsoleStyle style;
    if (argc > 3) style.width = std::strtoul(argv[3], nullptr, 10);
    style.color = argc > 4;
    style.report_paths = {"modelgate-report/card_fraud/junit.xml", "modelgate-report/card_fraud/report.json",
                          "modelgate-report/card_fraud/summary.md"};
    std::cout << console_text(report.view(), style);
    return 0;
  }
  if (format == "page" && argc > 3) {
    const std::string path = std::string(argv[3]) + "/report.html";
    for (const ReportFile& file : reporter_for(path).value()->render(report.view(), path))
      if (!write_atomically(file.path, file.bytes)) return 4;
    return 0;
  }
  const auto reporter = reporter_for("report" + format);
  if (!reporter) {
    std::cerr << reporter.error().message << '\n';
    return 2;
  }
  std::cout << (*reporter)->render(report.view(), "report" + format).back().bytes;
  return 0;
}
