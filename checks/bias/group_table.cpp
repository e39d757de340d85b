// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/group_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "checks/accuracy/rates.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_named = 20;  // a sentence stays a sentence; groups[] of the report has them all

std::vector<CheckResult> one_error(CheckResult result, const Error& error) {
  fail_with(result, error);
  return {std::move(result)};
}

Estimate wilson(stats::RateCount count, double alpha, bool fixed) {
  return count.n == 0 ? Estimate{} : estimate_of(count.rate(), stats::wilson_interval(count, alpha), fixed);
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
  return class_of(planned, table);
}

GroupRate shown_group(const AttributeCase& attribute, const GroupRateKind& kind, const CountedGroup& group) {
  const double alpha = alpha_of(attribute.planned);
  GroupRate shown;
  shown.group = group.name;
  shown.rate = kind.name;
  shown.n = group.rate(attribute.candidate ? Role::candidate : Role::production).n;
  shown.events = attribute.candidate ? group.rate(Role::candidate).events : 0;
  shown.assessable = group.assessable;
  shown.declared = attribute.roster.declared[group.group];
  if (attribute.candidate) shown.candidate = wilson(group.rate(Role::candidate), alpha, attribute.fixed());
  if (attribute.production) shown.production = wilson(group.rate(Role::production), alpha, attribute.fixed());
  return shown;
}

std::string joined(const std::vector<std::string>& names) {
  const auto shown = std::min(names.size(), most_named);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), "; "));
  return names.size() == shown ? text : text + fmt::format("; and {} more", names.size() - shown);
}

std::vector<std::string> small_groups(const AttributeCase& attribute) {
  std::vector<std::string> small;
  if (attribute.planned.small_groups_listed) return small;
  for (const GroupRate& group : attribute.result.groups)
    if (!group.assessable && group.declared)
      small.push_back(fmt::format("{} ({}: {})", group.group, group.rate, group.n));
  return small;
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

stats::RateCount count_side(const GroupCells& cells, const GroupRateKind& kind, Role role, std::uint32_t klass) {
  stats::RateCount count;
  for (const Cell& cell : cells.cells) {
    if (!counted(cell, kind, role, klass)) continue;
    count.n += cell.count;
    if (says_yes(cell, kind, role, klass)) count.events += cell.count;
  }
  return count;
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
    CountedGroup here{group, attribute.grouping.name(group), {}, true, true};
    for (const Role role : both_roles)
      here.counts[index_of(role)] = count_side((*cells)[group], kind, role, attribute.klass);
    const std::size_t n = here.rate(attribute.candidate ? Role::candidate : Role::production).n;
    here.assessable = n >= std::max<std::size_t>(attribute.planned.min_group_size, 1);
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
  if (const auto small = small_groups(attribute); !small.empty())
    refuse(Reason::too_few_rows, fmt::format("Too few rows to judge every group (min_group_size {}): {}.",
                                             attribute.planned.min_group_size, joined(small)));
  if (const std::string trouble = reference_trouble(attribute); !trouble.empty())
    refuse(attribute.roster.reference ? Reason::too_few_rows : Reason::absent_slice, trouble);
  if (const auto& absent = attribute.roster.absent; !absent.empty())
    refuse(Reason::absent_slice, fmt::format("No golden row is of the declared {} {}.",
                                             absent.size() == 1 ? "group" : "groups", joined(absent)));
}

}  // namespace modelgate
