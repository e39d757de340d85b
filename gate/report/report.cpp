// SPDX-License-Identifier: Apache-2.0
#include "gate/report/report.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "gate/report/json.hpp"
#include "gate/report/junit.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/openmetrics.hpp"
#include "gate/report/sarif.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Render = std::string (*)(const Report&);

struct Format {
  std::string_view suffix;
  std::string_view name;  ///< of the format, where the suffix does not say it
  Render render;
};

constexpr std::array formats{
    Format{".xml", "JUnit", junit_xml}, Format{".json", "", json_text},
    Format{".md", "", markdown_page},   Format{".prom", "OpenMetrics", openmetrics_text},
    Format{".sarif", "", sarif_text},
};

class OneFileReporter final : public Reporter {
 public:
  explicit OneFileReporter(Render function) : render_(function) {}
  std::vector<ReportFile> render(const Report& report, const std::string& path) const override {
    return {{path, render_(report)}};
  }

 private:
  Render render_;
};

}  // namespace

std::vector<std::string_view> format_suffixes() {
  std::vector<std::string_view> suffixes;
  for (const Format& format : formats) suffixes.push_back(format.suffix);
  return suffixes;
}

Result<std::unique_ptr<Reporter>> reporter_for(std::string_view path) {
  const std::string suffix = std::filesystem::path(path).extension().string();
  for (const Format& format : formats)
    if (format.suffix == suffix) return std::make_unique<OneFileReporter>(format.render);
  return usage_error(
      fmt::format("no report format for \"{}\": the file name must end in one of {}; a name that ends in / is a folder "
                  "for the default ones",
                  clean_line(path), report_suffixes()));
}

std::string report_suffixes() {
  std::string text;
  for (const Format& format : formats)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", format.suffix,
                        format.name.empty() ? "" : fmt::format(" ({})", format.name));
  return text;
}

}  // namespace modelgate
