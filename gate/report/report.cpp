// SPDX-License-Identifier: Apache-2.0
#include "gate/report/report.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "gate/report/json.hpp"
#include "gate/report/junit.hpp"
#include "gate/report/markdown.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Render = std::string (*)(const Report&);

struct Format {
  std::string_view suffix;
  Render render;
};

constexpr std::array formats{Format{".xml", junit_xml}, Format{".json", json_text}, Format{".md", markdown_page}};

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

Result<std::unique_ptr<Reporter>> reporter_for(std::string_view path) {
  const std::string suffix = std::filesystem::path(path).extension().string();
  for (const Format& format : formats)
    if (format.suffix == suffix) return std::make_unique<OneFileReporter>(format.render);
  return usage_error(
      fmt::format("no report format for \"{}\": the file name must end in .xml (JUnit), .json or .md; a name "
                  "that ends in / is a folder for all of them",
                  clean_line(path)));
}

}  // namespace modelgate
