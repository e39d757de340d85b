// SPDX-License-Identifier: Apache-2.0
#include "checks/weighing.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "gate/stats/mean_t.hpp"

namespace modelgate {
namespace {

constexpr double most_copies = 1e12;

std::optional<Error> trouble_of(const RowColumns& rows, WeightKind kind) {
  const bool whole = kind == WeightKind::frequency;
  const auto bad = [](std::string message) {
    return std::optional{Error{ErrorKind::data, Reason::data_invalid, std::move(message)}};
  };
  if (!rows.cluster.empty() && rows.cluster.codes.size() != rows.rows)
    return bad("The cluster column does not cover the rows.");
  if (rows.weight.empty()) return std::nullopt;
  if (rows.weight.size() != rows.rows) return bad("The weights do not cover the rows.");
  bool any = rows.rows == 0;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const double weight = rows.weight[row];
    any = any || weight > 0.0;
    if (!(weight >= 0.0) || !std::isfinite(weight))
      return bad(fmt::format("The weight of row {} is not a finite number of 0 or more.", row + 1));
    if (kind == WeightKind::exposure && !(weight > 0.0))
      return bad(fmt::format("The exposure of row {} is 0, so its counts have no denominator.", row + 1));
    if (whole && (weight != std::floor(weight) || weight > most_copies))
      return bad(fmt::format(
          "The weight of row {} is no whole number, so it cannot count rows: mend it, or set weight.kind to sampling.",
          row + 1));
  }
  return any ? std::nullopt : bad("Every weight is 0, so the rows say nothing.");
}

/// Sum of weights by label 0 and 1.
std::array<double, 2> weight_by_label(const RowColumns& rows, const Weighing& weighing) {
  std::array<stats::CompensatedSum, 2> sums;
  for (std::size_t row = 0; row < rows.rows; ++row) sums[rows.label_class[row] == 1 ? 1 : 0].add(weighing.weight(row));
  return {sums[0].value(), sums[1].value()};
}

/// Post-stratification by label: each class is scaled to its share in deployment.
std::optional<Error> reweight(Weighing& weighing, const RowColumns& rows, double target) {
  const auto [negative, positive] = weight_by_label(rows, weighing);
  if (!(negative > 0.0) || !(positive > 0.0))
    return Error{ErrorKind::data, Reason::data_invalid,
                 "target_prevalence needs golden rows of both labels; there is only one."};
  const double prevalence = positive / (positive + negative);
  const std::array factor{(1.0 - target) / (1.0 - prevalence), target / prevalence};
  weighing.scaled.resize(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row)
    weighing.scaled[row] = weighing.weight(row) * factor[rows.label_class[row] == 1 ? 1 : 0];
  weighing.weights = weighing.scaled;
  weighing.sampled = true;
  return std::nullopt;
}

}  // namespace

Result<Weighing> make_weighing(const RowColumns& rows, const Plan& plan) {
  const WeightKind kind = plan.dataset.weight_kind;
  if (auto trouble = trouble_of(rows, kind)) return std::unexpected(*std::move(trouble));
  Weighing weighing;
  if (!rows.cluster.empty()) {
    weighing.units = rows.cluster.codes;
    weighing.unit_count = rows.cluster.size();
  }
  if (!rows.weight.empty()) (kind == WeightKind::exposure ? weighing.exposure : weighing.weights) = rows.weight;
  weighing.within_labels = !weighing.weights.empty() || !weighing.units.empty();
  weighing.sampled = !rows.weight.empty() && kind == WeightKind::sampling;
  if (!rows.weight.empty() && kind == WeightKind::frequency && rows.cluster.empty()) weighing.copies = rows.weight;
  if (plan.target_prevalence && rows.rows > 0 && rows.label_class.size() == rows.rows)
    if (auto trouble = reweight(weighing, rows, *plan.target_prevalence)) return std::unexpected(*std::move(trouble));
  return weighing;
}

GroupUnits make_group_units(const Weighing& weighing, const stats::Partition& partition, std::size_t rows) {
  GroupUnits result;
  result.slot_count.assign(partition.groups, 0);
  if (weighing.units.empty()) return result;
  std::vector<std::uint32_t> starts(weighing.unit_count + 1, 0);  // rows by unit: a counting sort
  for (const std::uint32_t unit : weighing.units) ++starts[unit + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<std::uint32_t> by_unit(rows);
  std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
  for (std::size_t row = 0; row < rows; ++row) by_unit[next[weighing.units[row]]++] = static_cast<std::uint32_t>(row);

  constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> last_unit(partition.groups, none);
  std::vector<std::uint32_t> last_slot(partition.groups, 0);
  result.slots.resize(rows);
  for (const std::uint32_t row : by_unit) {
    const std::uint32_t unit = weighing.units[row];
    const std::size_t group = partition.codes.empty() ? 0 : partition.codes[row];
    if (group >= partition.groups) continue;
    if (last_unit[group] != unit) {
      last_unit[group] = unit;
      last_slot[group] = static_cast<std::uint32_t>(result.group_of.size());
      result.group_of.push_back(static_cast<std::uint32_t>(group));
      ++result.slot_count[group];
    }
    result.slots[row] = last_slot[group];
  }
  return result;
}

}  // namespace modelgate
