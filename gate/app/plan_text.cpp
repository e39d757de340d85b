// SPDX-License-Identifier: Apache-2.0
#include "gate/app/plan_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checks/latency/percentile.hpp"
#include "checks/planning/percentile_outlook.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// A limit in the metric's unit, all its digits: 0.0005 must not read as 0.
std::string amount_text(double value, Unit unit) {
  const bool has_unit = unit == Unit::seconds || unit == Unit::bytes || unit == Unit::per_second;
  return has_unit ? value_text(value, unit) : fmt::format("{:.6g}", value);
}

/// "production - 0.05", "0.95 × production".
std::string baseline_text(const Limit& limit, double margin, const CheckSpec& spec) {
  const bool down = (spec.direction == Direction::higher_is_better) == (limit.word == LimitWord::max_regression);
  if (limit.relative) return fmt::format("{:.6g} × production", down ? 1.0 - margin : 1.0 + margin);
  return fmt::format("production {} {}", down ? "-" : "+", amount_text(margin, spec.unit));
}

/// "; needs 459 requests" for a percentile.
std::string requests_text(const PlannedCheck& check) {
  const Percentile* percentile = check.family == Family::latency ? percentile_of(check.metric) : nullptr;
  return percentile == nullptr ? "" : fmt::format("; needs {} requests", count_text(percentile->requests()));
}

/// Percentiles under load server whose requests the cap of time hardly holds, a line each.
std::string reach_text(const Plan& plan) {
  std::string text;
  for (const PlannedCheck& check : plan.checks) {
    const Percentile* percentile = check.family == Family::latency ? percentile_of(check.metric) : nullptr;
    if (percentile == nullptr) continue;
    if (const std::string reach = server_reach(*percentile, check.shape, plan.first_release); !reach.empty())
      text += fmt::format("  {}: needs {} requests; {}\n", check.base_id, count_text(percentile->requests()), reach);
  }
  return text;
}

std::string_view kind_text(WeightKind kind) {
  switch (kind) {
    case WeightKind::exposure: return "exposure";
    case WeightKind::frequency: return "frequency";
    case WeightKind::sampling: break;
  }
  return "sampling";
}

std::string costs_text(const CostSpec& costs) {
  if (costs.matrix.empty())
    return fmt::format("  costs: false positive {:.6g}, false negative {:.6g}\n", costs.false_positive,
                       costs.false_negative);
  std::string text = "  costs, a row for each label:";
  for (const auto& row : costs.matrix) text += fmt::format(" [{:.6g}]", fmt::join(row, ", "));
  return text + "\n";
}

/// "; the same within 1e-05 or 1e-06 of the number"; empty where only equal numbers are.
std::string tolerance_text(const SameWithin& same) {
  std::string text;
  if (same.absolute > 0.0) text += fmt::format(" or {:.3g}", same.absolute);
  if (same.relative > 0.0) text += fmt::format(" or {:.3g} of the number", same.relative);
  return text.empty() ? text : "; the same within" + text.substr(3);
}

std::string rows_text(const Plan& plan, const RowColumns& rows) {
  const DatasetSpec& dataset = plan.dataset;
  std::string text;
  if (!dataset.weight.empty())
    text += fmt::format("  weight: {} ({})\n", dataset.weight, kind_text(dataset.weight_kind));
  if (!dataset.cluster.empty())
    text += fmt::format("  cluster: {}, {} units\n", dataset.cluster, count_text(rows.cluster.size()));
  if (!dataset.query.empty())
    text += fmt::format("  query: {}, {} queries\n", dataset.query, count_text(rows.query.size()));
  if (plan.task == Task::multilabel) text += fmt::format("  labels: {}\n", fmt::join(rows.class_names, ", "));
  return text;
}

}  // namespace

std::string demand_text(const PlannedCheck& check) {
  const CheckSpec& spec = *check.spec;
  const Limit& limit = check.limit;
  if (limit.word == LimitWord::min) return "candidate at least " + amount_text(limit.value, spec.unit);
  if (limit.word == LimitWord::max)
    return "candidate at most " + amount_text(limit.value, spec.unit) + tolerance_text(check.tolerance) +
           requests_text(check);
  const char* const side = spec.direction == Direction::higher_is_better ? ">" : "<";
  std::string text = fmt::format("candidate {} {}", side, baseline_text(limit, limit.value, spec));
  if (check.on_inconclusive == OnInconclusive::guard && limit.word == LimitWord::max_regression) {
    const double hard = check.hard_margin.value_or(3 * limit.value);
    text += fmt::format("; guard: {} {}", side, baseline_text(limit, hard, spec));
  }
  return text;
}

std::string indented(std::string_view text, std::size_t width) {
  std::string lines;
  for (const std::string& line : wrap(text, width - 4)) lines += (lines.empty() ? "  " : "    ") + line + "\n";
  return lines;
}

std::string planned_text(const PlannedCheck& check, std::size_t width) {
  const std::string scope = check.slice       ? " by " + check.slice->text()
                            : check.attribute ? " across " + check.attribute->text()
                                              : "";
  const std::string limit =
      fmt::format("{} {}{} ({})", to_string(check.limit.word), check.limit.text, scope, demand_text(check));
  if (const std::string line = fmt::format("  {:58} {}", check.base_id, limit); display_width(line) <= width)
    return line + "\n";
  std::string lines = fmt::format("  {}\n", check.base_id);
  for (const std::string& line : wrap(limit, width - 4)) lines += "    " + line + "\n";
  return lines;
}

std::string terms_text(const Plan& plan, const RowColumns& rows) {
  std::string text = rows_text(plan, rows);
  if (plan.target_prevalence) text += fmt::format("  target_prevalence: {:.6g}\n", *plan.target_prevalence);
  if (plan.costs) text += costs_text(*plan.costs);
  if (!plan.waivers.empty()) text += fmt::format("  waivers: {}\n", plan.waivers);
  if (plan.ledger)
    text += fmt::format("  ledger: {}, budget {}, looks {}\n", plan.ledger->written, plan.ledger->budget,
                        plan.ledger->looks);
  if (plan.first_release_terms)
    text += fmt::format("  first_release: {}, until {}: {}\n", plan.first_release_terms->owner,
                        plan.first_release_terms->until, plan.first_release_terms->reason);
  text += reach_text(plan);
  return log_safe(text);
}

}  // namespace modelgate
