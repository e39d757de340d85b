// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <exception>
#include <thread>
#include <tuple>

#include "checks/pictures/draw.hpp"
#include "checks/planning/block_chance.hpp"
#include "checks/planning/warnings.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/conditions.hpp"
#include "gate/app/github_actions.hpp"
#include "gate/app/golden_use.hpp"
#include "gate/app/judging.hpp"
#include "gate/app/latency_phase.hpp"
#include "gate/app/options.hpp"
#include "gate/app/own_failure.hpp"
#include "gate/app/own_inputs.hpp"
#include "gate/app/report_targets.hpp"
#include "gate/app/row_evidence.hpp"
#include "gate/app/run_metadata.hpp"
#include "gate/app/sample_files.hpp"
#include "gate/app/signals.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/core/paragraph.hpp"
#include "gate/replay/replay.hpp"
#include "gate/report/console.hpp"
#include "gate/report/text.hpp"
#include "gate/sandbox/isolation.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

/// One run from the plan to the exit code.
class Run {
 public:
  Run(Plan plan, WaiverBook waivers, ReportTargets targets, bool quiet)
      : plan_(std::move(plan)), targets_(std::move(targets)), quiet_(quiet), record_(begin_run_record()) {
    record_.waivers_file = waivers.file;
    record_.waivers_sha256 = waivers.sha256;
    circumstances_.waivers = std::move(waivers);
    circumstances_.reuse = unused(plan_);
  }

  /// The product's story: doubt first, then replay, measure, judge, decide, report.
  ExitCode tell() {
    describe_plan();
    remove_abandoned(targets_);
    remove_row_evidence(targets_);
    remove_sample_files(targets_);
    if (const auto written = write_reports(targets_, {plan_, pessimistic_verdict(plan_), record_}); !written)
      return take_back(written.error());
    std::vector<NotJudged> not_judged = take_out_not_judged(plan_);
    const Result<std::vector<CheckResult>> results = measure_and_judge();
    if (const auto stop = cancellation()) return finish(failed_verdict(plan_, *stop), cancellation_exit_code());
    if (!results) {
      if (!quiet_) print_err(fmt::format("error: {}\n", log_safe(results.error().message)));
      return finish(failed_verdict(plan_, results.error()));
    }
    Verdict verdict = decide(plan_, *results, std::move(not_judged), circumstances_);
    if (replayed_) {
      if (!verdict.reuse.exhausted()) verdict.block_chance = block_chance_of(plan_, replayed_->table.rows);
      std::ranges::move(warnings_of_rows(plan_, replayed_->table.rows), std::back_inserter(verdict.warnings));
    }
    add_warnings(verdict);
    return conclude(std::move(verdict));
  }

 private:
  void describe_plan() {
    record_.dataset_path = plan_.dataset.written;
    for (const Role role : both_roles) {
      record_.models[index_of(role)] = {plan_.model(role).source != ModelSource::absent,
                                        plan_.model(role).written,
                                        {},
                                        plan_.model(role).version,
                                        {}};
    }
    const bool live =
        std::ranges::any_of(both_roles, [&](Role role) { return plan_.model(role).source == ModelSource::live; });
    record_.isolation = live ? "none yet: no model was opened" : "not needed: no model is run";
  }

  Result<std::vector<CheckResult>> measure_and_judge() {
    const auto progress = make_progress(quiet_, clock_);
    const Phases phases = phases_of(plan_);
    if (phases.replay) {
      auto result = replay(plan_, replay_needs(plan_), *progress, {.cancel = &cancel_flag()});
      if (!result) return std::unexpected(result.error());
      note_replay(*result);
      replayed_ = std::move(*result);
      auto reuse =
          golden_use_.begin(plan_, *replayed_, record_.started.substr(0, 10), [] { return cancel_flag().load(); });
      if (!reuse) return std::unexpected(reuse.error());
      if (plan_.ledger) circumstances_.reuse = std::move(*reuse);
    }
    if (phases.latency && !cancellation()) {
      auto measured = latency_phase(plan_, *progress, record_, {}, &warnings_, &isolation_);
      if (!measured && !replayed_) return std::unexpected(measured.error());
      samples_ = measured ? std::move(*measured) : untimed(plan_, measured.error());
      for (const LatencyRun& run : samples_->runs) {
        for (const Role role : both_roles) note_trouble(role, run.errors[index_of(role)]);
      }
    }
    if (cancellation()) return std::vector<CheckResult>{};
    Judged judged = judge(plan_, table(), samples());
    cache_ = std::move(judged.cache);
    refuse_identical_models(judged.results, record_, plan_);
    return std::move(judged.results);
  }

  const ScoreTable* table() const { return replayed_ ? &replayed_->table : nullptr; }
  const Samples* samples() const { return samples_ ? &*samples_ : nullptr; }

  /// A model that could not be evaluated is told even where every judged limit binds the other one alone; once, though
  /// replay and each latency round meet the same trouble.
  void note_trouble(Role role, const std::optional<Error>& error) {
    if (!error) return;
    std::string text =
        fmt::format("The {} could not be evaluated: {}", to_string(role), clean_line(first_paragraph(error->message)));
    if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
  }

  void note_replay(const ReplayResult& result) {
    record_.models = result.models;
    record_.dataset_sha256 = result.dataset_sha256;
    record_.dataset_rows = result.table.rows.rows;
    warnings_.insert(warnings_.end(), result.warnings.begin(), result.warnings.end());
    for (const Role role : both_roles) {
      note_trouble(role, result.table.model(role).error);
      const auto& worker = result.workers[index_of(role)];
      if (worker && worker->confinement) isolation_.note(*worker->confinement);
      if (worker) record_.environment.emplace_back(std::string(to_string(role)) + "_runtime", worker->runtime);
      if (worker && !worker->printed.empty())
        warnings_.push_back(fmt::format("The {} model printed: {}", to_string(role), worker->printed));
    }
  }

  void add_warnings(Verdict& verdict) const {
    verdict.warnings.insert(verdict.warnings.end(), warnings_.begin(), warnings_.end());
    if (const auto held = isolation_.get(); held && level_of(*held) != Isolation::full)
      verdict.warnings.push_back(isolation_warning(*held));
    if (verdict.block_chance && verdict.block_chance->probability > 0.2)
      verdict.warnings.push_back(
          fmt::format("A model equal to production would be blocked by about {:.0f} % of such runs ({}). "
                      "{} would lower this.",
                      100 * verdict.block_chance->probability, verdict.block_chance->assumption,
                      ways_to_lower_block_chance(plan_)));
  }

  /// What the verdict leaves behind beside its numbers: pictures, rows that explain it, and the golden rows' ledger.
  ExitCode conclude(Verdict verdict) {
    draw_pictures({plan_, table(), samples(), cache_.get()}, verdict.checks, std::thread::hardware_concurrency());
    cache_.reset();
    if (replayed_) {
      if (const auto shown = add_row_evidence(plan_, replayed_->table, targets_, verdict); !shown)
        return take_back(shown.error());
    }
    if (const auto timed = add_sample_files(plan_, samples(), targets_, record_.started, verdict); !timed)
      return take_back(timed.error());
    if (const auto kept = golden_use_.keep(verdict); !kept) spoil(verdict, kept.error());
    record_.ledger = golden_use_.digests();
    return finish(std::move(verdict));
  }

  /// Reports, console and exit code from one verdict; a report that cannot be written wins.
  ExitCode finish(Verdict verdict, std::optional<ExitCode> instead = {}) {
    if (instead) verdict.exit_code = *instead;
    record_.seconds = clock_.now_s() - started_;
    if (const auto held = isolation_.get()) record_.isolation = isolation_words(*held);
    const Report report{plan_, verdict, record_};
    if (const auto written = write_reports(targets_, report); !written) return take_back(written.error());
    const ConsoleStyle style{terminal_width(), terminal_color(), targets_.paths};
    print_out(quiet_ ? fmt::format("{}: {}\n", to_string(verdict.kind), log_safe(clean_line(verdict.headline)))
                     : console_text(report, style));
    tell_github(report, targets_.paths);
    return verdict.exit_code;
  }

  /// One report could not be written: the others must not show a verdict that the exit code does not give.
  ExitCode take_back(const Error& error) {
    const Verdict failed = failed_verdict(plan_, error);
    remove_reports(targets_);  // where none can be written, an old pass must not stay
    std::ignore = write_reports(targets_, {plan_, failed, record_});  // the first error is the one to tell
    tell_github({plan_, failed, record_}, {});
    return fail_with(error);
  }

  Plan plan_;
  ReportTargets targets_;
  bool quiet_;
  SteadyClock clock_;
  double started_ = clock_.now_s();
  RunRecord record_;
  std::optional<ReplayResult> replayed_;
  std::optional<Samples> samples_;
  std::unique_ptr<EvidenceCache> cache_;  // views replayed_
  std::vector<std::string> warnings_;
  WeakestIsolation isolation_;
  Circumstances circumstances_;
  GoldenUse golden_use_;
};

/// Takes out the files that hold something else: nobody could say whether the gate reads them. Returns what to tell.
std::string take_out_others(std::vector<std::string>& paths, const std::string& gate_file) {
  std::string told;
  std::erase_if(paths, [&](const std::string& path) {
    const bool other = !may_hold_an_error(path, gate_file);
    if (other) told += fmt::format("\n{} is left as it is: it holds no report of modelgate's.", clean_line(path));
    return other;
  });
  return told;
}

/// A usage error still replaces the reports whose paths are known, so that no stale pass stays.
ExitCode refuse(Error error, const std::string& gate_file, const std::vector<std::string>& outputs) {
  Plan unknown;
  unknown.gate_file = gate_file;
  unknown.name = gate_name_of(gate_file);
  const bool paths_known = !outputs.empty() || !unknown.name.empty();
  if (unknown.name.empty()) unknown.name = "modelgate";
  const Verdict failed = failed_verdict(unknown, error);
  const RunRecord record = begin_run_record();
  ReportTargets targets;
  if (paths_known) {
    targets = report_targets(outputs, unknown.name);
    error.message += take_out_others(targets.paths, gate_file);
    if (const auto written = write_reports(targets, {unknown, failed, record}); !written) {
      remove_reports(targets);
      std::ignore = write_reports(targets, {unknown, failed, record});
      tell_github({unknown, failed_verdict(unknown, written.error()), record}, {});
      return fail_with(written.error());
    }
  }
  tell_github({unknown, failed, record}, targets.paths);
  return fail_with(error);
}

/// The same of a command line alone, where no plan tells the reports.
ExitCode refuse_run(const Error& error, std::span<const std::string> words) {
  const RunOptions legible = legible_run(words);
  return refuse(error, legible.plan.gate_file, legible.outputs);
}

/// The error for everyone but the input that a report would have replaced.
ExitCode refuse_to_overwrite(const Error& error, const Plan& plan, const ReportTargets& targets) {
  std::vector<std::string> harmless;
  for (const std::string& path : targets.paths)
    if (spare_own_inputs(plan, std::array{path})) harmless.push_back(path);
  return harmless.empty() ? fail_with(error) : refuse(error, plan.gate_file, harmless);
}

ExitCode run_gate(std::span<const std::string> words) {
  const auto options = parse_run(words);
  if (!options) return refuse_run(options.error(), words);
  const auto specs = registered_specs();
  auto plan = load_plan(options->plan, specs);
  if (!plan) return refuse(plan.error(), options->plan.gate_file, options->outputs);
  ReportTargets targets = report_targets(options->outputs, plan->name);
  std::vector<std::string> outputs = targets.paths;
  outputs.insert(outputs.end(), targets.flips.begin(), targets.flips.end());
  for (const SampleFiles& files : targets.samples) outputs.insert(outputs.end(), {files.parquet, files.benchmarks});
  if (const auto spared = spare_own_inputs(*plan, outputs); !spared)
    return refuse_to_overwrite(spared.error(), *plan, targets);
  if (targets.refused) return refuse(*targets.refused, options->plan.gate_file, options->outputs);
  auto waivers = conditions_of(*plan, utc_today());
  if (!waivers) return refuse(waivers.error(), options->plan.gate_file, options->outputs);
  return Run(std::move(*plan), std::move(*waivers), std::move(targets), options->quiet).tell();
}

}  // namespace

ExitCode command_run(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(run_description())));
    return ExitCode::pass;
  }
  install_signal_handlers();
  try {
    return run_gate(words);
  } catch (const std::exception& error) {  // a broken assumption of ours, or no memory: no old pass may stay
    return refuse_run(own_failure(error), words);
  }
}

ExitCode fail_with(const Error& error) {
  print_err(fmt::format("{}\n", log_safe(error.message)));
  return exit_code_of(error);
}

}  // namespace modelgate
