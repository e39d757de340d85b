// SPDX-License-Identifier: Apache-2.0
#include "gate/report/json_check.hpp"

#include <fmt/format.h>

#include <cmath>

#include "gate/report/facts.hpp"
#include "gate/report/json_latency.hpp"
#include "gate/report/json_pictures.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// Why a number of an estimate is null: it was not computed, came out NaN or infinite, or has no bound on one side.
std::string_view null_reason(const Estimate& estimate) {
  if (!estimate.value) return "absent";
  if (!std::isfinite(*estimate.value)) return "non_finite";
  if (!estimate.interval) return "";
  const bool bounded = std::isfinite(estimate.interval->low) && std::isfinite(estimate.interval->high);
  return bounded ? "" : "unbounded";
}

std::string_view unit_name(const PlannedCheck& planned) {
  return to_string(planned.spec == nullptr ? Unit::rate : planned.spec->unit);
}

bool higher_is_better(const PlannedCheck& planned) {
  return planned.spec == nullptr || planned.spec->direction == Direction::higher_is_better;
}

Json limit_json(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  return {{"word", to_string(limit.word)},           {"text", clean_line(limit.text)},
          {"value", number_or_null(limit.value)},    {"relative", limit.relative},
          {"margin", number_or_null(result.margin)}, {"unit", unit_name(result.planned)}};
}

Json slice_json(const CheckResult& result) {
  Json json = Json::object();
  for (const auto& [column, value] : result.slice) json[clean_line(column)] = clean_text(value);
  return json;
}

Json groups_json(const CheckResult& result) {
  Json json = Json::array();
  for (const GroupRate& group : result.groups)
    json.push_back({{"group", clean_text(group.group)},
                    {"rate", clean_line(group.rate)},
                    {"n", group.n},
                    {"events", group.events ? Json(*group.events) : Json(nullptr)},
                    {"candidate", estimate_json(group.candidate)},
                    {"production", estimate_json(group.production)},
                    {"assessable", group.assessable},
                    {"declared", group.declared}});
  return json;
}

Json pairs_json(const CheckResult& result) {
  Json json = Json::array();
  for (const PairGap& pair : result.pairs) {
    Json one{{"groups", Json::array({clean_text(pair.first), clean_text(pair.second)})},
             {"rate", clean_line(pair.rate)},
             {"n", Json::array({pair.first_n, pair.second_n})}};
    one.update(estimate_json(pair.gap));
    one["p"] = number_or_null(pair.p);
    one["p_adjusted"] = number_or_null(pair.p_adjusted);
    json.push_back(std::move(one));
  }
  return json;
}

Json calibration_json(const std::optional<CalibrationError>& one) {
  if (!one) return nullptr;
  return {{"error", number_or_null(one->error)},
          {"if_calibrated", number_or_null(one->if_calibrated)},
          {"if_calibrated_high", number_or_null(one->if_calibrated_high)}};
}

/// As a reader counts them, from 1.
Json changed_rows_json(const CheckResult& result) {
  Json rows = Json::array();
  for (const ChangedRow& row : result.changed_rows) {
    Json one{{"row", row.row + 1}, {"difference", number_or_null(row.difference)}};
    if (row.answer > 0) one["answer"] = row.answer;
    rows.push_back(std::move(one));
  }
  return rows;
}

/// What the verdict rests on beyond the intervals: each hypothesis of the error budget, and how many rows would decide.
Json evidence_json(const CheckResult& result) {
  Json parts = Json::array();
  for (const Part& part : result.parts)
    parts.push_back({{"label", clean_line(part.label)},
                     {"passes", part.passes},
                     {"p", number_or_null(part.p_fail)},
                     {"p_adjusted", number_or_null(part.p_adjusted)},
                     {"discordant", number_or_null(part.discordant)},
                     {"discordant_needed", number_or_null(part.discordant_needed)},
                     {"hard_margin_excluded", part.hard_margin_excluded},
                     {"on_the_line", part.on_the_line},
                     {"fails", part.fails}});
  Json json{{"parts", parts}, {"detail", text_or_null(result.detail)}};
  if (result.of_policy()) json["of_policy"] = true;
  json["rows_needed"] = result.rows_needed ? Json(*result.rows_needed) : Json(nullptr);
  if (const auto& calibration = result.calibration)
    json["calibration"] = {{"candidate", calibration_json(calibration->candidate)},
                           {"production", calibration_json(calibration->production)}};
  if (!result.changed_rows.empty()) json["changed_rows"] = changed_rows_json(result);
  add_pictures(json, result.pictures);
  return json;
}

Json flips_json(const CheckResult& result) {
  if (!result.flips) return nullptr;
  Json slices = Json::array();
  for (const FlipSlice& slice : result.flips->slices)
    slices.push_back({{"column", clean_line(slice.column)},
                      {"value", clean_text(slice.value)},
                      {"right_to_wrong", slice.right_to_wrong},
                      {"rows", slice.rows}});
  Json json{{"right_to_wrong", result.flips->right_to_wrong}, {"wrong_to_right", result.flips->wrong_to_right}};
  json["rows"] = result.flips->rows == 0 ? Json(nullptr) : Json(result.flips->rows);
  json["slices"] = std::move(slices);
  return json;
}

Json waiver_json(const CheckResult& result) {
  if (!result.waiver) return nullptr;
  const Waiver& waiver = result.waiver->waiver;
  return {{"owner", clean_line(waiver.owner)},     {"reason", clean_text(waiver.reason)},
          {"until", date_text(waiver.until)},      {"line", waiver.line},
          {"worst", number_or_null(waiver.worst)}, {"instead_of", to_string(result.waiver->instead_of)}};
}

/// What the gate file says on how the check is judged, beyond its limit.
Json policy_json(const PlannedCheck& planned) {
  return {{"on_inconclusive", to_string(planned.on_inconclusive)},
          {"on_not_assessable", to_string(planned.on_not_assessable)},
          {"hard_margin", number_or_null(planned.hard_margin)},
          {"min_rows", planned.min_rows},
          {"min_group_size", planned.min_group_size},
          {"reference_group", text_or_null(planned.reference_group)},
          {"small_groups_listed", planned.small_groups_listed}};
}

Json scope_json(const std::optional<Scope>& scope) { return scope ? Json(clean_line(scope->text())) : Json(nullptr); }

/// What was asked, and what came of it in words.
Json question_json(const CheckResult& result) {
  const PlannedCheck& planned = result.planned;
  return {{"id", clean_line(result.id)},
          {"base_id", clean_line(planned.base_id)},
          {"type", to_string(planned.family)},
          {"outcome", to_string(result.outcome)},
          {"reason", result.reason == Reason::none ? Json(nullptr) : Json(to_string(result.reason))},
          {"blocking", standing_of(result) == Standing::blocking},
          {"severity", to_string(planned.severity)},
          {"message", clean_text(result.message)},
          {"metric", clean_line(planned.metric)},
          {"summary", planned.spec == nullptr ? Json(nullptr) : text_or_null(planned.spec->summary)},
          {"higher_is_better", higher_is_better(planned)},
          {"class", text_or_null(planned.klass)},
          {"slice", slice_json(result)},
          {"slice_by", scope_json(planned.slice)},
          {"attribute", scope_json(planned.attribute)},
          {"batch", planned.shape.batch},
          {"load", to_string(planned.shape.load)},
          {"rate", number_or_null(planned.shape.rate)},
          {"clients", planned.shape.clients}};
}

}  // namespace

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::rate: return "rate";
    case Unit::plain: return "plain";
    case Unit::ratio: return "ratio";
    case Unit::seconds: return "seconds";
    case Unit::bytes: return "bytes";
    case Unit::per_second: return "per_second";
  }
  return "plain";
}

Json text_or_null(std::string_view text) {
  std::string clean = clean_text(text);
  return clean.empty() ? Json(nullptr) : Json(std::move(clean));
}

Json number_or_null(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json estimate_json(const Estimate& estimate) {
  Json json{{"value", number_or_null(estimate.value)}, {"interval", nullptr}};
  if (estimate.interval)
    json["interval"] = Json::array({number_or_null(estimate.interval->low), number_or_null(estimate.interval->high)});
  if (const std::string_view reason = null_reason(estimate); !reason.empty()) json["reason"] = reason;
  return json;
}

Json check_json(const CheckResult& result, const Report& report) {
  const PlannedCheck& planned = result.planned;
  const bool has_p = !result.parts.empty();
  Json json = question_json(result);
  json.update(Json{{"candidate", estimate_json(result.candidate)},
                   {"production", estimate_json(result.production)},
                   {"difference", estimate_json(result.difference)},
                   {"shown", text_or_null(result.shown)},
                   {"limit", limit_json(result)},
                   {"compares", compares(planned)},
                   {"policy", policy_json(planned)},
                   {"method", text_or_null(result.method)},
                   {"confidence", number_or_null(planned.confidence)},
                   {"rows", result.rows},
                   {"units", result.units ? Json(*result.units) : Json(nullptr)},
                   {"kish", number_or_null(result.kish)},
                   {"p", has_p ? number_or_null(smallest_p(result)) : Json(nullptr)},
                   {"p_adjusted", has_p ? number_or_null(smallest_adjusted_p(result)) : Json(nullptr)},
                   {"groups", groups_json(result)},
                   {"pairs", pairs_json(result)},
                   {"pairs_left_out", result.pairs_left_out},
                   {"value_all_groups", number_or_null(result.value_all_groups)},
                   {"latency", result.latency ? latency_json(*result.latency) : Json(nullptr)},
                   {"flips", flips_json(result)},
                   {"waiver", waiver_json(result)},
                   {"evidence", evidence_json(result)},
                   {"owner", text_or_null(planned.owner)},
                   {"note", text_or_null(planned.note)},
                   {"declared_at", text_or_null(declared_place(report.plan, planned.file, planned.line))}});
  return json;
}

}  // namespace modelgate
