// SPDX-License-Identifier: Apache-2.0
#include "gate/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "gate/report/html/html.hpp"
#include "gate/report/json.hpp"
#include "gate/report/junit.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/openmetrics.hpp"
#include "gate/report/sarif.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Render = std::vector<ReportFile> (*)(const Report&, const std::string& path);

struct Format {
  std::string_view suffix;
  std::string_view name;  ///< of the format, where the suffix does not say it
  Render render;
  std::string_view mark;  ///< in the beginning of every report of the format, and of no other file but by intent
};

template <std::string (*Text)(const Report&)>
std::vector<ReportFile> one_file(const Report& report, const std::string& path) {
  return {{path, Text(report)}};
}

constexpr std::string_view junit_mark = R"(<testsuites name="modelgate" )";

constexpr std::array formats{
    Format{".xml", "JUnit", one_file<junit_xml>, junit_mark},
    Format{".extended.xml", "JUnit with file and line", one_file<junit_xml_extended>, junit_mark},
    Format{".json", "", one_file<json_text>, "{\n  \"schema_version\": "},
    Format{".md", "", one_file<markdown_page>, "## modelgate: "},
    Format{".html", "", html_files, R"(<meta name="generator" content="modelgate"/>)"},
    Format{".prom", "OpenMetrics", one_file<openmetrics_text>, "# TYPE modelgate_verdict gauge"},
    Format{".sarif", "", one_file<sarif_text>, R"("name": "modelgate")"},
};

/// Of the suffixes that a name ends in the longest decides; null where it ends in none.
const Format* format_of(std::string_view path) {
  const std::string name = std::filesystem::path(path).filename().string();
  const Format* found = nullptr;
  for (const Format& format : formats) {
    const bool ends = name.size() > format.suffix.size() && name.ends_with(format.suffix);
    if (ends && (found == nullptr || format.suffix.size() > found->suffix.size())) found = &format;
  }
  return found;
}

class FormatReporter final : public Reporter {
 public:
  explicit FormatReporter(Render function) : render_(function) {}
  std::vector<ReportFile> render(const Report& report, const std::string& path) const override {
    return render_(report, path);
  }

 private:
  Render render_;
};

}  // namespace

std::vector<std::string_view> format_suffixes() {
  std::vector<std::string_view> suffixes(formats.size());
  std::ranges::transform(formats, suffixes.begin(), &Format::suffix);
  return suffixes;
}

Result<std::unique_ptr<Reporter>> reporter_for(std::string_view path) {
  const Format* found = format_of(path);
  if (found != nullptr) return std::make_unique<FormatReporter>(found->render);
  return usage_error(
      fmt::format("no report format for \"{}\": the file name must end in one of {}; a name that ends in / is a folder "
                  "for the default ones",
                  clean_line(path), report_suffixes()));
}

bool begins_as_report(std::string_view path, std::string_view bytes) {
  constexpr std::size_t beginning = 4096;
  const Format* format = format_of(path);
  return format != nullptr && bytes.substr(0, beginning).contains(format->mark);
}

std::string report_suffixes() {
  std::string text;
  for (const Format& format : formats)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", format.suffix,
                        format.name.empty() ? "" : fmt::format(" ({})", format.name));
  return text;
}

}  // namespace modelgate
