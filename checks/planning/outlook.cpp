// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/check.hpp"
#include "checks/judge.hpp"
#include "checks/planning/scatter.hpp"
#include "checks/requirement.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/level.hpp"

namespace modelgate {
namespace {

constexpr std::size_t fewest_units = 20;  // clusters below which nothing is judged
constexpr double likely_rate = 0.9;       // what a percent margin of a rate is taken of
constexpr double likely_value = 0.8;      // likewise of AUC, F1, precision; also the rates that groups are compared at

/// One check in one place, with all that is known of it.
struct Case {
  const Plan& plan;
  const PlannedCheck& check;
  const Spread* spread = nullptr;
  const GroupTally& group;
  std::size_t klass = 1;
  const PilotCheck* pilot = nullptr;       ///< of this check and place
  std::size_t pilot_rows = 0;              ///< rows of the pilot's place
  std::optional<double> pilot_discordant;  ///< in the pilot's rows at large
  bool plain = true;
  Outlook& outlook;

  double alpha() const { return alpha_of(check); }
};

bool timed(const PlannedCheck& check) { return check.family == Family::latency || check.family == Family::resources; }

/// What the pilot's interval or discordant rows say of candidate − production; nothing where it says nothing.
std::optional<Scatter> from_pilot(const Case& here) {
  if (here.pilot == nullptr) return std::nullopt;
  auto scatter = measured_scatter(here.pilot->difference, here.pilot_rows, here.group.all.rows);
  if (here.spread == nullptr || here.spread->kind != Spread::Kind::paired_rate || !here.plain) return scatter;
  const double units = units_of(here.spread->basis, here.group, here.klass);
  const double pilot_units = units * static_cast<double>(here.pilot_rows) / static_cast<double>(here.group.all.rows);
  const auto counted = here.pilot->discordant.find(here.check.attribute ? here.group.name : std::string{});
  if (counted == here.pilot->discordant.end() || !(pilot_units > 0.0)) return scatter;
  return assumed_scatter(*here.spread, here.group, here.klass, std::min(1.0, counted->second / pilot_units), true);
}

std::optional<Scatter> scatter_of_difference(Case& here) {
  if (auto measured = from_pilot(here)) {
    here.outlook.from_pilot = true;
    if (here.spread != nullptr) measured->units = units_of(here.spread->basis, here.group, here.klass);
    return measured;
  }
  if (here.spread == nullptr) return std::nullopt;
  here.outlook.from_pilot = here.pilot_discordant && here.spread->kind != Spread::Kind::auc;
  const double discordant = here.pilot_discordant.value_or(assumed_discordant);
  return assumed_scatter(*here.spread, here.group, here.klass, discordant, here.plain);
}

double likely_reference(const Case& here) {
  if (here.pilot != nullptr && here.pilot->production.value) return *here.pilot->production.value;
  return here.spread != nullptr && here.spread->kind == Spread::Kind::paired_rate ? likely_rate : likely_value;
}

void tell_rows(Outlook& outlook, std::optional<double> growth) {
  if (!growth || !(*growth < 1e12)) return;
  outlook.rows_needed = static_cast<std::size_t>(std::ceil(*growth * static_cast<double>(outlook.rows) - 1e-6));
}

/// What an equal model must show not to be blocked: nothing, the margin, or under guard the hard margin.
std::optional<double> unblocked_chance(const Case& here, const Scatter& scatter, double margin) {
  if (here.check.severity == Severity::warn) return 1.0;
  switch (here.check.on_inconclusive) {
    case OnInconclusive::block: return here.outlook.pass_chance;
    case OnInconclusive::warn: {
      const auto fails = scatter.fail_chance(margin, gate_alpha);
      return fails ? std::optional{1.0 - *fails} : std::nullopt;
    }
    case OnInconclusive::guard: break;
  }
  const double hard = here.check.hard_margin.value_or(default_hard_factor * here.check.limit.value);
  const double scale = here.check.limit.value > 0.0 ? margin / here.check.limit.value : 1.0;
  const auto chance =
      scatter.pass_chance(std::min(hard * scale, here.spread ? 1.0 - 1e-9 : hard * scale), here.alpha());
  return chance && here.outlook.pass_chance ? std::optional{std::max(*chance, *here.outlook.pass_chance)} : chance;
}

void look_at_margin(Case& here, Detail detail) {
  Outlook& outlook = here.outlook;
  const auto scatter = scatter_of_difference(here);
  if (!scatter) {
    outlook.note = "needs a pilot report";
    return;
  }
  outlook.units = scatter->units;
  const double margin = resolved_margin(here.check, likely_reference(here));
  outlook.margin = margin;
  if (detail == Detail::all) outlook.smallest = scatter->smallest(here.alpha());
  if (here.check.limit.word == LimitWord::min_improvement) {
    outlook.note = "asks for more than an equal model";
    return;
  }
  outlook.counted = true;
  outlook.pass_chance = scatter->pass_chance(margin, here.alpha());
  outlook.unblocked_chance = unblocked_chance(here, *scatter, margin);
  if (detail == Detail::all) tell_rows(outlook, scatter->growth(margin, here.alpha()));
}

/// A fixed limit, judged on a model like the pilot's production.
void look_at_limit(Case& here, Detail detail) {
  Outlook& outlook = here.outlook;
  const PilotEstimate& own =
      here.pilot->production.value ? here.pilot->production : here.pilot->candidate;  // an equal model is as good
  const PilotEstimate spread{own.value, own.std_error ? own.std_error : here.pilot->candidate.std_error};
  const auto scatter = measured_scatter(spread, here.pilot_rows, outlook.rows);
  if (!own.value || !scatter) {
    outlook.note = "the pilot has no interval";
    return;
  }
  outlook.from_pilot = outlook.counted = true;
  outlook.units = scatter->units;
  outlook.margin = here.check.limit.value;
  const double distance =
      (here.check.limit.word == LimitWord::min ? 1.0 : -1.0) * (*own.value - here.check.limit.value);
  const double z = scatter->std_error > 0.0 ? distance / scatter->std_error
                                            : std::copysign(std::numeric_limits<double>::infinity(), distance);
  outlook.pass_chance = std::isnan(z) ? 0.0 : stats::normal_cdf(z - stats::normal_critical(here.alpha()));
  outlook.unblocked_chance = outlook.pass_chance;
  if (here.check.on_inconclusive == OnInconclusive::guard) outlook.unblocked_chance = stats::normal_cdf(z);
  if (here.check.on_inconclusive == OnInconclusive::warn)
    outlook.unblocked_chance = stats::normal_cdf(z + stats::normal_critical(gate_alpha));
  if (here.check.severity == Severity::warn) outlook.unblocked_chance = 1.0;
  if (detail != Detail::all) return;
  outlook.smallest = scatter->smallest(here.alpha());
  if (distance > 0.0)
    tell_rows(outlook, scatter->growth(distance, here.alpha()));
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

/// Why the data cannot answer here, by the guards of the checks; empty where they can.
std::string guard_of(const Case& here) {
  const Tally& all = here.group.all;
  if (here.check.slice && all.rows == 0) return "no row has this value";
  if (here.check.slice && all.rows < here.check.min_rows)
    return fmt::format("fewer rows than min_rows {}", here.check.min_rows);
  if (!here.plain && all.units < fewest_units) return fmt::format("fewer than {} units", fewest_units);
  if (here.spread == nullptr) return {};
  if (here.spread->kind == Spread::Kind::auc && here.group.by_label.size() == 2) {
    const std::size_t rarer = std::min(here.group.by_label[0].units, here.group.by_label[1].units);
    if (rarer < min_rows_per_label) return fmt::format("fewer than {} rows of a label", min_rows_per_label);
  }
  const double units = units_of(here.spread->basis, here.group, here.klass);
  if (!(units > 0.0)) return "no row of the label";
  if (here.check.attribute && units < static_cast<double>(here.check.min_group_size))
    return fmt::format("fewer than min_group_size {}", here.check.min_group_size);
  return {};
}

std::string scope_text(const std::vector<std::string>& columns, const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size() && i < columns.size(); ++i)
    text += (i == 0 ? "" : ", ") + columns[i] + "=" + values[i];
  return text;
}

/// All outlooks of one plan on one set of rows.
class Planner {
 public:
  Planner(const Plan& plan, const RowColumns& rows, const Pilot* pilot, Detail detail)
      : plan_(plan), tallies_(plan, rows), pilot_(pilot), detail_(detail) {}

  std::vector<Outlook> all() {
    for (std::size_t i = 0; i < plan_.checks.size(); ++i) look_at(i);
    return std::move(outlooks_);
  }

 private:
  void look_at(std::size_t index) {
    const PlannedCheck& check = plan_.checks[index];
    index_ = index;
    if (timed(check)) return only_note("measured during the run");
    if (plan_.dataset.population == Population::fixed)
      return only_note("these rows are all that is meant: no sampling error");
    if (modelgate::is_relative(check.limit) && plan_.first_release)
      return only_note("first release: no production model to compare with");
    const RegisteredCheck* registered = find_check(check.family, check.metric);
    const Spread* spread = registered == nullptr ? nullptr : registered->spread;
    const bool gap =
        spread != nullptr && (spread->kind == Spread::Kind::gap || spread->kind == Spread::Kind::ratio_of_rates);
    if (gap && !modelgate::is_relative(check.limit)) return look_at_gap(check, *spread);
    const Result<std::vector<GroupTally>>& groups = tallies_.of(check.attribute ? check.attribute : check.slice);
    if (!groups) return only_note(groups.error().message);
    if (check.slice && !check.slice->values.empty() && check.slice->columns.size() == 1) {
      for (const std::string& value : check.slice->values) look_at_place(check, spread, declared(*groups, value));
      return;
    }
    for (const GroupTally& group : *groups) look_at_place(check, spread, group);
  }

  static GroupTally declared(const std::vector<GroupTally>& groups, const std::string& value) {
    const auto found = std::ranges::find(groups, value, &GroupTally::name);
    return found == groups.end() ? GroupTally{value, {value}, {}, {}} : *found;
  }

  Outlook& blank(const std::string& scope, std::size_t rows) {
    Outlook& outlook = outlooks_.emplace_back();
    outlook.check = index_;
    outlook.scope = scope;
    outlook.rows = rows;
    return outlook;
  }

  void only_note(std::string note) {
    blank({}, timed(plan_.checks[index_]) ? 0 : tallies_.rows().rows).note = std::move(note);
  }

  const PilotCheck* pilot_of(const PlannedCheck& check, const std::vector<std::string>& values) const {
    if (pilot_ == nullptr) return nullptr;
    SliceValues slice;
    for (std::size_t i = 0; check.slice && i < values.size(); ++i)
      slice.emplace_back(check.slice->columns[i], values[i]);
    const auto found = pilot_->checks.find(pilot_key(to_string(check.family), check.metric, check.klass, slice,
                                                     check.attribute ? check.attribute->text() : ""));
    return found == pilot_->checks.end() ? nullptr : &found->second;
  }

  void look_at_place(const PlannedCheck& check, const Spread* spread, const GroupTally& group) {
    const auto& columns = check.attribute ? check.attribute->columns : check.slice ? check.slice->columns : no_columns_;
    Outlook& outlook = blank(scope_text(columns, group.values), group.all.rows);
    const Result<std::uint32_t> klass = class_of(check, tallies_.rows());
    Case here{plan_, check, spread,           group,  klass ? *klass : 1, pilot_of(check, group.values),
              0,     {},    tallies_.plain(), outlook};
    if (here.pilot != nullptr) here.pilot_rows = rows_of_pilot(*here.pilot, check, group);
    if (pilot_ != nullptr) here.pilot_discordant = pilot_->discordant;
    if (std::string why = guard_of(here); !why.empty()) {
      if (!(check.attribute && check.small_groups_listed)) return cannot_judge(outlook, check, std::move(why));
      outlook.note = std::move(why);
      return;
    }
    if (modelgate::is_relative(check.limit)) return look_at_margin(here, detail_);
    if (here.pilot == nullptr || here.pilot_rows == 0)
      outlook.note = "absolute: needs a pilot report";
    else
      look_at_limit(here, detail_);
  }

  /// A group of an attribute is a share of the pilot's rows: its rates there are counted over the same share of them.
  std::size_t rows_of_pilot(const PilotCheck& pilot, const PlannedCheck& check, const GroupTally& group) const {
    if (!check.attribute) return pilot.rows;
    const double share =
        static_cast<double>(group.all.rows) / static_cast<double>(std::max<std::size_t>(tallies_.rows().rows, 1));
    return static_cast<std::size_t>(std::llround(share * static_cast<double>(pilot.rows)));
  }

  /// Groups alike: each against the largest other one (or the reference group), the easiest comparison it has.
  void look_at_gap(const PlannedCheck& check, const Spread& spread) {
    const Result<std::vector<GroupTally>>& groups = tallies_.of(check.attribute);
    if (!groups) return only_note(groups.error().message);
    if (const PilotCheck* pilot = pilot_of(check, {}); pilot != nullptr && pilot->rows > 0) {
      const GroupTally everyone{{}, {}, {tallies_.rows().rows, tallies_.rows().rows, 0.0}, {}};
      Case here{plan_, check,       nullptr, everyone,         1,
                pilot, pilot->rows, {},      tallies_.plain(), blank({}, everyone.all.rows)};
      return look_at_limit(here, detail_);
    }
    for (const bool label : {true, false}) {
      if (!label && spread.basis != Basis::both_labels) continue;
      const Basis basis =
          spread.basis == Basis::both_labels ? (label ? Basis::label_rows : Basis::other_rows) : spread.basis;
      for (const GroupTally& group : *groups) look_at_group(check, {spread.kind, basis, 1.0}, group, *groups);
    }
  }

  void look_at_group(const PlannedCheck& check, const Spread& spread, const GroupTally& group,
                     const std::vector<GroupTally>& groups) {
    double largest = 0.0;
    for (const GroupTally& other : groups) {
      if (&other == &group || (!check.reference_group.empty() && other.name != check.reference_group)) continue;
      largest = std::max(largest, units_of(spread.basis, other, 1));
    }
    const double units = units_of(spread.basis, group, 1);
    const std::string label = spread.basis == Basis::all_rows     ? ""
                              : spread.basis == Basis::label_rows ? ", label 1"
                                                                  : ", label 0";
    Outlook& outlook = blank(scope_text(check.attribute->columns, group.values) + label, group.all.rows);
    outlook.same_as_production = false;
    outlook.units = units;
    if (units < static_cast<double>(std::max<std::size_t>(check.min_group_size, 1))) {
      if (check.small_groups_listed) return (void)(outlook.note = "too few rows: listed only");
      return cannot_judge(outlook, check, fmt::format("fewer than min_group_size {}", check.min_group_size));
    }
    if (!(largest >= units)) return (void)outlooks_.pop_back();  // the largest group: judged from the others
    const Scatter scatter = scatter_of_groups(units, largest, likely_group_rate(spread), spread.kind);
    outlook.margin = check.limit.value;
    const bool ratio = spread.kind == Spread::Kind::ratio_of_rates;
    const double limit = ratio ? -std::log(check.limit.value) : check.limit.value;
    outlook.pass_chance = scatter.pass_chance(limit, alpha_of(check));
    if (detail_ != Detail::all) return;
    const auto smallest = scatter.smallest(alpha_of(check));
    outlook.smallest = ratio && smallest ? std::optional{std::exp(-*smallest)} : smallest;
    tell_rows(outlook, scatter.growth(limit, alpha_of(check)));
  }

  /// Selection near the share of positive labels, rates of a label near .8 (or .2, which scatters alike).
  double likely_group_rate(const Spread& spread) {
    const auto& all = tallies_.of(std::nullopt);
    if (spread.basis != Basis::all_rows || !all || all->front().by_label.size() != 2) return likely_value;
    const double share =
        all->front().by_label[1].effective / (all->front().by_label[0].effective + all->front().by_label[1].effective);
    return std::clamp(share, 0.01, 0.99);
  }

  const Plan& plan_;
  Tallies tallies_;
  const Pilot* pilot_;
  Detail detail_;
  std::size_t index_ = 0;
  std::vector<Outlook> outlooks_;
  std::vector<std::string> no_columns_;
};

}  // namespace

std::vector<Outlook> outlooks_of(const Plan& plan, const RowColumns& rows, const Pilot* pilot, Detail detail) {
  return Planner(plan, rows, pilot, detail).all();
}

}  // namespace modelgate
