// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/linearised.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/accuracy/judge_limit.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/influence.hpp"
#include "gate/stats/level.hpp"
#include "gate/stats/order.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

/// One place under judgement.
struct LinearisedCase {
  ScopeCase& scope;
  const PlaceRows& place;
  const LinearisedMetric& metric;
  std::array<stats::Linearised, 2> models;
  Unanimous unanimous;
  stats::PairedEstimate estimate;

  std::optional<double> value(Role role) const { return models[index_of(role)].value; }
  bool on_logit(double x) const { return metric.scale == ValueScale::logit && x > 0.0 && x < 1.0; }
};

/// The same estimate on the logit scale, by the delta method.
stats::MeanEstimate logit_of(stats::MeanEstimate estimate) {
  estimate.std_error /= estimate.mean * (1.0 - estimate.mean);
  estimate.mean = stats::logit(estimate.mean);
  return estimate;
}

/// The estimate with its known bias taken away; on the logit scale where the metric asks for it.
stats::MeanEstimate shifted(const LinearisedCase& here, stats::MeanEstimate estimate, double shift) {
  estimate.mean += shift;
  return here.on_logit(estimate.mean) ? logit_of(estimate) : estimate;
}

/// Interval of one model's value; its ends may rest on different shifts, and it always holds the value.
std::optional<Interval> interval_of(const LinearisedCase& here, Role role, const stats::MeanEstimate& estimate,
                                    double alpha) {
  const stats::Linearised& model = here.models[index_of(role)];
  const auto end = [&](double shift) {
    const bool on_logit = here.on_logit(estimate.mean + shift);
    auto interval = stats::mean_interval(shifted(here, estimate, shift), alpha);
    if (interval && on_logit) interval = Interval{stats::expit(interval->low), stats::expit(interval->high)};
    return interval;
  };
  const auto low = end(model.low_shift);
  const auto high = end(model.high_shift);
  if (!low || !high) return std::nullopt;
  return Interval{std::min(low->low, estimate.mean), std::max(high->high, estimate.mean)};
}

void fill_estimates(LinearisedCase& here) {
  CheckResult& result = here.scope.result;
  const double alpha = alpha_of(here.scope.planned);
  fill_linearised(result, here.estimate, here.scope.cache.weighing(), alpha, here.scope.fixed());
  if (here.scope.cache.weighing().plain() && here.metric.unit == "rows") result.units.reset();
  if (here.estimate.candidate && !here.scope.fixed())
    result.candidate.interval = interval_of(here, Role::candidate, *here.estimate.candidate, alpha);
  if (here.estimate.production && !here.scope.fixed())
    result.production.interval = interval_of(here, Role::production, *here.estimate.production, alpha);
}

/// All rows say the same: what a bounded metric can still hide is bounded as the rate of a row that says otherwise.
std::optional<Tail> unanimous_tail(const LinearisedCase& here, double factor, double limit) {
  const double span = here.unanimous.high - here.unanimous.low;
  const auto rows = static_cast<std::uint64_t>(std::max(0.0, std::floor(here.unanimous.rows)));
  if (rows == 0 || !(span > 0.0)) return std::nullopt;
  if (here.scope.relative()) {  // candidate − k·production >= t says difference >= t + (k − 1)·production
    const double delta = (limit + (factor - 1.0) * here.value(Role::production).value_or(0.0)) / span;
    if (!(std::abs(delta) < 1.0)) return std::nullopt;
    const stats::PairedCounts agree{.both = rows};
    return tail_of(stats::tango_p_at_most(agree, delta), stats::tango_p_at_least(agree, delta));
  }
  const double share = (here.value(Role::candidate).value_or(0.5) - here.unanimous.low) / span;
  const double wanted = (limit - here.unanimous.low) / span;
  if ((share > 0.0 && share < 1.0) || !(wanted >= 0.0 && wanted <= 1.0)) return std::nullopt;
  const stats::RateCount all{share >= 1.0 ? rows : 0, rows};
  return tail_of(stats::rate_p_at_most(all, wanted), stats::rate_p_at_least(all, wanted));
}

std::optional<Tail> absolute_tail(const LinearisedCase& here, const stats::MeanEstimate& estimate, double limit) {
  const stats::Linearised& model = here.models[index_of(Role::candidate)];
  const auto side = [&](double shift, auto p) {
    const bool on_logit = here.on_logit(estimate.mean + shift);
    if (on_logit && !here.on_logit(limit)) return p(estimate, limit);
    return p(shifted(here, estimate, shift), on_logit ? stats::logit(limit) : limit);
  };
  return tail_of(side(model.low_shift, stats::mean_p_at_most), side(model.high_shift, stats::mean_p_at_least));
}

std::optional<Tail> tails(const LinearisedCase& here, double factor, double limit) {
  const auto spread = here.estimate.contrast(here.scope.relative() ? 1.0 : 0.0);
  if (!spread) return std::nullopt;
  if (spread->zero_variance())
    return here.scope.relative() && spread->mean != 0.0 ? std::nullopt : unanimous_tail(here, factor, limit);
  if (!here.scope.relative()) return absolute_tail(here, *spread, limit);
  return linearised_tail(here.estimate, factor, limit);
}

/// True where the place cannot be judged; the result then says why.
bool hindered(LinearisedCase& here) {
  const ScopeCase& scope = here.scope;
  CheckResult& result = here.scope.result;
  if (!here.estimate.candidate || (scope.relative() && !here.estimate.difference))
    not_assessable(result, Reason::undefined, here.metric.undefined);
  else if (const std::size_t units = here.estimate.candidate->units; !scope.fixed() && units < min_units)
    not_assessable(result, Reason::too_few_rows,
                   fmt::format("The metric needs at least {} {}; there are {}.", min_units,
                               here.place.units.empty() ? here.metric.unit : "clusters", units));
  else if (!scope.fixed() && refuse_few_units(result, units, here.estimate.candidate->kish, scope.cache.weighing()))
    return true;
  else
    return refuse_percent_margin(result, here.value(Role::production).value_or(0.0), std::nullopt);
  return true;
}

void judge_limit(LinearisedCase& here) {
  ScopeCase& scope = here.scope;
  CheckResult& result = scope.result;
  if (hindered(here)) return;
  const double production = here.value(Role::production).value_or(0.0);
  const Measured measured{.candidate = here.value(Role::candidate).value_or(std::nan("")),
                          .production = production,
                          .discordant = std::nullopt,
                          .label = {},
                          .direction = here.metric.direction,
                          .fixed = scope.fixed()};
  result.margin = resolved_margin(scope.planned, production);
  const auto part =
      judge_part(scope.planned, measured, [&](double factor, double limit) { return tails(here, factor, limit); });
  if (!part)
    return not_assessable(result, Reason::zero_variance,
                          scope.relative() ? "The two models differ in no row, or by the same amount in every row." +
                                                 advice_where_alike(scope, measured.candidate, production)
                                           : "Every row says the same, so the spread of the value is unknown.");
  result.parts = {*part};
  const auto judged = here.estimate.contrast(requirement_of(scope.planned, here.metric.direction).factor);
  if (judged) result.rows_needed = rows_needed(result, measured, judged->units, judged->std_error);
}

/// Row numbers in ascending order of id, so that shuffled rows give the same sums; as they came without ids.
std::vector<std::uint32_t> rows_in_order(const RowColumns& rows) {
  if (rows.id_hash.size() == rows.rows && rows.rows > 0) return stats::order_by_key(rows.id_hash);
  std::vector<std::uint32_t> order(rows.rows);
  for (std::size_t row = 0; row < order.size(); ++row) order[row] = static_cast<std::uint32_t>(row);
  return order;
}

std::vector<double> gathered(std::span<const double> values, const std::vector<std::uint32_t>& rows) {
  std::vector<double> result;
  if (values.empty()) return result;
  result.reserve(rows.size());
  for (const std::uint32_t row : rows) result.push_back(values[row]);
  return result;
}

/// Clusters of the table as dense codes of one place, numbered as they first come in its order.
void number_units(PlaceRows& place, const Weighing& weighing) {
  std::vector<std::uint32_t> dense(weighing.unit_count, 0);  // code + 1
  place.units.reserve(place.rows.size());
  place.unit_count = 0;
  for (const std::uint32_t row : place.rows) {
    std::uint32_t& code = dense[weighing.units[row]];
    if (code == 0) code = static_cast<std::uint32_t>(++place.unit_count);
    place.units.push_back(code - 1);
  }
}

}  // namespace

double PlaceRows::rows_of(std::size_t entry) const {
  if (!weights.empty() && !(weights[entry] > 0.0)) return 0.0;
  return copies.empty() ? 1.0 : copies[entry];
}

std::vector<PlaceRows> rows_by_group(const RowColumns& rows, const Grouping& grouping, const Weighing& weighing) {
  std::vector<PlaceRows> places(grouping.size());
  for (std::size_t group = 0; group < places.size(); ++group) places[group].rows.reserve(grouping.rows[group]);
  for (const std::uint32_t row : rows_in_order(rows))
    if (const std::size_t group = grouping.code(row); group < places.size()) places[group].rows.push_back(row);
  for (PlaceRows& place : places) {
    place.unit_count = place.rows.size();
    place.weights = gathered(weighing.weights, place.rows);
    place.copies = gathered(weighing.copies, place.rows);
    if (!weighing.units.empty()) number_units(place, weighing);
  }
  return places;
}

void judge_linearised(ScopeCase& scope, const PlaceRows& place, const LinearisedMetric& metric) {
  CheckResult& result = scope.result;
  LinearisedCase here{scope, place, metric, {}, {}, {}};
  for (const Role role : both_roles) {
    if (!scope.usable(role)) continue;
    Result<stats::Linearised> made = metric.linearise(place, role);
    if (!made) return fail_with(result, made.error());
    here.models[index_of(role)] = *std::move(made);
  }
  const bool logit = !scope.relative() && metric.scale == ValueScale::logit;
  result.method = std::string{scope.relative() ? "linearised paired t" : "linearised t"} +
                  (logit ? " on the logit scale" : "") + (place.units.empty() ? "" : " over clusters");
  here.estimate = stats::paired_estimate(here.models[0], here.models[1], place.counts());
  if (metric.unanimous && here.estimate.candidate) {
    const stats::MeanEstimate& counted = *here.estimate.candidate;
    here.unanimous = metric.unanimous(place);
    here.unanimous.rows = std::min({here.unanimous.rows, static_cast<double>(counted.units), counted.kish});
  }
  fill_estimates(here);
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  const auto obstacle = metric.obstacle ? metric.obstacle(place, scope.fixed()) : std::nullopt;
  if (obstacle) return not_assessable(result, obstacle->reason, obstacle->detail);
  judge_limit(here);
}

std::vector<CheckResult> judge_linearised_rows(const PlannedCheck& planned, const Evidence& evidence,
                                               const std::function<Result<LinearisedMetric>(const ScoreTable&)>& make) {
  std::vector<PlaceRows> places;
  std::optional<Result<LinearisedMetric>> metric;
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!metric) {
      metric = make(scope.cache.table());
      places = rows_by_group(scope.cache.table().rows, *scope.cache.grouping(planned.slice), scope.cache.weighing());
    }
    if (!*metric) return fail_with(scope.result, metric->error());
    judge_linearised(scope, places[scope.group], **metric);
  });
}

std::vector<std::uint8_t> binary_labels_in(const ScoreTable& table, const PlaceRows& place) {
  std::vector<std::uint8_t> labels;
  labels.reserve(place.rows.size());
  for (const std::uint32_t row : place.rows)
    labels.push_back(static_cast<std::uint8_t>(table.rows.label_class[row] == 1));
  return labels;
}

Result<std::vector<double>> scores_in(const ScoreTable& table, const PlaceRows& place, Role role) {
  const Predictions& model = table.model(role);
  return std::visit(
      [&](const auto& scores) -> Result<std::vector<double>> {
        if (model.kind == OutputKind::klass || model.width != 1 || scores.size() != table.rows.rows)
          return model_error(Reason::wrong_shape,
                             fmt::format("The {} model does not give one score a row.", to_string(role)));
        std::vector<double> gathered;
        gathered.reserve(place.rows.size());
        for (const std::uint32_t row : place.rows) gathered.push_back(static_cast<double>(scores[row]));
        return gathered;
      },
      model.scores);
}

}  // namespace modelgate
