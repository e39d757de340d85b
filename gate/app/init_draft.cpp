// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_draft.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "gate/app/specs.hpp"
#include "gate/core/check_id.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

class Drafter {
 public:
  Drafter(const InitOptions& options, const TableProfile& golden, propose::Roles roles,
          const std::array<SettledModel, 2>& settled)
      : options_(options), golden_(golden), settled_(settled) {
    proposal_.roles = std::move(roles);
  }

  propose::Proposal draft() && {
    const fs::path folder = fs::absolute(options_.output).lexically_normal().parent_path();
    const auto relative = [&](const std::string& path) {
      return path.empty() ? path : fs::absolute(path).lexically_normal().lexically_relative(folder).generic_string();
    };
    proposal_.name = options_.name.empty() ? name_of(folder) : options_.name;
    proposal_.schema = schema_name;
    proposal_.dataset = relative(options_.dataset);
    if (golden_.all_rows) proposal_.min_rows = floor_of(*golden_.all_rows);
    for (const Role role : both_roles) {
      propose::ModelDraft& model = proposal_.models[index_of(role)];
      model = settled_[index_of(role)].draft;
      model.path = relative(model.path);
      for (InputSpec& input : model.inputs) input.vocabulary = relative(input.vocabulary);
    }
    draft_output();
    const SettledModel& production = settled_[index_of(Role::production)];
    const propose::CheckScene scene{proposal_.roles,
                                    golden_,
                                    proposal_.kind,
                                    production.draft.source != ModelSource::absent,
                                    settled_[0].draft.source == ModelSource::live,
                                    production.draft.source == ModelSource::live};
    proposal_.checks = propose::propose_checks(scene, registered_specs());
    return std::move(proposal_);
  }

 private:
  void draft_output() {
    const auto& [candidate, production] = settled_;
    const Task task = proposal_.roles.task;
    const bool seen = candidate.refusal.empty();
    proposal_.kind = propose::kind_of(candidate.facts, task);
    proposal_.kind_why =
        seen ? kind_reason(candidate.facts) : propose::Why{"not seen: the model took no inputs", false};
    if (production.draft.source != ModelSource::absent && production.refusal.empty()) {
      const OutputKind own = propose::kind_of(production.facts, task);
      if (own != proposal_.kind) proposal_.models[index_of(Role::production)].own_kind = own;
    }
    if (task != Task::multiclass) return;
    proposal_.classes = candidate.classes.empty() ? proposal_.roles.classes : candidate.classes;
    const bool recorded = candidate.draft.source != ModelSource::live;
    proposal_.classes_why = candidate.classes.empty()
                                ? propose::Why{"the order of the model's outputs: a guess, by name", false}
                            : recorded ? propose::Why{"in the order of the predictions' columns", true}
                                       : propose::Why{"by which output is largest for each label", true};
  }

  propose::Why kind_reason(const propose::OutputFacts& facts) const {
    switch (proposal_.kind) {
      case OutputKind::probability: return {"the candidate's numbers lie between 0 and 1", true};
      case OutputKind::logit: return {"numbers beyond 0 and 1: taken for logits (sigmoid, softmax)", false};
      case OutputKind::klass:
        return {facts.width == 1 ? "whole numbers or texts: decided classes" : "decided labels", true};
      case OutputKind::value: return {"the estimated number itself", true};
      case OutputKind::score: return {"larger ranks higher", true};
    }
    return {};
  }

  /// Letters and digits as every JUnit reader keeps them.
  std::string name_of(const fs::path& folder) const {
    for (const std::string& text : {folder.filename().string(), fs::path(options_.dataset).stem().string()}) {
      std::string name;
      for (const char c : text) name += is_id_text(std::string_view(&c, 1)) && c != ' ' ? c : '_';
      name.erase(0, std::min(name.find_first_not_of("_.-=+()@"), name.size()));
      if (!name.empty()) return name.substr(0, 60);
    }
    return "gate";
  }

  /// Nine tenths, in two digits.
  static std::size_t floor_of(std::size_t rows) {
    std::size_t unit = 1;
    while (rows / unit >= 100) unit *= 10;
    return std::max<std::size_t>(1, rows * 9 / 10 / unit * unit);
  }

  const InitOptions& options_;
  const TableProfile& golden_;
  const std::array<SettledModel, 2>& settled_;
  propose::Proposal proposal_;
};

}  // namespace

propose::Proposal draft_proposal(const InitOptions& options, const TableProfile& golden, propose::Roles roles,
                                 const std::array<SettledModel, 2>& settled) {
  return Drafter(options, golden, std::move(roles), settled).draft();
}

}  // namespace modelgate
