// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

constexpr double rare = 0.05;         // share of a label below which accuracy hardly sees it
constexpr double far_prevalence = 2;  // times

std::optional<double> prevalence_of(const Plan& plan, const RowColumns& rows) {
  if (plan.task != Task::binary || rows.label_class.empty()) return std::nullopt;
  const auto positives = std::ranges::count(rows.label_class, 1);
  return static_cast<double>(positives) / static_cast<double>(rows.label_class.size());
}

bool accuracy_alone(const Plan& plan) {
  bool any = false;
  for (const PlannedCheck& check : plan.checks) {
    if (check.family != Family::accuracy) continue;
    if (check.metric != "accuracy") return false;
    any = true;
  }
  return any;
}

/// The digest of golden data is that of the table; what its rows point at may change under a pin that holds.
void warn_of_files(const Plan& plan, std::vector<std::string>& warnings) {
  if (plan.dataset.sha256.empty()) return;
  std::set<std::string> columns;
  for (const ModelSpec& model : plan.models)
    for (const InputSpec& input : model.inputs)
      if (input.kind == InputSpec::Kind::files) columns.insert(input.columns.begin(), input.columns.end());
  for (const std::string& column : columns)
    warnings.push_back(
        fmt::format("dataset.sha256 holds {}, but not the .npy files that its column {} names: keep those where nobody "
                    "replaces them, or write the inputs into the data themselves.",
                    plan.dataset.written, column));
}

std::string place_of(const Outlook& outlook) { return outlook.scope.empty() ? "overall" : outlook.scope; }

double chance_of(const Outlook* outlook) { return outlook->pass_chance.value_or(1.0); }

std::string blind_sentence(const PlannedCheck& check, const std::vector<const Outlook*>& blind, std::size_t places) {
  const Outlook& worst = **std::ranges::min_element(blind, {}, chance_of);
  const Unit unit = check.spec == nullptr ? Unit::rate : check.spec->unit;
  std::string text = fmt::format("{} cannot see its own margin", check.base_id);
  if (places > 1) text += fmt::format(" in {} of {} places, least in {}", blind.size(), places, place_of(worst));
  text += fmt::format(": {} rows pass {} in {:.0f} % of runs.", count_text(worst.rows),
                      worst.same_as_production ? "an equal model" : "groups alike", 100.0 * chance_of(&worst));
  if (worst.rows_needed) text += fmt::format(" About {} rows there would do", count_text(*worst.rows_needed));
  if (worst.rows_needed && worst.smallest)
    text += fmt::format(", or a margin of {}", value_text(*worst.smallest, unit));
  return worst.rows_needed ? text + "." : text;
}

std::string unjudgeable_sentence(const PlannedCheck& check, const std::vector<const Outlook*>& places) {
  const bool blocks = check.on_not_assessable == OnNotAssessable::block;
  std::string text =
      fmt::format("{} cannot be judged in {}: {}", check.base_id, place_of(*places.front()), places.front()->note);
  if (places.size() > 1)
    text += fmt::format("; nor in {} other place{}", places.size() - 1, places.size() == 2 ? "" : "s");
  return text + (blocks ? ". That blocks every model." : ".");
}

}  // namespace

std::vector<std::string> warnings_of_rows(const Plan& plan, const RowColumns& rows) {
  std::vector<std::string> warnings;
  warn_of_files(plan, warnings);
  const std::optional<double> prevalence = prevalence_of(plan, rows);
  if (!prevalence) return warnings;
  const double rarer = std::min(*prevalence, 1.0 - *prevalence);
  if (rarer < rare && accuracy_alone(plan))
    warnings.push_back(
        fmt::format("Only {:.1f} % of the rows have the rarer label and accuracy is the only metric: a "
                    "model that never finds them hardly shows. Add roc_auc or recall.",
                    100.0 * rarer));
  if (!plan.target_prevalence || !(*prevalence > 0.0)) return warnings;
  const double times = *plan.target_prevalence / *prevalence;
  if (times > far_prevalence || times * far_prevalence < 1.0)
    warnings.push_back(fmt::format(
        "{:.2f} % of the golden rows are positive, but target_prevalence says {:.2f} %: a few rows carry most "
        "of the weight. Golden rows nearer to deployment would say more.",
        100.0 * *prevalence, 100.0 * *plan.target_prevalence));
  return warnings;
}

std::vector<std::string> warnings_of_outlooks(const Plan& plan, const std::vector<Outlook>& outlooks) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < plan.checks.size(); ++i) {
    const PlannedCheck& check = plan.checks[i];
    if (check.severity == Severity::warn) continue;
    std::vector<const Outlook*> blind;
    std::vector<const Outlook*> unjudgeable;
    std::size_t places = 0;
    for (const Outlook& outlook : outlooks) {
      if (outlook.check != i) continue;
      ++places;
      if (outlook.unjudgeable)
        unjudgeable.push_back(&outlook);
      else if (outlook.blind())
        blind.push_back(&outlook);
    }
    if (!unjudgeable.empty()) warnings.push_back(unjudgeable_sentence(check, unjudgeable));
    if (!blind.empty()) warnings.push_back(blind_sentence(check, blind, places));
  }
  return warnings;
}

}  // namespace modelgate
