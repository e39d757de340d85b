// SPDX-License-Identifier: Apache-2.0
#include "gate/app/plan_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checks/planning/block_chance.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t width = 80;
constexpr std::size_t label_width = 24;
constexpr std::size_t most_places = 10;  // of one check; all of them stand in the JSON

constexpr std::string_view legend =
    "rests on: effective rows (those of the label; Kish's count of weights and clusters). needed: rows of the place, "
    "mixed as they are, for an equal model to pass in 90 % of runs. sees: the smallest margin that it passes so often; "
    "a loss of the margin and as much again fails so often, before the correction for several tests. passes: chance of "
    "an equal model. through: chance that it is not blocked, under the check's policy.";

std::string share_text(const std::optional<double>& chance) {
  if (!chance) return "-";
  return *chance > 0.9995 ? "100 %" : *chance < 0.0005 ? "0 %" : fmt::format("{:.1f} %", 100.0 * *chance);
}

std::string count_or_dash(const std::optional<std::size_t>& count) { return count ? count_text(*count) : "-"; }

std::string short_value(double value) {
  std::string text = fixed_text(value, value < 0.01 ? 5 : value < 10.0 ? 4 : 2);
  return text;
}

std::string columns(std::string_view label, std::string_view rows, std::string_view rests, std::string_view needed,
                    std::string_view sees, std::string_view passes, std::string_view through) {
  std::string line = fmt::format(" {:>10}{:>10}{:>11}{:>8}{:>8}{:>8}", rows, rests, needed, sees, passes, through);
  const std::string indented = "  " + std::string(label);
  if (display_width(indented) <= label_width) return pad_right(indented, label_width) + line + "\n";
  std::string text;
  for (const std::string& part : wrap(label, width - 4)) text += (text.empty() ? "  " : "    ") + part + "\n";
  return text + std::string(label_width, ' ') + line + "\n";
}

std::string place_text(const Outlook& outlook) {
  const std::string label = clean_line(outlook.scope.empty() ? "overall" : outlook.scope);
  if (!outlook.pass_chance && !outlook.smallest) {
    std::string text;
    for (const std::string& part : wrap(fmt::format("{}: {}", label, clean_line(outlook.note)), width - 4))
      text += (text.empty() ? "  " : "    ") + part + "\n";
    return text;
  }
  std::string text = columns(
      label, count_text(outlook.rows), outlook.unjudgeable ? "-" : count_text(static_cast<std::size_t>(outlook.units)),
      count_or_dash(outlook.rows_needed), outlook.smallest ? short_value(*outlook.smallest) : "-",
      share_text(outlook.pass_chance), share_text(outlook.unblocked_chance));
  if (!outlook.note.empty()) text += fmt::format("    ({})\n", clean_line(outlook.note));
  return text;
}

double problem(const Outlook* outlook) {
  return outlook->unblocked_chance.value_or(1.0) + outlook->pass_chance.value_or(1.0);
}

std::string title_of(const PlannedCheck& check, const std::vector<const Outlook*>& places) {
  std::string margin;
  if (const auto& first = places.front()->margin)
    margin = fmt::format(
        "{} {}", to_string(check.limit.word),
        check.limit.relative ? fmt::format("{} (about {})", check.limit.text, short_value(*first)) : check.limit.text);
  else
    margin = fmt::format("{} {}", to_string(check.limit.word), check.limit.text);
  const std::string_view policy = check.severity == Severity::warn ? "warns only" : to_string(check.on_inconclusive);
  std::string text;
  for (const std::string& part : wrap(fmt::format("{}: {}, {}", clean_line(check.base_id), margin, policy), width - 2))
    text += (text.empty() ? "" : "  ") + part + "\n";
  return text;
}

std::string check_text(const Plan& plan, std::size_t index, const std::vector<Outlook>& outlooks) {
  std::vector<const Outlook*> places;
  for (const Outlook& outlook : outlooks)
    if (outlook.check == index) places.push_back(&outlook);
  if (places.empty()) return {};
  std::ranges::stable_sort(places, {}, problem);
  std::string text = title_of(plan.checks[index], places);
  const std::size_t shown = places.size() <= most_places + 1 ? places.size() : most_places;
  for (std::size_t i = 0; i < shown; ++i) text += place_text(*places[i]);
  if (shown < places.size())
    text += fmt::format("  and {} more places, {} or better\n", places.size() - shown,
                        share_text(places[shown]->pass_chance));
  return text;
}

std::string paragraph(std::string_view text) {
  std::string lines;
  for (const std::string& line : wrap(text, width)) lines += line + "\n";
  return lines;
}

std::string assumption_text(const PlanReport& report) {
  if (report.pilot)
    return fmt::format("Spread as in {}{}.", clean_line(*report.pilot),
                       report.pilot_discordant
                           ? fmt::format(" ({:.1f} % of its rows discordant)", 100.0 * *report.pilot_discordant)
                           : "");
  return "Assumed without a pilot report (--pilot report.json): the models disagree on 10 % of the rows; AUC near .80 "
         "with scores of correlation .8; F1 and precision near .8; groups' rates near .8.";
}

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

std::string plan_table(const PlanReport& report) {
  const Plan& plan = report.plan;
  std::string text =
      paragraph(fmt::format("{}: what {} rows can decide", clean_line(plan.name), count_text(report.rows)));
  text += paragraph(assumption_text(report)) + "\n";
  text += columns("", "rows", "rests on", "needed", "sees", "passes", "through");
  for (std::size_t i = 0; i < plan.checks.size(); ++i) text += check_text(plan, i, report.outlooks);
  text += "\n" + paragraph(legend);
  for (const std::string& warning : report.warnings) text += "\n" + paragraph("warning: " + clean_line(warning));
  if (!report.block_chance)
    return log_safe(
        text + "\n" +
        paragraph(plan.dataset.population == Population::fixed
                      ? "population: fixed: no sampling error, so the same models always get the same verdict."
                      : "How often a model equal to production is blocked cannot be told from the row counts "
                        "of this gate; a pilot report would (--pilot report.json)."));
  const auto& [probability, assumption] = *report.block_chance;
  text +=
      "\n" + paragraph(fmt::format("A model equal to production is blocked by this gate in about {:.1f} % of runs: {}.",
                                   100.0 * probability, assumption));
  if (probability > 0.2)
    text += paragraph(fmt::format("{} would let it through more often.", ways_to_lower_block_chance(plan)));
  return log_safe(text);
}

std::string plan_json(const PlanReport& report) {
  Json checks = Json::array();
  for (const Outlook& outlook : report.outlooks) {
    const PlannedCheck& check = report.plan.checks[outlook.check];
    checks.push_back({{"check", clean_line(check.base_id)},
                      {"scope", clean_line(outlook.scope)},
                      {"limit",
                       {{"word", to_string(check.limit.word)},
                        {"text", clean_line(check.limit.text)},
                        {"margin", number(outlook.margin)}}},
                      {"rows", outlook.rows},
                      {"rests_on", outlook.units},
                      {"rows_needed", outlook.rows_needed ? Json(*outlook.rows_needed) : Json(nullptr)},
                      {"smallest_margin", number(outlook.smallest)},
                      {"pass_chance", number(outlook.pass_chance)},
                      {"unblocked_chance", number(outlook.unblocked_chance)},
                      {"counted", outlook.counted},
                      {"from_pilot", outlook.from_pilot},
                      {"note", outlook.note.empty() ? Json(nullptr) : Json(clean_line(outlook.note))}});
  }
  Json chance = nullptr;
  if (report.block_chance)
    chance = {{"probability", report.block_chance->probability}, {"assumption", report.block_chance->assumption}};
  Json warnings = Json::array();
  for (const std::string& warning : report.warnings) warnings.push_back(clean_line(warning));
  const Json json{{"gate", clean_line(report.plan.name)},
                  {"rows", report.rows},
                  {"power", planned_power},
                  {"pilot", report.pilot ? Json(clean_line(*report.pilot)) : Json(nullptr)},
                  {"discordant", report.pilot_discordant.value_or(assumed_discordant)},
                  {"checks", checks},
                  {"p_block_equal", chance},
                  {"warnings", warnings}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace modelgate
