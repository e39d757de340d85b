// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/rates.hpp"
#include "checks/check.hpp"
#include "checks/latency/percentile.hpp"
#include "checks/planning/percentile_outlook.hpp"
#include "checks/planning/place.hpp"
#include "checks/planning/scatter.hpp"
#include "checks/requirement.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

bool timed(const PlannedCheck& check) { return is_measured(check.family); }

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
    if (timed(check)) return look_at_times(check);
    if (is_exact(check)) return only_note("a fact of these rows: no sampling error");
    if (plan_.dataset.population == Population::fixed)
      return only_note("these rows are all that is meant: no sampling error");
    if (modelgate::is_relative(check.limit) && plan_.first_release)
      return only_note("first release: no production model to compare with");
    const RegisteredCheck* registered = find_check(check.family, check.metric);
    const Spread* spread = registered == nullptr ? nullptr : registered->spread;
    const bool labelled = !tallies_.rows().label_class.empty();
    if (spread != nullptr && spread->basis != Basis::all_rows && !labelled)
      spread = nullptr;  // several labels a row, values, relevances: there are no rows of one label to count
    const bool gap =
        spread != nullptr && (spread->kind == Spread::Kind::gap || spread->kind == Spread::Kind::ratio_of_rates);
    if (gap && !modelgate::is_relative(check.limit)) return look_at_gap(check, *spread);
    const auto groups = groups_of(check.attribute ? check.attribute : check.slice);
    if (!groups) return only_note(groups.error().message);
    for (const GroupTally& group : *groups) look_at_place(check, spread, group);
  }

  void look_at_times(const PlannedCheck& check) {
    const Percentile* percentile = check.family == Family::latency ? percentile_of(check.metric) : nullptr;
    if (percentile == nullptr) return only_note("measured during the run");
    const auto pace = pilot_ == nullptr ? decltype(pilot_->paces.end()){} : pilot_->paces.find(check.shape);
    const bool known = pilot_ != nullptr && pace != pilot_->paces.end();
    PercentileOutlook ahead = percentile_outlook(*percentile, known ? &pace->second : nullptr,
                                                 server_reach(*percentile, check.shape, plan_.first_release));
    only_note(std::move(ahead.note));
    outlooks_.back().unjudgeable = ahead.out_of_reach;
    outlooks_.back().from_pilot = known;
  }

  /// The groups judged: those declared, of which some may have no row, or all that are seen.
  Result<std::vector<GroupTally>> groups_of(const std::optional<Scope>& scope) {
    const Result<std::vector<GroupTally>>& seen = tallies_.of(scope);
    if (!seen || !scope || scope->values.empty() || scope->columns.size() != 1) return seen;
    std::vector<GroupTally> declared;
    for (const std::string& value : scope->values) {
      const auto found = std::ranges::find(*seen, value, &GroupTally::name);
      declared.push_back(found == seen->end() ? GroupTally{value, {value}, {}, {}} : *found);
    }
    return declared;
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
    PlannedPlace here{check, spread,           group,  klass ? *klass : 1, pilot_of(check, group.values), 0,
                      {},    tallies_.plain(), outlook};
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
    const auto groups = groups_of(check.attribute);
    if (!groups) return only_note(groups.error().message);
    if (const PilotCheck* pilot = pilot_of(check, {}); pilot != nullptr && pilot->rows > 0) {
      const GroupTally everyone{{}, {}, {tallies_.rows().rows, tallies_.rows().rows, 0.0}, {}};
      PlannedPlace here{
          check, nullptr, everyone, 1, pilot, pilot->rows, {}, tallies_.plain(), blank({}, everyone.all.rows)};
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
    const bool referred = !check.reference_group.empty();
    if (referred && group.name == check.reference_group) return;  // judged from the others
    const Result<std::uint32_t> found = class_of(check, tallies_.rows());
    const std::size_t klass = found ? *found : 1;
    double largest = 0.0;
    for (const GroupTally& other : groups) {
      if (&other == &group || (referred && other.name != check.reference_group)) continue;
      largest = std::max(largest, units_of(spread.basis, other, klass));
    }
    const double units = units_of(spread.basis, group, klass);
    const std::string label = spread.basis == Basis::all_rows     ? ""
                              : spread.basis == Basis::label_rows ? ", label 1"
                                                                  : ", label 0";
    Outlook& outlook =
        blank(scope_text(check.attribute.value_or(Scope{}).columns, group.values) + label, group.all.rows);
    outlook.same_as_production = false;
    outlook.units = units;
    std::string why = too_few_in_group(spread.basis, group, klass, check.min_group_size, tallies_.plain());
    if (!why.empty()) {
      if (check.small_groups_listed) {
        outlook.note = "too few rows: listed only";
        return;
      }
      return cannot_judge(outlook, check, std::move(why));
    }
    if (!(largest > 0.0) || (!referred && largest < units)) {  // the largest group: judged from the others
      outlooks_.pop_back();
      return;
    }
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
