// SPDX-License-Identifier: Apache-2.0
#include "gate/report/read_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "gate/report/facts.hpp"
#include "gate/report/json_check.hpp"

namespace modelgate {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr std::array families{Family::accuracy,  Family::bias,   Family::latency,
                              Family::resources, Family::parity, Family::determinism};
constexpr std::array words{LimitWord::min, LimitWord::max, LimitWord::max_regression, LimitWord::min_improvement};
constexpr std::array units{Unit::rate, Unit::plain, Unit::ratio, Unit::seconds, Unit::bytes, Unit::per_second};
constexpr std::array outcomes{Outcome::pass,  Outcome::fail,   Outcome::inconclusive, Outcome::not_assessable,
                              Outcome::error, Outcome::waived, Outcome::not_selected};
constexpr std::array reasons{Reason::straddles_limit,
                             Reason::too_few_rows,
                             Reason::too_few_events,
                             Reason::absent_slice,
                             Reason::undefined,
                             Reason::zero_variance,
                             Reason::no_baseline,
                             Reason::identical_models,
                             Reason::non_finite,
                             Reason::wrong_shape,
                             Reason::model_unloadable,
                             Reason::model_crashed,
                             Reason::timeout,
                             Reason::data_invalid,
                             Reason::digest_mismatch,
                             Reason::signature_invalid,
                             Reason::isolation_insufficient,
                             Reason::outputs_differ,
                             Reason::runner_unfit,
                             Reason::reuse_exhausted,
                             Reason::cancelled,
                             Reason::internal};
constexpr std::array severities{Severity::block, Severity::warn};
constexpr std::array inconclusive_policies{OnInconclusive::block, OnInconclusive::guard, OnInconclusive::warn};
constexpr std::array not_assessable_policies{OnNotAssessable::block, OnNotAssessable::warn};

Limit read_limit(const JsonNode& node) {
  return {node.at("word").word(words), node.at("value").number_or_nan(), node.at("relative").flag(),
          node.at("text").text()};
}

/// "sex & age_band" stays one column here: every report shows the text and nothing else of it.
std::optional<Scope> read_scope(const JsonNode& node) {
  return node.is_null() ? std::nullopt : std::optional<Scope>(Scope{{node.text()}, {}});
}

void read_policy(const JsonNode& node, PlannedCheck& planned) {
  planned.on_inconclusive = node.at("on_inconclusive").word(inconclusive_policies);
  planned.on_not_assessable = node.at("on_not_assessable").word(not_assessable_policies);
  planned.hard_margin = node.at("hard_margin").number_or_none();
  planned.min_rows = node.at("min_rows").count();
  planned.min_group_size = node.at("min_group_size").count();
  planned.reference_group = node.at("reference_group").text_or_empty();
  planned.small_groups_listed = node.at("small_groups_listed").flag();
}

/// The registry's facts as the run knew them, so that an older run keeps its own.
const CheckSpec* read_spec(const JsonNode& node, const PlannedCheck& planned, StoredSpecs& stored) {
  CheckSpec spec;
  spec.family = planned.family;
  spec.metric = stored.texts.emplace_back(planned.metric.substr(0, planned.metric.find('@')));
  spec.summary = stored.texts.emplace_back(node.at("summary").text_or_empty());
  spec.direction = node.at("higher_is_better").flag() ? Direction::higher_is_better : Direction::lower_is_better;
  spec.unit = node.at("limit").at("unit").word(units);
  spec.needs_production = node.at("compares").flag() && !is_relative(planned.limit.word);
  return &stored.specs.emplace_back(spec);
}

PlannedCheck read_planned(const JsonNode& node, const Plan& plan, StoredSpecs& specs) {
  PlannedCheck planned;
  planned.base_id = node.at("base_id").text();
  planned.family = read_family(node.at("type"));
  planned.metric = node.at("metric").text();
  planned.limit = read_limit(node.at("limit"));
  planned.slice = read_scope(node.at("slice_by"));
  planned.attribute = read_scope(node.at("attribute"));
  planned.klass = node.at("class").text_or_empty();
  planned.shape = read_shape(node);
  planned.severity = node.at("severity").word(severities);
  planned.confidence = node.at("confidence").number_or_nan();
  planned.owner = node.at("owner").text_or_empty();
  planned.note = node.at("note").text_or_empty();
  DeclaredPlace place = read_declared_at(node.at("declared_at"), plan);
  planned.file = std::move(place.file);
  planned.line = place.line;
  read_policy(node.at("policy"), planned);
  planned.spec = read_spec(node, planned, specs);
  return planned;
}

std::optional<WaiverInForce> read_waiver(const JsonNode& node, const std::string& id) {
  if (node.is_null()) return std::nullopt;
  WaiverInForce waiver;
  waiver.waiver.check = id;
  waiver.waiver.owner = node.at("owner").text();
  waiver.waiver.reason = node.at("reason").text();
  const auto until = date_from(node.at("until").text());
  if (!until) node.at("until").refuse("is no date like 2026-12-31");
  waiver.waiver.until = until.value_or(Date{});
  waiver.waiver.line = node.at("line").line();
  waiver.waiver.worst = node.at("worst").number_or_none();
  waiver.instead_of = node.at("instead_of").word(outcomes);
  return waiver;
}

}  // namespace

Family read_family(const JsonNode& node) { return node.word(families); }

DeclaredPlace read_declared_at(const JsonNode& node, const Plan& plan) {
  DeclaredPlace place;
  if (node.is_null()) return place;
  const std::string text = node.text();
  const std::size_t colon = std::min(text.rfind(':'), text.size());
  const char* const end = text.data() + text.size();
  const bool whole = colon < text.size() && std::from_chars(text.data() + colon + 1, end, place.line).ptr == end;
  place.file = text.substr(0, colon);
  if (!whole || place.line <= 0) node.refuse("is no file and line, as in \"modelgate.yaml:12\"");
  if (text == declared_place(plan, {}, place.line)) place.file.clear();
  return place;
}

Estimate read_estimate(const JsonNode& node) {
  Estimate estimate;
  const auto reason = node.find("reason");
  const std::string why = reason ? reason->text() : std::string{};
  const JsonNode value = node.at("value");
  if (!value.is_null()) {
    estimate.value = value.number();
  } else if (why == "non_finite") {
    estimate.value = std::numeric_limits<double>::quiet_NaN();
  }
  const JsonNode interval = node.at("interval");
  if (interval.is_null()) return estimate;
  const auto ends = interval.items(2);
  if (ends.size() == 2)
    estimate.interval =
        Interval{ends[0].number_or_none().value_or(-infinity), ends[1].number_or_none().value_or(infinity)};
  return estimate;
}

CheckResult read_check(const JsonNode& node, const Plan& plan, StoredSpecs& specs) {
  CheckResult result;
  result.id = node.at("id").text();
  result.planned = read_planned(node, plan, specs);
  for (const auto& [column, value] : node.at("slice").members()) result.slice.emplace_back(column, value.text());
  result.outcome = node.at("outcome").word(outcomes);
  result.planned.selected = result.outcome != Outcome::not_selected;
  const JsonNode reason = node.at("reason");
  result.reason = reason.is_null() ? Reason::none : reason.word(reasons);
  result.blocking = node.at("blocking").flag();
  result.candidate = read_estimate(node.at("candidate"));
  result.production = read_estimate(node.at("production"));
  result.difference = read_estimate(node.at("difference"));
  result.margin = node.at("limit").at("margin").number_or_none();
  result.shown = node.at("shown").text_or_empty();
  result.method = node.at("method").text_or_empty();
  result.rows = node.at("rows").count();
  result.units = node.at("units").count_or_none();
  result.kish = node.at("kish").number_or_none();
  result.message = node.at("message").text();
  result.waiver = read_waiver(node.at("waiver"), result.id);
  read_evidence(node, result);
  return result;
}

}  // namespace modelgate
