// SPDX-License-Identifier: Apache-2.0
#include "checks/scope_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gate/core/check_id.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// A slice value to be judged; no group where no row has it.
struct Place {
  std::vector<std::string> values;
  std::optional<std::size_t> group;
};

std::vector<Place> places_of(const std::optional<Scope>& slice, const Grouping& grouping) {
  std::vector<Place> places;
  const bool declared = slice && !slice->values.empty() && slice->columns.size() == 1;
  if (!declared) {
    for (std::size_t group = 0; group < grouping.size(); ++group)
      places.push_back({grouping.values.empty() ? std::vector<std::string>{} : grouping.values[group], group});
    return places;
  }
  std::vector<std::string> values = slice->values;
  std::ranges::sort(values);
  for (std::string& value : values) {
    Place place{{value}, std::nullopt};
    for (std::size_t group = 0; group < grouping.size(); ++group)
      if (grouping.values[group].front() == value) place.group = group;
    places.push_back(std::move(place));
  }
  return places;
}

CheckResult result_at(const PlannedCheck& planned, const Grouping& grouping, const Place& place) {
  CheckResult result = blank_result(planned);
  for (std::size_t column = 0; column < place.values.size(); ++column) {
    result.slice.emplace_back(grouping.columns[column], place.values[column]);
    result.id += "." + id_text(grouping.columns[column]) + "=" + id_text(place.values[column]);
  }
  return result;
}

std::vector<CheckResult> one_error(const PlannedCheck& planned, const Error& error) {
  std::vector<CheckResult> results{blank_result(planned)};
  fail_with(results.front(), error);
  return results;
}

/// What a metric does not honour it must not pass over, whoever let the check through.
bool refuse_weighing(CheckResult& result, const Weighing& weighing) {
  const CheckSpec* spec = result.planned.spec;
  std::string_view key;
  if (!weighing.exposure.empty() && (spec == nullptr || !spec->honours_exposure))
    key = "Exposures are denominators of counts and have no meaning for this metric";
  else if (!weighing.weights.empty() && (spec == nullptr || !spec->honours_weight))
    key = "This metric does not honour weights";
  else if (!weighing.units.empty() && (spec == nullptr || !spec->honours_cluster))
    key = "This metric does not honour clusters";
  if (key.empty()) return false;
  not_assessable(result, Reason::undefined, fmt::format("{}.", key));
  return true;
}

void judge_place(ScopeCase& place, const JudgeScope& judge) {
  CheckResult& result = place.result;
  const Error* trouble = trouble_of(place.planned, place.cache);
  if (trouble == nullptr && !result.slice.empty() && result.rows < place.planned.min_rows) {
    not_assessable(result, result.rows == 0 ? Reason::absent_slice : Reason::too_few_rows,
                   fmt::format("The slice has {} rows, fewer than the {} of min_rows.", count_text(result.rows),
                               count_text(place.planned.min_rows)));
    return;
  }
  if (refuse_weighing(result, place.cache.weighing())) return;
  judge(place);
  if (trouble != nullptr)
    fail_with(result, *trouble);
  else if (result.parts.empty() && result.outcome == Outcome::inconclusive)
    not_assessable(result, Reason::undefined, "The rows of this scope define no value.");
}

}  // namespace

const Error* trouble_of(const PlannedCheck& planned, const EvidenceCache& cache) {
  if (const Error* trouble = cache.trouble(Role::candidate)) return trouble;
  return compares(planned) ? cache.trouble(Role::production) : nullptr;
}

CheckResult blank_result(const PlannedCheck& planned) {
  CheckResult result;
  result.id = planned.base_id;
  result.planned = planned;
  result.outcome = Outcome::inconclusive;
  result.reason = Reason::straddles_limit;
  return result;
}

std::vector<CheckResult> judge_scopes(const PlannedCheck& planned, const Evidence& evidence, const JudgeScope& judge) {
  if (evidence.table == nullptr || evidence.cache == nullptr)
    return one_error(planned, {ErrorKind::internal, Reason::internal, "The golden rows were not scored in this run."});
  if (evidence.table->rows.rows == 0)
    return one_error(planned,
                     {ErrorKind::data, Reason::data_invalid, "The golden data have no rows, so nothing is known."});
  EvidenceCache& cache = *evidence.cache;
  const Result<Grouping>& grouping = cache.grouping(planned.slice);
  if (!grouping) return one_error(planned, grouping.error());

  const auto [candidate, production] = cache.usable();
  std::vector<CheckResult> results;
  for (const Place& place : places_of(planned.slice, *grouping)) {
    CheckResult& result = results.emplace_back(result_at(planned, *grouping, place));
    if (!place.group || grouping->rows[*place.group] == 0) {
      not_assessable(result, Reason::absent_slice, "No golden row has this slice value.");
      if (const Error* trouble = trouble_of(planned, cache)) fail_with(result, *trouble);
      continue;
    }
    result.rows = cache.rows_by_group(planned.slice)[*place.group];
    ScopeCase scope{planned, evidence.plan, cache, *place.group, candidate, production, result};
    judge_place(scope, judge);
  }
  if (results.empty()) {
    results.push_back(blank_result(planned));
    not_assessable(results.front(), Reason::absent_slice, "The slice column has no value in the golden rows.");
  }
  return results;
}

}  // namespace modelgate
