// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "checks/planning/block_chance.hpp"
#include "checks/planning/warnings.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/conditions.hpp"
#include "gate/app/golden_rows.hpp"
#include "gate/app/judging.hpp"
#include "gate/app/options.hpp"
#include "gate/app/pilot_report.hpp"
#include "gate/app/plan_text.hpp"
#include "gate/app/run_metadata.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/progress.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/ledger/ledger_file.hpp"
#include "gate/model/model_file.hpp"
#include "gate/replay/pins.hpp"
#include "gate/replay/replay.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// The golden rows without inputs: labels, ids and categories, all checked.
struct Golden {
  RowColumns rows;
  std::string inputs;  ///< what each model's inputs expand to, a line each
};

/// The terminal's, on a pipe 80 columns.
std::size_t text_width() { return std::clamp<std::size_t>(terminal_width(), 60, 140); }

std::string paragraph(const std::string& text) {
  std::string lines;
  for (const std::string& part : wrap(log_safe(text), text_width())) lines += part + "\n";
  return lines;
}

std::string inputs_text(Role role, const std::vector<InputLayout>& layouts,
                        const std::vector<std::vector<std::string>>& columns) {
  std::string text;
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    std::string shape = "rows";
    for (const std::int64_t size : layouts[i].row_shape) shape += fmt::format(", {}", size);
    text += indented(fmt::format("{} input {}: {} [{}] from {}", to_string(role), i + 1, to_string(layouts[i].dtype),
                                 shape, fmt::join(columns[i], ", ")),
                     text_width());
  }
  return text;
}

/// Live models are opened and held to their pins and signatures, no more.
Result<void> check_live_models(const Plan& plan) {
  for (const Role role : both_roles) {
    const ModelSpec& model = plan.model(role);
    if (model.source != ModelSource::live) continue;
    const auto file = open_model(model.path);
    if (!file) return std::unexpected(file.error());
    ModelRecord unused;
    if (auto held = hold_to_pins(*file, model, role, unused); !held) return held;
  }
  return {};
}

/// A damaged ledger is told of now, not after hours of replay; one that is yet to be made is as good as any.
Result<void> check_ledger(const Plan& plan) {
  std::error_code ignored;
  if (!plan.ledger || !std::filesystem::exists(plan.ledger->path, ignored)) return {};
  const auto ledger = LedgerFile::open(plan.ledger->path, [] { return false; });
  return ledger ? Result<void>{} : std::unexpected(ledger.error());
}

/// The golden rows, held to their pin, with the predictions that need no model run joined and aligned.
Result<RowColumns> read_rows(const Plan& plan) {
  Plan recorded = plan;
  for (ModelSpec& model : recorded.models) {
    if (model.source == ModelSource::live) model.source = ModelSource::absent;
  }
  SilentProgress silent;
  ReplayNeeds needs;
  needs.category_columns = category_columns_of(plan);
  auto replayed = replay(recorded, needs, silent);
  if (!replayed) return std::unexpected(replayed.error());
  for (const Predictions& predictions : replayed->table.models) {
    if (predictions.error) return std::unexpected(*predictions.error);
  }
  return std::move(replayed->table.rows);
}

Result<Golden> read_golden(const Plan& plan) {
  GoldenRequest request = golden_request(plan);
  std::vector<Role> live;
  for (const Role role : both_roles) {
    if (plan.model(role).source != ModelSource::live) continue;
    request.input_sets.push_back(plan.model(role).inputs);
    live.push_back(role);
  }
  Golden golden;
  {  // the schema of the inputs is checked on opening; their cells are read by run alone
    const auto reader = GoldenReader::open(request);
    if (!reader) return std::unexpected(reader.error());
    for (std::size_t i = 0; i < live.size(); ++i)
      golden.inputs += inputs_text(live[i], (*reader)->layouts()[i], (*reader)->expanded_columns()[i]);
  }
  auto rows = read_rows(plan);
  if (!rows) return std::unexpected(rows.error());
  golden.rows = std::move(*rows);
  return golden;
}

void print_plan(const Plan& plan, const Golden& golden, const Pilot* pilot) {
  print_out(fmt::format("{}: valid\n  gate {}, {}, {} limits, on_inconclusive: {}\n", log_safe(plan.gate_file),
                        log_safe(plan.name), to_string(plan.task), plan.checks.size(),
                        to_string(plan.on_inconclusive)));
  print_out(fmt::format("  dataset {}: {} rows\n{}", log_safe(plan.dataset.written), count_text(golden.rows.rows),
                        log_safe(golden.inputs)));
  print_out(log_safe(terms_text(plan, golden.rows)));
  for (const PlannedCheck& check : plan.checks) print_out(log_safe(planned_text(check, text_width())));
  for (const std::string& warning : plan.warnings) print_out(paragraph("warning: " + warning));
  const std::vector<Outlook> outlooks = outlooks_of(at_budgeted_level(plan), golden.rows, pilot, Detail::all);
  for (const auto& warnings : {warnings_of_rows(plan, golden.rows), warnings_of_outlooks(plan, outlooks)}) {
    for (const std::string& warning : warnings) print_out(paragraph("warning: " + warning));
  }
  const auto chance = block_chance_of(plan, outlooks);
  if (!chance) return;
  print_out("\n" + paragraph(fmt::format("A model equal to production passes this gate in about {:.0f} % of runs ({}).",
                                         100 * (1 - chance->probability), chance->assumption)));
  if (chance->probability > 0.2)
    print_out(paragraph(fmt::format("warning: {} would let it through more often. See: modelgate plan.",
                                    ways_to_lower_block_chance(plan))));
}

/// For an editor, a hook before a commit, a review: every gate file is checked, also after one that is wrong.
ExitCode validate_files(std::span<const std::string> words, const std::vector<const CheckSpec*>& specs) {
  const auto requests = parse_gate_files(words);
  if (!requests) return fail_with(requests.error());
  ExitCode worst = ExitCode::pass;
  for (const PlanRequest& request : *requests) {
    auto plan = load_plan(request, specs);
    const auto conditions = plan ? conditions_of(*plan, utc_today()) : std::unexpected(plan.error());
    if (!conditions) {
      worst = fail_with(conditions.error());
      continue;
    }
    print_out(fmt::format("{}: valid, as far as the file tells; data and models were not opened\n",
                          log_safe(plan->gate_file)));
    for (const std::string& warning : plan->warnings) print_out(fmt::format("warning: {}\n", log_safe(warning)));
  }
  return worst;
}

ExitCode print_resolved(const PlanRequest& request) {
  const auto text = resolved_gate_file(request);
  if (!text) return fail_with(text.error());
  print_out(*text);
  return ExitCode::pass;
}

}  // namespace

ExitCode command_validate(std::span<const std::string> words) {
  const auto has_word = [&](std::string_view word) { return std::ranges::find(words, word) != words.end(); };
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(validate_description())));
    return ExitCode::pass;
  }
  const auto specs = registered_specs();
  if (has_word("--reference")) {
    print_out(gate_file_reference());
    return ExitCode::pass;
  }
  if (has_word("--schema")) {
    print_out(gate_file_schema(specs));
    return ExitCode::pass;
  }
  if (has_word("--file-only")) return validate_files(words, specs);
  const auto options = parse_validate(words);
  if (!options) return fail_with(options.error());
  auto plan = load_plan(options->plan, specs);
  if (!plan) return fail_with(plan.error());
  if (options->resolved) return print_resolved(options->plan);
  if (const auto conditions = conditions_of(*plan, utc_today()); !conditions) return fail_with(conditions.error());
  if (const auto ledger = check_ledger(*plan); !ledger) return fail_with(ledger.error());
  std::optional<Pilot> pilot;
  if (!options->pilot.empty()) {
    auto read = read_pilot(options->pilot);
    if (!read) return fail_with(read.error());
    pilot = std::move(*read);
  }
  if (const auto models = check_live_models(*plan); !models) return fail_with(models.error());
  const auto golden = read_golden(*plan);
  if (!golden) return fail_with(golden.error());
  print_plan(*plan, *golden, pilot ? &*pilot : nullptr);
  return ExitCode::pass;
}

}  // namespace modelgate
