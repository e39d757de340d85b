// SPDX-License-Identifier: Apache-2.0
// modelgate init: from a model and golden rows to a gate file that runs at once. Guesses, never asks; says what to
// check.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "checks/planning/block_chance.hpp"
#include "gate/app/commands.hpp"
#include "gate/app/golden_rows.hpp"
#include "gate/app/init_draft.hpp"
#include "gate/app/init_file.hpp"
#include "gate/app/init_margins.hpp"
#include "gate/app/init_models.hpp"
#include "gate/app/init_text.hpp"
#include "gate/app/isolation_notice.hpp"
#include "gate/app/judging.hpp"
#include "gate/app/options.hpp"
#include "gate/app/own_inputs.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/gate_file.hpp"
#include "gate/core/check_id.hpp"
#include "gate/core/progress.hpp"
#include "gate/propose/names.hpp"
#include "gate/replay/replay.hpp"
#include "gate/report/text.hpp"
#include "gate/report/write.hpp"
#include "gate/sandbox/isolation.hpp"

namespace modelgate {
namespace {

class Initialiser {
 public:
  explicit Initialiser(const InitOptions& options) : options_(options), file_(options.output, options.force) {}

  /// True after run where a model took no proposed inputs: the file is there, but not fit to run yet.
  bool refused() const { return !refusals_.empty(); }

  /// Of the workers that tried the models; nothing where none ran.
  std::optional<Confinement> isolation() const { return isolation_.get(); }

  /// Writes the gate file; returns the text for people.
  Result<std::string> run() {
    if (auto name = check_name(); !name) return std::unexpected(name.error());
    if (auto free = file_.check_place(); !free) return std::unexpected(free.error());
    if (auto read = read_given(); !read) return std::unexpected(read.error());
    if (auto settled = settle(); !settled) return std::unexpected(settled.error());
    if (auto held = check_words(); !held) return std::unexpected(held.error());
    proposal_ = draft_proposal(options_, golden_, std::move(proposal_.roles), settled_);
    if (auto judged = fit_to_rows(); !judged) return std::unexpected(judged.error());
    const auto new_schema = file_.publish();
    if (!new_schema) return std::unexpected(new_schema.error());
    return init_text({proposal_, golden_, options_.output, *new_schema, text_.doubts, told_, refusals_, chance_});
  }

 private:
  Result<void> check_name() const {
    const std::string& name = options_.name;
    const auto begins_well = [&] { return std::isalnum(static_cast<unsigned char>(name[0])) != 0; };
    if (name.empty() || (is_id_text(name) && begins_well() && name.size() <= 100)) return {};
    return usage_error(
        "modelgate init: --name must begin with a letter or digit and go on with those, space . _ - = + ( ) @, at most "
        "100 in all: JUnit readers keep no others.");
  }

  /// What the gate file must name and no gate file can hold.
  Result<void> check_words() const {
    const propose::Roles& roles = proposal_.roles;
    std::vector<std::string> words{options_.candidate, options_.production, options_.dataset, roles.id,
                                   roles.positive.value_or("")};
    words.insert(words.end(), roles.labels.begin(), roles.labels.end());
    const auto misfit = std::ranges::find_if_not(words, propose::fits_a_line);
    if (misfit == words.end()) return {};
    return usage_error(
        fmt::format("modelgate init: \"{}\" holds a line break, a tab or another control character, which no gate file "
                    "can hold. Rename the file, column or value.",
                    clean_line(*misfit, 200)));
  }

  Result<void> read_given() {
    for (const Role role : both_roles) {
      auto given = given_model(role, role == Role::candidate ? options_.candidate : options_.production);
      if (!given) return std::unexpected(given.error());
      given_[index_of(role)] = std::move(*given);
    }
    constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};
    auto golden = profile_table("the dataset", options_.dataset, options_.dataset, formats);
    if (!golden) return std::unexpected(golden.error());
    golden_ = std::move(*golden);
    return {};
  }

  Result<void> settle() {
    std::vector<const TableProfile*> predictions;
    std::vector<std::string> scores;
    for (const GivenModel& given : given_) {
      if (given.profile) predictions.push_back(&*given.profile);
      scores.insert(scores.end(), given.columns.begin(), given.columns.end());
    }
    const propose::Hints hints{options_.labels, options_.id,
                               options_.task.empty() ? std::nullopt : task_from(options_.task)};
    auto roles = propose::choose_roles(golden_, predictions, scores, hints);
    if (!roles) return std::unexpected(roles.error());
    proposal_.roles = std::move(*roles);
    for (const Role role : both_roles) {
      auto model = settle_model(role, given_[index_of(role)], golden_, dataset(), proposal_.roles);
      if (!model) return std::unexpected(model.error());
      if (model->confinement) isolation_.note(*model->confinement);
      if (!model->refusal.empty()) refusals_.push_back(model->refusal);
      if (const auto& trial = model->trial; role == Role::candidate && trial) {
        orient(trial->numbers, trial->width, trial->rows);
        order(*model, *trial);
      }
      settled_[index_of(role)] = std::move(*model);
    }
    return {};
  }

  DatasetSpec dataset() const {
    DatasetSpec spec;
    spec.path = options_.dataset;
    spec.written = options_.dataset;
    spec.label = {proposal_.roles.labels, proposal_.roles.positive};
    spec.query = proposal_.roles.query;
    return spec;
  }

  /// The model knows what its scores mean: where they are higher for the other label, that one is positive.
  bool orient(std::span<const double> numbers, std::size_t width, const RowColumns& rows) {
    propose::Roles& roles = proposal_.roles;
    if (roles.task != Task::binary) return false;
    const int way = propose::orientation(numbers, width, rows.label_class);
    if (way > 0 && roles.positive) roles.positive_why = {"the candidate's scores are higher for it", true};
    if (way >= 0) return false;
    if (!roles.positive) {
      roles.label_why = {"the candidate's scores are higher for 0 than for 1: are they of the other class?", false};
      return false;
    }
    for (const auto& [value, count] : golden_.find(roles.labels.front())->values) {
      if (value == *roles.positive) continue;
      roles.positive = value;
      roles.positive_why = {"the candidate's scores are higher for it", true};
      return true;
    }
    return false;
  }

  void order(SettledModel& model, const Trial& trial) const {
    if (proposal_.roles.task != Task::multiclass || proposal_.roles.classes.empty()) return;
    if (auto ordered = propose::order_classes(trial.numbers, trial.width, trial.rows))
      model.classes = std::move(*ordered);
  }

  Result<Plan> load() {
    text_ = propose::write_gate(proposal_, golden_);
    if (auto written = write_atomically(file_.trial(), text_.text); !written) return std::unexpected(written.error());
    PlanRequest request;
    request.gate_file = file_.trial();
    request.first_release = settled_[index_of(Role::production)].draft.source == ModelSource::absent;
    auto plan = load_plan(request, registered_specs());
    if (!plan)
      return internal_error("modelgate init: what it wrote is no valid gate file, which is a fault of modelgate:\n" +
                            plan.error().message);
    return plan;
  }

  /// The golden rows with what needs no model run.
  static Result<ScoreTable> read_rows(Plan plan) {
    for (ModelSpec& model : plan.models) {
      if (model.source == ModelSource::live) model.source = ModelSource::absent;
    }
    SilentProgress silent;
    ReplayNeeds needs;
    needs.category_columns = category_columns_of(plan);
    auto replayed = replay(plan, needs, silent);
    if (!replayed) return std::unexpected(replayed.error());
    for (const Predictions& predictions : replayed->table.models) {
      if (predictions.error) return std::unexpected(*predictions.error);
    }
    return std::move(replayed->table);
  }

  Result<void> fit_to_rows() {
    for (propose::CheckLine& line : proposal_.checks) {
      if (line.by_rows) line.limit = propose::margin_text(0.05, line);
    }
    auto plan = load();
    if (!plan) return std::unexpected(plan.error());
    if (auto spared = spare_own_inputs(*plan, std::array{options_.output}); !spared)
      return std::unexpected(spared.error());
    auto table = read_rows(*plan);
    if (!table && drop_doubtful_id()) {
      plan = load();
      if (!plan) return std::unexpected(plan.error());
      table = read_rows(*plan);
    }
    if (!table) return std::unexpected(table.error());
    if (reorient(*table)) {
      plan = load();
      if (!plan) return std::unexpected(plan.error());
      table = read_rows(*plan);
      if (!table) return std::unexpected(table.error());
    }
    told_ = proposal_.roles.notes;
    std::ranges::move(settle_margins(proposal_.checks, *plan, table->rows), std::back_inserter(told_));
    plan = load();
    if (!plan) return std::unexpected(plan.error());
    chance_ = block_chance_of(*plan, table->rows);
    return {};
  }

  /// An id guessed from the first rows may come twice later; only recorded predictions need one.
  bool drop_doubtful_id() {
    const bool joined = std::ranges::any_of(given_, [](const GivenModel& given) { return given.profile.has_value(); });
    if (proposal_.roles.id.empty() || !options_.id.empty() || joined || golden_.all_rows == golden_.rows) return false;
    proposal_.roles.id.clear();
    return true;
  }

  /// As orient, for predictions that are known only now that they are joined.
  bool reorient(const ScoreTable& table) {
    const Predictions& candidate = table.model(Role::candidate);
    if (proposal_.roles.task != Task::binary || !candidate.present || candidate.kind == OutputKind::klass) return false;
    const std::vector<double> numbers = std::visit(
        [](const auto& scores) { return std::vector<double>(scores.begin(), scores.end()); }, candidate.scores);
    return orient(numbers, candidate.width, table.rows);
  }

  const InitOptions& options_;
  InitFile file_;
  std::array<GivenModel, 2> given_;
  std::array<SettledModel, 2> settled_;
  TableProfile golden_;
  propose::Proposal proposal_;
  propose::GateText text_;
  std::vector<std::string> told_;
  std::vector<std::string> refusals_;
  std::optional<BlockChance> chance_;
  WeakestIsolation isolation_;
};

}  // namespace

ExitCode command_init(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(init_description())));
    return ExitCode::pass;
  }
  const auto options = parse_init(words);
  if (!options) return fail_with(options.error());
  Initialiser initialiser(*options);
  const auto text = initialiser.run();
  if (!text) return fail_with(text.error());
  print_out(*text);
  warn_of_isolation(initialiser.isolation());
  return initialiser.refused() ? ExitCode::error : ExitCode::pass;
}

}  // namespace modelgate
