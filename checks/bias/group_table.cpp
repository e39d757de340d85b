// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/group_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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

}  // namespace

stats::PairedCounts count_group(const GroupCells& cells, const GroupRateKind& kind) {
  stats::PairedCounts counts;
  for (const Cell& cell : cells.cells) {
    if (!(cell.label == 1 ? kind.positives : kind.negatives)) continue;
    const bool candidate = cell.candidate == kind.yes;
    const bool production = cell.production == kind.yes;
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
  const Error* trouble = trouble_of(planned, cache);
  const auto& cells = cache.cells(planned.attribute);
  if (!cells) return one_error(result, trouble != nullptr ? *trouble : cells.error());
  result.rows = evidence.table->rows.rows;
  const auto [candidate, production] = cache.usable();
  AttributeCase attribute{planned, evidence.plan, cache, *grouping, *cells, candidate, production, result};
  judge(attribute);
  if (trouble != nullptr) fail_with(result, *trouble);
  return {std::move(result)};
}

std::vector<CountedGroup> count_groups(AttributeCase& attribute, const GroupRateKind& kind) {
  const double alpha = alpha_of(attribute.planned);
  std::vector<CountedGroup> counted;
  for (std::size_t group = 0; group < attribute.grouping.size(); ++group) {
    CountedGroup here{attribute.grouping.name(group), count_group(attribute.cells[group], kind), true};
    here.assessable = here.counts.n() >= std::max<std::size_t>(attribute.planned.min_group_size, 1);
    GroupRate shown;
    shown.group = here.name;
    shown.rate = kind.name;
    shown.n = here.counts.n();
    shown.events = attribute.candidate ? here.counts.candidate() : 0;
    shown.assessable = here.assessable;
    if (attribute.candidate) shown.candidate = wilson(here.rate(Role::candidate), alpha, attribute.fixed());
    if (attribute.production) shown.production = wilson(here.rate(Role::production), alpha, attribute.fixed());
    attribute.result.groups.push_back(std::move(shown));
    counted.push_back(std::move(here));
  }
  return counted;
}

void name_small_groups(AttributeCase& attribute) {
  std::string names;
  std::size_t small = 0;
  for (const GroupRate& group : attribute.result.groups) {
    if (group.assessable) continue;
    if (++small <= most_named)
      names += fmt::format("{}{} ({}: {})", names.empty() ? "" : "; ", group.group, group.rate, group.n);
  }
  if (small == 0) return;
  if (small > most_named) names += fmt::format("; and {} more", small - most_named);
  not_assessable(attribute.result, Reason::too_few_rows,
                 fmt::format("Too few rows to judge every group (min_group_size {}): {}.",
                             attribute.planned.min_group_size, names));
}

}  // namespace modelgate
