// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/roster.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace modelgate {
namespace {

constexpr std::size_t most_named = 20;  // a sentence stays a sentence; groups[] of the report has them all

std::string names_of(const Grouping& grouping) {
  std::string names;
  for (std::size_t group = 0; group < std::min(grouping.size(), most_named); ++group)
    names += fmt::format("{}\"{}\"", group == 0 ? "" : ", ", grouping.name(group));
  if (grouping.size() > most_named) names += fmt::format(" and {} more", grouping.size() - most_named);
  return names;
}

void find_reference(Roster& roster, const std::string& wanted, const Grouping& grouping) {
  std::size_t hits = 0;
  std::size_t hit = 0;
  for (std::size_t group = 0; group < grouping.size(); ++group) {
    if (grouping.rows[group] == 0 || grouping.name(group) != wanted) continue;
    roster.reference = hit = group;
    ++hits;
  }
  if (hits == 1) {
    if (!roster.declared[hit])
      roster.trouble = fmt::format("The reference group \"{}\" is not among the declared values.", wanted);
    return;
  }
  roster.reference.reset();
  roster.trouble =
      hits == 0
          ? fmt::format("No golden row is of the reference group \"{}\"; there are {}.", wanted, names_of(grouping))
          : fmt::format("{} groups are called \"{}\", so none of them can be the reference.", hits, wanted);
}

}  // namespace

Roster roster_of(const PlannedCheck& planned, const Grouping& grouping) {
  Roster roster;
  const std::vector<std::string> wanted = planned.attribute ? planned.attribute->values : std::vector<std::string>{};
  for (std::size_t group = 0; group < grouping.size(); ++group)
    roster.declared.push_back(wanted.empty() || std::ranges::find(wanted, grouping.name(group)) != wanted.end());
  for (const std::string& name : wanted) {
    bool seen = false;
    for (std::size_t group = 0; group < grouping.size(); ++group)
      seen = seen || (grouping.rows[group] > 0 && grouping.name(group) == name);
    if (!seen && std::ranges::find(roster.absent, name) == roster.absent.end()) roster.absent.push_back(name);
  }
  if (!planned.reference_group.empty()) find_reference(roster, planned.reference_group, grouping);
  return roster;
}

}  // namespace modelgate
