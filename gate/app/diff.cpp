// SPDX-License-Identifier: Apache-2.0
#include "gate/after/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/app/after_options.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/options.hpp"
#include "gate/app/terminal.hpp"
#include "gate/report/text.hpp"
#include "gate/report/write.hpp"

namespace modelgate {
namespace {

Result<void> write_page(const DiffOptions& options, const std::string& page) {
  for (const std::string& report : {options.before, options.after})
    if (is_same_file(options.output, report))
      return usage_error(
          fmt::format("modelgate diff: -o {} would overwrite a report that is compared.", clean_line(options.output)));
  return write_atomically(options.output, page);
}

}  // namespace

ExitCode command_diff(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(diff_help());
    return ExitCode::pass;
  }
  const auto options = parse_diff(words);
  if (!options) return fail_with(options.error());
  const auto before = read_report(options->before);
  if (!before) return fail_with(before.error());
  const auto after = read_report(options->after);
  if (!after) return fail_with(after.error());
  const ReportDiff diff = diff_of(*before, *after);
  if (!options->output.empty()) {
    if (const auto written = write_page(*options, diff_markdown(diff)); !written) return fail_with(written.error());
  }
  if (options->output.empty() || !options->markdown)
    print_out(options->markdown ? diff_markdown(diff)
                                : diff_text(diff, std::clamp<std::size_t>(terminal_width(), 60, 140)));
  return ExitCode::pass;
}

}  // namespace modelgate
