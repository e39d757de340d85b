// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "checks/accuracy/linearised.hpp"
#include "gate/core/number_text.hpp"
#include "gate/stats/order.hpp"

namespace modelgate {
namespace {

/// The rows of every query, queries in the order of their keys, so that nothing depends on how the rows came.
struct Queries {
  std::vector<std::uint32_t> rows;     ///< rows query by query
  std::vector<std::size_t> starts;     ///< first of each query in rows, and the end
  std::vector<std::uint8_t> relevant;  ///< by query: whether a row is relevant
  std::array<std::vector<double>, 2> values;

  std::size_t size() const { return starts.size() - 1; }
  std::span<const std::uint32_t> of(std::size_t query) const {
    return std::span{rows}.subspan(starts[query], starts[query + 1] - starts[query]);
  }
};

Queries queries_of(const UnitColumn& column) {
  std::vector<std::size_t> place(column.size());  // of a code
  const std::vector<std::uint32_t> order = stats::order_by_key(column.keys);
  for (std::size_t at = 0; at < order.size(); ++at) place[order[at]] = at;
  Queries queries;
  queries.starts.assign(column.size() + 1, 0);
  for (const std::uint32_t code : column.codes) ++queries.starts[place[code] + 1];
  std::partial_sum(queries.starts.begin(), queries.starts.end(), queries.starts.begin());
  std::vector<std::size_t> next(queries.starts.begin(), queries.starts.end() - 1);
  queries.rows.resize(column.codes.size());
  for (std::size_t row = 0; row < column.codes.size(); ++row)
    queries.rows[next[place[column.codes[row]]]++] = static_cast<std::uint32_t>(row);
  return queries;
}

std::optional<Error> relevance_trouble(const RowColumns& rows, Gain gain) {
  constexpr double largest_exponent = 1000.0;  // 2^relevance is to stay a number
  if (rows.query.codes.size() != rows.rows)
    return Error{ErrorKind::data, Reason::data_invalid,
                 "Ranking needs dataset.query: which query each row belongs to."};
  if (rows.label_value.size() != rows.rows)
    return Error{ErrorKind::data, Reason::data_invalid, "The golden rows carry no relevances."};
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const double relevance = rows.label_value[row];
    if (!(relevance >= 0.0) || !std::isfinite(relevance))
      return Error{ErrorKind::data, Reason::data_invalid,
                   fmt::format("The relevance of row {} is not a number of 0 or more.", row + 1)};
    if (gain == Gain::exponential && relevance > largest_exponent)
      return Error{ErrorKind::data, Reason::data_invalid,
                   fmt::format("The relevance of row {} is too large for a gain of 2^relevance - 1.", row + 1)};
  }
  return std::nullopt;
}

/// The first row whose code differs from that of another row of its query.
template <class CodeOf>
std::optional<std::size_t> torn_row(const Queries& queries, CodeOf code_of) {
  for (std::size_t query = 0; query < queries.size(); ++query) {
    const auto rows = queries.of(query);
    for (const std::uint32_t row : rows)
      if (code_of(row) != code_of(rows.front())) return row;
  }
  return std::nullopt;
}

Result<std::vector<double>> measured(const ScoreTable& table, const Queries& queries, Role role, QueryMeasure measure,
                                     std::size_t ranks, const std::vector<double>& gains) {
  PlaceRows place;
  place.rows = queries.rows;
  const Result<std::vector<double>> scores = scores_in(table, place, role);
  if (!scores) return scores;
  std::vector<double> values(queries.size(), 0.0);
  for (std::size_t query = 0; query < queries.size(); ++query) {
    if (queries.relevant[query] == 0) continue;
    const std::size_t first = queries.starts[query];
    const std::size_t size = queries.starts[query + 1] - first;
    values[query] = measure(
        stats::rank_query(std::span{gains}.subspan(first, size), std::span{*scores}.subspan(first, size)), ranks);
  }
  return values;
}

std::vector<double> gains_of(const RowColumns& rows, const Queries& queries, Gain gain) {
  std::vector<double> gains;
  gains.reserve(queries.rows.size());
  for (const std::uint32_t row : queries.rows) {
    const double relevance = rows.label_value[row];
    gains.push_back(gain == Gain::linear ? relevance : std::exp2(relevance) - 1.0);
  }
  return gains;
}

/// Everything that is the same in every place of one check.
Result<Queries> measure_queries(EvidenceCache& cache, const PlannedCheck& planned, QueryMeasure measure, Gain gain) {
  const ScoreTable& table = cache.table();
  const RowColumns& rows = table.rows;
  if (auto trouble = relevance_trouble(rows, gain)) return std::unexpected(*std::move(trouble));
  Queries queries = queries_of(rows.query);
  const Grouping& grouping = *cache.grouping(planned.slice);
  if (const auto row = torn_row(queries, [&](std::uint32_t at) { return grouping.code(at); }))
    return data_error(
        fmt::format("The rows of one query lie in several slices of {} (row {} is one of them): a ranking is judged by "
                    "whole queries.",
                    planned.slice.value_or(Scope{}).text(), *row + 1));
  if (const auto row = rows.cluster.empty() ? std::nullopt : torn_row(queries, [&](std::uint32_t at) {
        return rows.cluster.codes[at];
      }))
    return data_error(fmt::format("The rows of one query lie in several clusters (row {} is one of them).", *row + 1));
  const std::vector<double> gains = gains_of(rows, queries, gain);
  queries.relevant.resize(queries.size());
  for (std::size_t query = 0; query < queries.size(); ++query)
    queries.relevant[query] = static_cast<std::uint8_t>(std::any_of(
        gains.begin() + static_cast<std::ptrdiff_t>(queries.starts[query]),
        gains.begin() + static_cast<std::ptrdiff_t>(queries.starts[query + 1]), [](double one) { return one > 0.0; }));
  for (const Role role : both_roles) {
    if (cache.trouble(role) != nullptr) continue;
    Result<std::vector<double>> values =
        measured(table, queries, role, measure, static_cast<std::size_t>(planned.parameter), gains);
    if (!values) return std::unexpected(values.error());
    queries.values[index_of(role)] = *std::move(values);
  }
  return queries;
}

struct QueryPlace {
  PlaceRows place;  ///< rows are queries here
  std::size_t left_out = 0;
};

QueryPlace place_of(const Queries& queries, const RowColumns& rows, const Grouping& grouping, std::size_t group) {
  QueryPlace here;
  std::vector<std::uint32_t> dense(rows.cluster.size(), 0);  // cluster code → number here + 1
  std::size_t clusters = 0;
  for (std::size_t query = 0; query < queries.size(); ++query) {
    const std::uint32_t row = queries.of(query).front();
    if (grouping.code(row) != group) continue;
    if (queries.relevant[query] == 0) {
      ++here.left_out;
      continue;
    }
    here.place.rows.push_back(static_cast<std::uint32_t>(query));
    if (rows.cluster.empty()) continue;
    std::uint32_t& number = dense[rows.cluster.codes[row]];
    if (number == 0) number = static_cast<std::uint32_t>(++clusters);
    here.place.units.push_back(number - 1);
  }
  here.place.unit_count = rows.cluster.empty() ? here.place.rows.size() : clusters;
  return here;
}

LinearisedMetric metric_of(const Queries& queries) {
  LinearisedMetric metric;
  metric.linearise = [&queries](const PlaceRows& place, Role role) -> Result<stats::Linearised> {
    std::vector<double> values;
    values.reserve(place.rows.size());
    for (const std::uint32_t query : place.rows) values.push_back(queries.values[index_of(role)][query]);
    return stats::linearised_mean(std::move(values), place.counts());
  };
  metric.unanimous = [](const PlaceRows& place) { return Unanimous{static_cast<double>(place.rows.size()), 0.0, 1.0}; };
  metric.undefined = "No query here has a relevant row.";
  metric.unit = "queries with a relevant row";
  return metric;
}

}  // namespace

std::vector<CheckResult> judge_ranking(const PlannedCheck& planned, const Evidence& evidence, QueryMeasure measure,
                                       Gain gain) {
  std::optional<Result<Queries>> queries;
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!queries) queries = measure_queries(scope.cache, planned, measure, gain);
    if (!*queries) return fail_with(scope.result, queries->error());
    const RowColumns& rows = scope.cache.table().rows;
    const QueryPlace here = place_of(**queries, rows, *scope.cache.grouping(planned.slice), scope.group);
    if (here.left_out > 0)
      scope.result.detail = fmt::format("{} of {} queries have no relevant row and are left out.",
                                        count_text(here.left_out), count_text(here.left_out + here.place.rows.size()));
    judge_linearised(scope, here.place, metric_of(**queries));
  });
}

}  // namespace modelgate
