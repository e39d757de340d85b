// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/group_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/accuracy/rates.hpp"
#include "checks/cell_influence.hpp"
#include "checks/influence.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_named = 20;  // a sentence stays a sentence; groups[] of the report has them all

std::vector<CheckResult> one_error(CheckResult result, const Error& error) {
  fail_with(result, error);
  return {std::move(result)};
}

bool counted(const Cell& cell, const GroupRateKind& kind, Role role, std::uint32_t klass) {
  switch (kind.over) {
    case Over::rows: return true;
    case Over::positives: return cell.label == klass;
    case Over::negatives: return cell.label != klass;
    case Over::decided: return cell.decision(role) == klass;
  }
  return false;
}

bool says_yes(const Cell& cell, const GroupRateKind& kind, Role role, std::uint32_t klass) {
  switch (kind.yes) {
    case Yes::decided: return cell.decision(role) == klass;
    case Yes::rejected: return cell.decision(role) != klass;
    case Yes::right: return cell.decision(role) == cell.label;
    case Yes::labelled: return cell.label == klass;
  }
  return false;
}

/// The class a check speaks of; several classes without a word which would be judged as if class 1 were meant.
Result<std::uint32_t> positive_class(const PlannedCheck& planned, const ScoreTable& table) {
  const bool by_class = planned.spec != nullptr && has(planned.spec->scope, ScopeKey::klass);
  if (table.task == Task::multiclass && by_class && planned.klass.empty())
    return data_error(fmt::format("{} of several classes needs class: NAME.", planned.metric));
  return class_of(planned, table.rows);
}

/// One model's rate in one group: counts alone where rows count once and alone, else linearised from the same cells.
void count_side(CountedGroup& group, Role role, const GroupCells& cells, const GroupRateKind& kind,
                const AttributeCase& attribute) {
  const double alpha = alpha_of(attribute.planned);
  GroupSide& side = group.sides[index_of(role)];
  for (const Cell& cell : cells.cells) {
    const CellSide of = side_of(cell, kind, role, attribute.klass);
    if (of.counted) side.count.n += cell.count;
    if (of.counted && of.yes) side.count.events += cell.count;
  }
  std::optional<Interval>& interval = group.intervals[index_of(role)];
  if (side.count.n > 0) interval = stats::wilson_interval(side.count, alpha);
  if (!cells.linearised || side.count.n == 0) return;
  const LinearisedRate rate = linearise_rate(cells, [&](const Cell& cell) {
    const CellSide of = side_of(cell, kind, role, attribute.klass);
    return CellVote{of.counted, of.yes, of.yes};
  });
  if (rate.even || !rate.estimate.candidate) return;
  side.mean = rate.estimate.candidate;
  side.thin = rate.minority.units < few_effective;
  side.effective.n = static_cast<std::uint64_t>(std::max(1.0, std::floor(rate.minority.rows)));
  side.effective.events =
      std::min(side.effective.n,
               static_cast<std::uint64_t>(std::llround(side.mean->mean * static_cast<double>(side.effective.n))));
  interval = rate.candidate_interval(alpha);
}

GroupRate shown_group(const AttributeCase& attribute, const GroupRateKind& kind, const CountedGroup& group) {
  GroupRate shown;
  shown.group = group.name;
  shown.rate = kind.name;
  shown.n = group.side(attribute.candidate ? Role::candidate : Role::production).count.n;
  if (attribute.candidate && !group.side(Role::candidate).mean)  // weighted, the value is no share of these rows
    shown.events = group.side(Role::candidate).count.events;
  shown.assessable = group.assessable;
  shown.declared = attribute.roster.declared[group.group];
  for (const Role role : both_roles)
    if (attribute.usable(role) && group.side(role).defined())
      (role == Role::candidate ? shown.candidate : shown.production) =
          estimate_of(group.side(role).rate(), group.intervals[index_of(role)], attribute.fixed());
  return shown;
}

std::string units_text(const stats::MeanEstimate& mean) {
  if (mean.units < min_units) return fmt::format("{} units", mean.units);
  return fmt::format("{} units that weigh as much as {:.1f}", mean.units, mean.kish);
}

/// Whether the group is large enough; what is too small is remembered by name.
bool large_enough(AttributeCase& attribute, const GroupRateKind& kind, const CountedGroup& group) {
  const GroupSide& side = group.side(attribute.candidate ? Role::candidate : Role::production);
  const bool rows = side.count.n >= std::max<std::size_t>(attribute.planned.min_group_size, 1);
  const bool units = !side.mean || attribute.fixed() || (side.mean->units >= min_units && says_enough(side.mean->kish));
  if (rows && units) return true;
  if (attribute.roster.declared[group.group])
    attribute.small.push_back(rows ? fmt::format("{} ({}: {})", group.name, kind.name, units_text(*side.mean))
                                   : fmt::format("{} ({}: {})", group.name, kind.name, side.count.n));
  return false;
}

std::string joined(const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), most_named);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), "; "));
  return names.size() == shown ? text : text + fmt::format("; and {} more", names.size() - shown);
}

/// Why the reference group cannot be compared with, or "".
std::string reference_trouble(const AttributeCase& attribute) {
  const Roster& roster = attribute.roster;
  if (!roster.trouble.empty() || !roster.reference) return roster.trouble;
  const std::string name = attribute.grouping.name(*roster.reference);
  for (const GroupRate& group : attribute.result.groups)
    if (group.group == name && !group.assessable)
      return fmt::format("The reference group {} is too small to compare with (min_group_size {}; {}: {}).", name,
                         attribute.planned.min_group_size, group.rate, group.n);
  return {};
}

}  // namespace

CellSide side_of(const Cell& cell, const GroupRateKind& kind, Role role, std::uint32_t klass) {
  return {counted(cell, kind, role, klass), says_yes(cell, kind, role, klass)};
}

stats::PairedCounts count_pairs(const GroupCells& cells, const GroupRateKind& kind, std::uint32_t klass) {
  stats::PairedCounts counts;
  for (const Cell& cell : cells.cells) {
    if (!counted(cell, kind, Role::candidate, klass)) continue;
    const bool candidate = says_yes(cell, kind, Role::candidate, klass);
    const bool production = says_yes(cell, kind, Role::production, klass);
    (candidate ? (production ? counts.both : counts.only_candidate)
               : (production ? counts.only_production : counts.neither)) += cell.count;
  }
  return counts;
}

std::vector<CheckResult> judge_attribute(const PlannedCheck& planned, const Evidence& evidence,
                                         const std::function<void(AttributeCase&)>& judge) {
  CheckResult result = blank_result(planned);
  if (evidence.table == nullptr || evidence.cache == nullptr || !planned.attribute)
    return one_error(result, {ErrorKind::internal, Reason::internal, "The golden rows were not scored in this run."});
  if (evidence.table->rows.rows == 0)
    return one_error(result,
                     {ErrorKind::data, Reason::data_invalid, "The golden data have no rows, so nothing is known."});
  EvidenceCache& cache = *evidence.cache;
  const Result<Grouping>& grouping = cache.grouping(planned.attribute);
  if (!grouping) return one_error(result, grouping.error());
  const Result<std::uint32_t> klass = positive_class(planned, *evidence.table);
  if (!klass) return one_error(result, klass.error());
  const Error* trouble = trouble_of(planned, cache);
  result.rows = evidence.table->rows.rows;
  const auto [candidate, production] = cache.usable();
  AttributeCase attribute{planned, evidence.plan, cache,      *grouping, roster_of(planned, *grouping),
                          *klass,  candidate,     production, result};
  judge(attribute);
  if (trouble != nullptr) fail_with(result, *trouble);
  return {std::move(result)};
}

Result<std::vector<CountedGroup>> count_groups(AttributeCase& attribute, const GroupRateKind& kind) {
  const auto& cells = attribute.cache.cells(attribute.planned.attribute);
  if (!cells) return std::unexpected(cells.error());
  std::vector<CountedGroup> groups;
  for (std::size_t group = 0; group < attribute.grouping.size(); ++group) {
    if (attribute.grouping.rows[group] == 0) continue;
    CountedGroup here{.group = group, .name = attribute.grouping.name(group), .sides = {}, .intervals = {}};
    for (const Role role : both_roles) count_side(here, role, (*cells)[group], kind, attribute);
    here.assessable = large_enough(attribute, kind, here);
    here.judged = here.assessable && attribute.roster.declared[group];
    attribute.result.groups.push_back(shown_group(attribute, kind, here));
    groups.push_back(std::move(here));
  }
  return groups;
}

void add_detail(CheckResult& result, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!result.detail.empty()) result.detail += ' ';
  result.detail += sentence;
}

void name_missing_groups(AttributeCase& attribute) {
  CheckResult& result = attribute.result;
  const auto refuse = [&](Reason reason, const std::string& sentence) {
    std::string known = std::exchange(result.detail, {});
    not_assessable(result, reason, sentence);
    add_detail(result, known);
  };
  const auto& small = attribute.small;
  if (!small.empty() && attribute.planned.small_groups_listed)
    add_detail(result, fmt::format("Too small to judge, only listed: {}.", joined(small)));
  if (!small.empty() && !attribute.planned.small_groups_listed)
    refuse(
        Reason::too_few_rows,
        fmt::format("Too few rows to judge every group (min_group_size {}{}): {}.", attribute.planned.min_group_size,
                    attribute.cache.weighing().linearised() ? fmt::format(", and {} units", min_units) : std::string{},
                    joined(small)));
  if (const std::string trouble = reference_trouble(attribute); !trouble.empty())
    refuse(attribute.roster.reference ? Reason::too_few_rows : Reason::absent_slice, trouble);
  if (const auto& absent = attribute.roster.absent; !absent.empty())
    refuse(Reason::absent_slice, fmt::format("No golden row is of the declared {} {}.",
                                             absent.size() == 1 ? "group" : "groups", joined(absent)));
}

}  // namespace modelgate
