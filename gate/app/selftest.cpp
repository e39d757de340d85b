// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "gate/app/commands.hpp"
#include "gate/app/isolation_notice.hpp"
#include "gate/app/options.hpp"
#include "gate/app/own_inputs.hpp"
#include "gate/app/run_metadata.hpp"
#include "gate/app/selftest_options.hpp"
#include "gate/app/selftest_report.hpp"
#include "gate/app/selftest_trials.hpp"
#include "gate/app/signals.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_resamples = 1000;  // of a cell: they say each rate to about 1.5 points
constexpr double share_of_rows = 0.25;        // of a budget that latency needs, too

Result<void> write_output(const std::string& path, const std::string& text) {
  std::error_code ignored;  // what went wrong shows when the file is written
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return report_error(fmt::format("-o {}: the decisions cannot be written.", path));
  return {};
}

/// One self-test from the plan to the exit code.
class Selftest {
 public:
  Selftest(Plan plan, SelftestOptions options)
      : plan_(std::move(plan)),
        options_(std::move(options)),
        report_{.plan = plan_, .options = options_, .reference = reference_role(plan_), .record = begin_run_record()} {}

  ExitCode tell() {
    const auto progress = make_progress(options_.quiet, clock_);
    if (auto made = make_trials(*progress); !made) return give_up(made.error());
    if (rows_.cells.empty() && latency_.cells.empty())
      return fail_with({ErrorKind::data, Reason::no_baseline, "modelgate selftest: nothing can be tried.\n" + notes()});
    allow();
    if (!options_.quiet) print_out(selftest_outlook(report_));
    if (nothing_fits()) return fail_with(too_small());
    for (const auto& [trial, part] : {std::pair{&rows_, &report_.rows}, std::pair{&latency_, &report_.latency}}) {
      if (trial->cells.empty()) continue;
      const auto done = take_decisions(*trial, left_for(*part), plan_.runtime.seed, clock_, *progress, part->taken);
      if (!done) return give_up(done.error());
    }
    return conclude(ExitCode::pass);
  }

 private:
  Result<void> make_trials(Progress& progress) {
    const Plan doubled = against_itself(plan_);
    const auto wants = [&](Family family) { return options_.parts.contains(family); };
    if (wants(Family::accuracy) || wants(Family::bias)) {
      auto rows = rows_trial(doubled, options_, report_.record, progress, report_.notes, isolation_);
      if (!rows) return std::unexpected(rows.error());
      rows_ = std::move(*rows);
    }
    if (wants(Family::latency)) latency_ = latency_trial(doubled, options_, report_.record, report_.notes, isolation_);
    for (const auto& [trial, part] : {std::pair{&rows_, &report_.rows}, std::pair{&latency_, &report_.latency}}) {
      part->name = trial->name;
      part->cells = trial->cells;
      part->expected_s = trial->expected_s;
    }
    return {};
  }

  /// Rows come first and leave most of the time to latency.
  void allow() {
    const std::size_t each = options_.decisions.value_or(most_resamples);
    report_.rows.allowance.per_cell = each;
    if (options_.decisions) {
      report_.latency.allowance.per_cell = each;
      return;
    }
    const double left = options_.budget_s - (clock_.now_s() - started_);
    const bool both = !latency_.cells.empty();
    report_.rows.allowance.seconds = both ? left * share_of_rows : left;
    const double wanted = rows_.expected_s * static_cast<double>(rows_.cells.size() * most_resamples);
    const double spent = rows_.cells.empty() ? 0.0 : std::min(report_.rows.allowance.seconds, wanted);
    report_.latency.allowance.seconds = left - spent;
  }

  /// What the first part did not need is the second one's.
  Allowance left_for(const SelftestPart& part) const {
    Allowance allowance = part.allowance;
    if (options_.decisions) return allowance;
    const double left = options_.budget_s - (clock_.now_s() - started_);
    allowance.seconds = &part == &report_.latency ? left : std::min(left, allowance.seconds);
    return allowance;
  }

  bool nothing_fits() const {
    return std::ranges::all_of(std::array{&report_.rows, &report_.latency}, [](const SelftestPart* part) {
      return part->cells.empty() || part->expected_s > part->allowance.seconds;
    });
  }

  Error too_small() const {
    const double least = latency_.cells.empty() ? rows_.expected_s : latency_.expected_s;
    return {
        ErrorKind::usage, Reason::data_invalid,
        fmt::format("modelgate selftest: the budget buys no decision; one is expected to take {:.1f} s, and {:.1f} s "
                    "were left after the golden rows were replayed. Give --budget more.",
                    least, std::max(0.0, options_.budget_s - (clock_.now_s() - started_)))};
  }

  std::string notes() const {
    std::string text;
    for (const std::string& note : report_.notes) text += note + "\n";
    return text.empty() ? text : text.substr(0, text.size() - 1);
  }

  /// What was decided before is told all the same.
  ExitCode give_up(const Error& error) {
    report_.stopped = error.message;
    const bool cancelled = cancellation().has_value();
    if (!cancelled) print_err(fmt::format("error: {}\n", log_safe(error.message)));
    return conclude(cancelled ? cancellation_exit_code() : exit_code_for(error));
  }

  static ExitCode exit_code_for(const Error& error) {
    return error.kind == ErrorKind::usage ? ExitCode::usage : ExitCode::error;
  }

  ExitCode conclude(ExitCode code) {
    report_.record.seconds = clock_.now_s() - started_;
    std::string text = options_.quiet ? std::string{} : selftest_tables(report_);
    for (const std::string& finding : selftest_findings(report_)) text += selftest_paragraph(finding);
    print_out(log_safe(text));
    warn_of_isolation(isolation_.get());
    if (options_.output.empty()) return code;
    if (const auto written = write_output(options_.output, selftest_json(report_)); !written)
      return fail_with(written.error());
    return code;
  }

  Plan plan_;
  SelftestOptions options_;
  SteadyClock clock_;
  double started_ = clock_.now_s();
  SelftestReport report_;
  WeakestIsolation isolation_;
  Experiment rows_;
  Experiment latency_;
};

}  // namespace

ExitCode command_selftest(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(selftest_description())));
    return ExitCode::pass;
  }
  install_signal_handlers();
  auto options = parse_selftest(words);
  if (!options) return fail_with(options.error());
  auto plan = load_plan(options->plan, registered_specs());
  if (!plan) return fail_with(plan.error());
  if (const auto spared = spare_own_inputs(*plan, std::array{options->output}); !options->output.empty() && !spared)
    return fail_with(spared.error());
  if (!options->output.empty()) {  // not after minutes: and nothing of an earlier run may stay
    if (const auto written = write_output(options->output, {}); !written) return fail_with(written.error());
  }
  return Selftest(std::move(*plan), std::move(*options)).tell();
}

}  // namespace modelgate
