// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "gate/app/after_options.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/options.hpp"
#include "gate/app/report_targets.hpp"
#include "gate/app/terminal.hpp"
#include "gate/report/read_report.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A report rendered over its own source may leave the bytes as they are, and nothing else.
Result<void> spare_the_report(const std::string& source, const ReportTargets& targets, const Report& report) {
  for (const std::string& path : targets.paths) {
    const auto reporter = reporter_for(path);
    if (!reporter) return std::unexpected(reporter.error());
    for (const ReportFile& file : (*reporter)->render(report, path)) {
      if (is_same_file(file.path, source) && file.bytes != bytes_of(source))
        return usage_error(
            fmt::format("-o {} would overwrite {}, from which it is made, by other bytes. Name another file.",
                        clean_line(path), clean_line(source)));
    }
  }
  return {};
}

}  // namespace

ExitCode command_render(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(render_help());
    return ExitCode::pass;
  }
  const auto options = parse_render(words);
  if (!options) return fail_with(options.error());
  const auto stored = read_report(options->report);
  if (!stored) return fail_with(stored.error());
  const ReportTargets targets = report_targets(options->outputs, stored->plan.name);
  if (targets.refused) return fail_with(*targets.refused);
  if (const auto spared = spare_the_report(options->report, targets, stored->view()); !spared)
    return fail_with(spared.error());
  if (const auto written = write_reports(targets, stored->view()); !written) return fail_with(written.error());
  std::string text;
  for (const std::string& path : targets.paths) text += fmt::format("written: {}\n", clean_line(path));
  print_out(log_safe(text));
  return ExitCode::pass;
}

}  // namespace modelgate
