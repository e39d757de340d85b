// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks/accuracy/auc.hpp"
#include "checks/influence.hpp"
#include "checks/planning/scatter.hpp"
#include "checks/requirement.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/level.hpp"

namespace modelgate {
namespace {

constexpr double likely_rate = 0.9;  // what a percent margin of a rate is taken of

// A pilot without a discordant row does not mean that there are none: up to 3 are expected with 95 % confidence
// (Hanley & Lippman-Hand 1983).
constexpr double rule_of_three = 3.0;

/// What the pilot's interval or discordant rows say of candidate − production; nothing where it says nothing.
std::optional<Scatter> from_pilot(const PlannedPlace& place) {
  if (place.pilot == nullptr) return std::nullopt;
  auto scatter = measured_scatter(place.pilot->difference, place.pilot_rows, place.group.all.rows);
  if (place.spread == nullptr || place.spread->kind != Spread::Kind::paired_rate || !place.plain) return scatter;
  const double units = units_of(place.spread->basis, place.group, place.klass);
  const double pilot_units = units * static_cast<double>(place.pilot_rows) / static_cast<double>(place.group.all.rows);
  const auto counted = place.pilot->discordant.find(place.check.attribute ? place.group.name : std::string{});
  if (counted == place.pilot->discordant.end() || !(pilot_units > 0.0)) return scatter;
  const double share = std::max(counted->second, rule_of_three) / pilot_units;
  return assumed_scatter(*place.spread, place.group, place.klass, std::min(1.0, share), true);
}

std::optional<Scatter> scatter_of_difference(PlannedPlace& place) {
  if (auto measured = from_pilot(place)) {
    place.outlook.from_pilot = true;
    if (place.spread != nullptr) measured->units = units_of(place.spread->basis, place.group, place.klass);
    return measured;
  }
  if (place.spread == nullptr) return std::nullopt;
  place.outlook.from_pilot = place.pilot_discordant && place.spread->kind != Spread::Kind::auc;
  const double discordant = place.pilot_discordant.value_or(assumed_discordant);
  return assumed_scatter(*place.spread, place.group, place.klass, discordant, place.plain);
}

double likely_reference(const PlannedPlace& place) {
  if (place.pilot != nullptr && place.pilot->production.value) return *place.pilot->production.value;
  return place.spread != nullptr && place.spread->kind == Spread::Kind::paired_rate ? likely_rate : likely_value;
}

/// What an equal model must show not to be blocked: nothing, the margin, or under guard the hard margin.
std::optional<double> unblocked_chance(const PlannedPlace& place, const Scatter& scatter, double margin) {
  if (place.check.severity == Severity::warn) return 1.0;
  switch (place.check.on_inconclusive) {
    case OnInconclusive::block: return place.outlook.pass_chance;
    case OnInconclusive::warn: {
      const auto fails = scatter.fail_chance(margin, gate_alpha);
      return fails ? std::optional{1.0 - *fails} : std::nullopt;
    }
    case OnInconclusive::guard: break;
  }
  const double hard = place.check.hard_margin.value_or(default_hard_factor * place.check.limit.value);
  const double scale = place.check.limit.value > 0.0 ? margin / place.check.limit.value : 1.0;
  const auto chance =
      scatter.pass_chance(std::min(hard * scale, place.spread ? 1.0 - 1e-9 : hard * scale), place.alpha());
  return chance && place.outlook.pass_chance ? std::optional{std::max(*chance, *place.outlook.pass_chance)} : chance;
}

}  // namespace

void tell_rows(Outlook& outlook, std::optional<double> growth) {
  if (!growth || !(*growth < 1e12)) return;
  outlook.rows_needed = static_cast<std::size_t>(std::ceil(*growth * static_cast<double>(outlook.rows) - 1e-6));
}

void look_at_margin(PlannedPlace& place, Detail detail) {
  Outlook& outlook = place.outlook;
  const auto scatter = scatter_of_difference(place);
  if (!scatter) {
    outlook.note = "needs a pilot report";
    return;
  }
  outlook.units = scatter->units;
  const double margin = resolved_margin(place.check, likely_reference(place));
  outlook.margin = margin;
  if (detail == Detail::all) outlook.smallest = scatter->smallest(place.alpha());
  if (place.check.limit.word == LimitWord::min_improvement) {
    outlook.note = "asks for more than an equal model";
    return;
  }
  outlook.counted = true;
  outlook.pass_chance = scatter->pass_chance(margin, place.alpha());
  outlook.unblocked_chance = unblocked_chance(place, *scatter, margin);
  if (detail == Detail::all) tell_rows(outlook, scatter->growth(margin, place.alpha()));
}

void look_at_limit(PlannedPlace& place, Detail detail) {
  Outlook& outlook = place.outlook;
  const PilotEstimate& own =
      place.pilot->production.value ? place.pilot->production : place.pilot->candidate;  // an equal model is as good
  const PilotEstimate spread{own.value, own.std_error ? own.std_error : place.pilot->candidate.std_error};
  const auto scatter = measured_scatter(spread, place.pilot_rows, outlook.rows);
  if (!own.value || !scatter) {
    outlook.note = "the pilot has no interval";
    return;
  }
  outlook.from_pilot = outlook.counted = true;
  outlook.units = scatter->units;
  outlook.margin = place.check.limit.value;
  const double distance =
      (place.check.limit.word == LimitWord::min ? 1.0 : -1.0) * (*own.value - place.check.limit.value);
  const double z = scatter->std_error > 0.0 ? distance / scatter->std_error
                                            : std::copysign(std::numeric_limits<double>::infinity(), distance);
  outlook.pass_chance = std::isnan(z) ? 0.0 : stats::normal_cdf(z - stats::normal_critical(place.alpha()));
  outlook.unblocked_chance = outlook.pass_chance;
  if (place.check.on_inconclusive == OnInconclusive::guard) outlook.unblocked_chance = stats::normal_cdf(z);
  if (place.check.on_inconclusive == OnInconclusive::warn)
    outlook.unblocked_chance = stats::normal_cdf(z + stats::normal_critical(gate_alpha));
  if (place.check.severity == Severity::warn) outlook.unblocked_chance = 1.0;
  if (detail != Detail::all) return;
  outlook.smallest = scatter->smallest(place.alpha());
  if (distance > 0.0)
    tell_rows(outlook, scatter->growth(distance, place.alpha()));
  else
    outlook.note = "the pilot's production misses this limit";
}

void cannot_judge(Outlook& outlook, const PlannedCheck& check, std::string why) {
  outlook.unjudgeable = true;
  outlook.counted = check.severity == Severity::block;
  outlook.pass_chance = 0.0;
  const bool blocks = check.severity == Severity::block && check.on_not_assessable == OnNotAssessable::block;
  outlook.unblocked_chance = blocks ? 0.0 : 1.0;
  outlook.note = std::move(why);
}

std::string guard_of(const PlannedPlace& place) {
  const Tally& all = place.group.all;
  if (place.check.slice && all.rows == 0) return "no row has this value";
  if (place.check.slice && all.rows < place.check.min_rows)
    return fmt::format("fewer rows than min_rows {}", place.check.min_rows);
  if (!place.plain && (all.units < fewest_units || !says_enough(all.effective)))
    return fmt::format("fewer than {} units", fewest_units);
  if (place.spread == nullptr) return {};
  if (place.spread->kind == Spread::Kind::auc && place.group.by_label.size() == 2) {
    const std::size_t rarer = std::min(place.group.by_label[0].units, place.group.by_label[1].units);
    if (rarer < min_rows_per_label) return fmt::format("fewer than {} rows of a label", min_rows_per_label);
  }
  const double units = units_of(place.spread->basis, place.group, place.klass);
  if (!(units > 0.0)) return "no row of the label";
  if (!place.check.attribute) return {};
  return too_few_in_group(place.spread->basis, place.group, place.klass, place.check.min_group_size, place.plain);
}

}  // namespace modelgate
