// SPDX-License-Identifier: Apache-2.0
#include "checks/bias/shared_units.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

namespace modelgate {
namespace {

/// What one unit moves the rate of one group by.
struct Influence {
  std::uint32_t unit = 0;
  std::uint32_t group = 0;
  double value = 0.0;
};

std::uint32_t key_of(std::size_t one, std::size_t other) {
  static_assert(max_groups * max_groups <= UINT32_MAX);
  return static_cast<std::uint32_t>(std::min(one, other) * max_groups + std::max(one, other));
}

/// The unit of the table behind each number of a (group, unit) pair.
std::vector<std::uint32_t> units_of_slots(EvidenceCache& cache, const GroupUnits& slots) {
  std::vector<std::uint32_t> units(slots.group_of.size(), 0);
  for (std::size_t row = 0; row < slots.slots.size(); ++row) units[slots.slots[row]] = cache.units()[row];
  return units;
}

void add_influences(std::vector<Influence>& all, const GroupCells& cells, const GroupRateKind& kind, Role role,
                    std::uint32_t klass, const CountedGroup& group, std::span<const std::uint32_t> units) {
  const std::optional<stats::MeanEstimate>& mean = group.side(role).mean;
  if (!mean || mean->units < 2 || !(mean->weight > 0.0)) return;
  const auto size = static_cast<double>(mean->units);
  const double scale = std::sqrt(size / (size - 1.0)) / mean->weight;
  for (const UnitCell& entry : cells.unit_cells) {
    const CellSide of = side_of(cells.cells[entry.cell], kind, role, klass);
    if (!of.counted) continue;
    const double value = entry.weight * ((of.yes ? 1.0 : 0.0) - mean->mean) * scale;
    all.push_back({units[entry.unit], static_cast<std::uint32_t>(group.group), value});
  }
}

/// One entry a unit and group.
void merge(std::vector<Influence>& all) {
  std::ranges::stable_sort(all, {}, [](const Influence& one) { return std::tuple{one.unit, one.group}; });
  std::size_t kept = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (kept > 0 && all[kept - 1].unit == all[at].unit && all[kept - 1].group == all[at].group)
      all[kept - 1].value += all[at].value;
    else
      all[kept++] = all[at];
  }
  all.resize(kept);
}

}  // namespace

SharedUnits::SharedUnits(const AttributeCase& attribute, const GroupRateKind& kind,
                         const std::vector<CountedGroup>& groups, Role role) {
  EvidenceCache& cache = attribute.cache;
  const auto& cells = cache.cells(attribute.planned.attribute);
  if (cache.units().empty() || !cells) return;
  const std::vector<std::uint32_t> units = units_of_slots(cache, cache.group_units(attribute.planned.attribute));
  std::vector<Influence> all;
  for (const CountedGroup& group : groups)
    add_influences(all, (*cells)[group.group], kind, role, attribute.klass, group, units);
  merge(all);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin + 1;
    while (end < all.size() && all[end].unit == all[begin].unit) ++end;
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t j = i + 1; j < end; ++j)
        sums_[key_of(all[i].group, all[j].group)].add(all[i].value * all[j].value);
    begin = end;
  }
}

double SharedUnits::covariance(std::size_t one, std::size_t other) const {
  if (sums_.empty()) return 0.0;
  const auto found = sums_.find(key_of(one, other));
  return found == sums_.end() ? 0.0 : found->second.value();
}

}  // namespace modelgate
