// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/gallery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "checks/multilabel.hpp"
#include "checks/pictures/confusion.hpp"
#include "checks/pictures/curves.hpp"
#include "checks/pictures/draw.hpp"

namespace modelgate {
namespace {

/// The group whose values are those of the result's slice.
std::optional<std::size_t> group_of(const CheckResult& result, const Grouping& grouping) {
  if (result.slice.empty()) return grouping.columns.empty() ? std::optional<std::size_t>{0} : std::nullopt;
  for (std::size_t group = 0; group < grouping.values.size(); ++group)
    if (std::ranges::equal(result.slice, grouping.values[group], {}, &std::pair<std::string, std::string>::second))
      return group;
  return std::nullopt;
}

std::optional<std::size_t> label_of(const ScoreTable& table, const std::string& name) {
  for (std::size_t label = 0; label < label_count(table); ++label)
    if (label_name(table, label) == name) return label;
  return std::nullopt;
}

std::string key_of(const Grouping& grouping) {
  std::string key;
  for (const std::string& column : grouping.columns) key += fmt::format("{}:{}", column.size(), column);
  return key;
}

/// Both models' curves, where there is any.
template <class Draw>
void add_curves(Pictures& pictures, CurveKind kind, const std::array<bool, 2>& usable, const Draw& draw) {
  CurvePair pair{kind, {}, {}};
  if (usable[index_of(Role::candidate)]) pair.candidate = draw(Role::candidate);
  if (usable[index_of(Role::production)]) pair.production = draw(Role::production);
  if (pair.candidate || pair.production) pictures.curves.push_back(std::move(pair));
}

}  // namespace

Pictures Gallery::draw(const CheckResult& result) {
  const Task task = evidence_.table == nullptr ? evidence_.plan.task : evidence_.table->task;
  const Drawing drawing = drawing_of(result.planned, task);
  if (drawing == Drawing::latency_ecdf) return draw_latency(result.planned.shape);
  const std::optional<Site> site = site_of(result);
  return site ? draw_rows(result, drawing, *site) : Pictures{};
}

std::optional<Gallery::Site> Gallery::site_of(const CheckResult& result) {
  if (evidence_.table == nullptr || evidence_.cache == nullptr || evidence_.table->rows.rows == 0) return std::nullopt;
  Site site{evidence_.table, evidence_.cache, nullptr, 0};
  if (evidence_.table->task == Task::multilabel) {
    const auto label = label_of(*evidence_.table, result.planned.klass);
    if (!label) return std::nullopt;
    const auto& alone = evidence_.cache->of_label(*label, evidence_.plan);
    if (!alone) return std::nullopt;
    site.table = &(*alone)->table;
    site.cache = (*alone)->cache.get();
  }
  const Result<Grouping>& grouping = site.cache->grouping(result.planned.slice);
  if (!grouping) return std::nullopt;
  const std::optional<std::size_t> group = group_of(result, *grouping);
  const std::size_t fewest = std::max<std::size_t>(1, evidence_.plan.reports.suppress_below);
  if (!group || *group >= grouping->size() || grouping->rows[*group] < fewest) return std::nullopt;
  site.grouping = &*grouping;
  site.group = *group;
  return site;
}

const std::vector<std::uint32_t>& Gallery::rows_of(const Site& site) {
  const RowLists& lists = rows_.get(key_of(*site.grouping), [&] {
    RowLists made(site.grouping->size());
    for (std::size_t group = 0; group < made.size(); ++group) made[group].reserve(site.grouping->rows[group]);
    for (std::size_t row = 0; row < site.table->rows.rows; ++row)
      if (const std::size_t group = site.grouping->code(row); group < made.size())
        made[group].push_back(static_cast<std::uint32_t>(row));
    return made;
  });
  return lists[site.group];
}

const std::vector<Level>& Gallery::levels_of(const CheckResult& result, const PicturePlace& place, Role role) {
  return levels_.get(fmt::format("{}/{}", to_string(role), question_of(result, Drawing::none)),
                     [&] { return score_levels(place, role); });
}

Pictures Gallery::draw_rows(const CheckResult& result, Drawing drawing, const Site& site) {
  Pictures pictures;
  const std::size_t fewest = evidence_.plan.reports.suppress_below;
  const std::array<bool, 2> usable = site.cache->usable();
  if (drawing == Drawing::confusion) {
    const bool counts = site.table->rows.weight.empty() || evidence_.plan.dataset.weight_kind != WeightKind::sampling;
    const auto& cells = site.cache->cells(result.planned.slice);
    if (counts && cells)
      pictures.confusion = confusion_of(*site.table, (*cells)[site.group], usable, result.planned.klass, fewest);
    return pictures;
  }
  PicturePlace place{*site.table, site.cache->weighing(), {}, result.slice.empty()};
  if (!place.all) place.listed = rows_of(site);
  const double least = static_cast<double>(fewest) / static_cast<double>(place.size());
  if (drawing == Drawing::reliability) {
    Reliability reliability;
    if (usable[0]) reliability.candidate = reliability_bins(place, Role::candidate, fewest);
    if (usable[1]) reliability.production = reliability_bins(place, Role::production, fewest);
    if (!reliability.candidate.empty() || !reliability.production.empty())
      pictures.reliability = std::move(reliability);
  } else if (drawing == Drawing::error_ecdf) {
    add_curves(pictures, CurveKind::error_ecdf, usable, [&](Role role) { return error_curve(place, role, least); });
  } else if (drawing == Drawing::roc) {
    add_curves(pictures, CurveKind::roc, usable,
               [&](Role role) { return roc_curve(levels_of(result, place, role), least); });
  } else if (drawing == Drawing::precision_recall) {
    add_curves(pictures, CurveKind::precision_recall, usable,
               [&](Role role) { return precision_recall_curve(levels_of(result, place, role), least); });
  }
  return pictures;
}

Pictures Gallery::draw_latency(const LoadShape& shape) const {
  Pictures pictures;
  const LatencyRun* run = evidence_.samples == nullptr ? nullptr : evidence_.samples->run_of(shape);
  if (run == nullptr) return pictures;
  add_curves(pictures, CurveKind::latency_ecdf, {true, true}, [&](Role role) -> std::optional<Curve> {
    if (run->errors[index_of(role)]) return std::nullopt;
    std::vector<double> requests;
    for (const Round& round : run->rounds)
      for (const float seconds : round.request_s[index_of(role)])
        requests.push_back(1000.0 * static_cast<double>(seconds));
    return ecdf_of(std::move(requests), last_latency_share);
  });
  return pictures;
}

}  // namespace modelgate
