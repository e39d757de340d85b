// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "checks/planning/block_chance.hpp"
#include "checks/planning/warnings.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/conditions.hpp"
#include "gate/app/golden_rows.hpp"
#include "gate/app/options.hpp"
#include "gate/app/own_inputs.hpp"
#include "gate/app/pilot_report.hpp"
#include "gate/app/plan_report.hpp"
#include "gate/app/run_metadata.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"

namespace modelgate {
namespace {

Result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return report_error(fmt::format("-o {}: the plan cannot be written.", path));
  return {};
}

/// Row numbers will do: ids decide nothing here.
Plan without_ids(Plan plan) {
  plan.dataset.id.clear();
  return plan;
}

/// A report that measured nothing of this gate takes the place of no assumption, and that is said.
void tell_pilot(PlanReport& report, const Pilot& pilot) {
  if (!pilot.discordant && std::ranges::none_of(report.outlooks, &Outlook::from_pilot)) {
    report.warnings.push_back(
        fmt::format("{} measured nothing that this gate asks: it is another gate's report, or its checks could not be "
                    "judged. Everything is assumed as without it.",
                    pilot.path));
    return;
  }
  report.pilot = pilot.path;
  report.pilot_discordant = pilot.discordant;
}

Result<PlanReport> look_ahead(const Plan& plan, const std::string& pilot_path) {
  std::optional<Pilot> pilot;
  if (!pilot_path.empty()) {
    auto read = read_pilot(pilot_path);
    if (!read) return std::unexpected(read.error());
    pilot = std::move(*read);
  }
  const Plan counted = without_ids(plan);
  const auto rows = read_golden_rows(golden_request(counted));
  if (!rows) return std::unexpected(rows.error());
  PlanReport report{plan, rows->rows, {}, {}, {}, {}, plan.warnings};
  const Plan budgeted = at_budgeted_level(plan);
  report.outlooks = outlooks_of(budgeted, *rows, pilot ? &*pilot : nullptr, Detail::all);
  report.block_chance = block_chance_of(plan, report.outlooks);
  if (pilot) tell_pilot(report, *pilot);
  std::ranges::move(warnings_of_rows(plan, *rows), std::back_inserter(report.warnings));
  std::ranges::move(warnings_of_outlooks(plan, report.outlooks), std::back_inserter(report.warnings));
  return report;
}

}  // namespace

ExitCode command_plan(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(look_ahead_description())));
    return ExitCode::pass;
  }
  const auto options = parse_plan(words);
  if (!options) return fail_with(options.error());
  auto plan = load_plan(options->plan, registered_specs());
  if (!plan) return fail_with(plan.error());
  if (const auto conditions = conditions_of(*plan, utc_today()); !conditions) return fail_with(conditions.error());
  if (const auto spared = spare_own_inputs(*plan, std::array{options->output}); !options->output.empty() && !spared)
    return fail_with(spared.error());
  const auto report = look_ahead(*plan, options->pilot);
  if (!report) return fail_with(report.error());
  if (!options->output.empty()) {
    if (const auto written = write_file(options->output, plan_json(*report)); !written)
      return fail_with(written.error());
  }
  print_out(options->json ? plan_json(*report) : plan_table(*report));
  return ExitCode::pass;
}

}  // namespace modelgate
