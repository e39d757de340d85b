// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/roles.hpp"

namespace modelgate::propose {

/// One proposed entry of checks: one metric, one limit, at most one slice or attribute.
struct CheckLine {
  Family family = Family::accuracy;
  std::string metric;
  LimitWord word = LimitWord::max_regression;
  std::string limit;               ///< as the gate file has it; "" until a margin is chosen
  std::string scope;               ///< column of a slice (accuracy) or attribute (bias); "": overall
  std::vector<std::string> extra;  ///< further keys: "severity: warn"
  std::string comment;
  bool sure = true;      ///< false: to be looked at
  bool by_rows = false;  ///< the margin is to be the smallest that the rows can support
};

/// What the checks depend on beside the roles.
struct CheckScene {
  const Roles& roles;
  const TableProfile& golden;
  OutputKind kind = OutputKind::probability;
  bool production = false;      ///< there is one to compare with
  bool candidate_live = false;  ///< it can be timed
  bool production_live = false;
};

/// Checks that the task calls for, in the order of the families; those that do not honour the weights or clusters of
/// the rows are left out. The specs are those of the registry.
std::vector<CheckLine> propose_checks(const CheckScene& scene, std::span<const CheckSpec* const> specs);

/// Margins to choose from, in the metric's unit, ascending.
std::span<const double> margin_ladder();
/// "2pp" for shares that people read in percent, else "0.02".
std::string margin_text(double margin, const CheckLine& line);

/// What a planner says of one line at one margin, place by place: the chance that an equal model passes; nothing where
/// it is not known.
struct MarginChances {
  double margin = 0.0;
  std::vector<std::optional<double>> places;
};

/// Sets limit and comment from the chances of the margins (ascending): the smallest at which an equal model passes with
/// 80 % in every place, on slices in half of the places; none: the largest, and what is inconclusive warns. hopeless:
/// places that cannot be judged whatever the models do.
void settle_margin(CheckLine& line, const std::vector<MarginChances>& chances, std::size_t hopeless);

}  // namespace modelgate::propose
