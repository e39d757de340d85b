// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/label_averages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "checks/accuracy/bounded.hpp"
#include "checks/accuracy/label_rows.hpp"
#include "checks/influence.hpp"
#include "checks/multilabel.hpp"

namespace modelgate {
namespace {

/// What a row adds for one label, and the sums of it: label and decision, decision, label.
enum Term : std::size_t { hit, set, there, terms };

/// Numerator and denominator of one label's share.
struct Share {
  double part = 0.0;
  double whole = 0.0;
};

Share share_of(std::span<const double> sums, LabelAverage average) {
  switch (average) {
    case LabelAverage::precision_macro: return {sums[hit], sums[set]};
    case LabelAverage::recall_macro: return {sums[hit], sums[there]};
    case LabelAverage::f1_micro:
    case LabelAverage::f1_macro: return {2.0 * sums[hit], sums[set] + sums[there]};
  }
  return {};
}

/// The average of labels × terms sums: the mean of the labels' shares, or (micro) the share of all labels together.
std::optional<double> value_of(std::span<const double> sums, LabelAverage average) {
  Share all;
  double mean = 0.0;
  const std::size_t labels = sums.size() / terms;
  for (std::size_t label = 0; label < labels; ++label) {
    const Share share = share_of(sums.subspan(label * terms, terms), average);
    all.part += share.part;
    all.whole += share.whole;
    if (average != LabelAverage::f1_micro && !(share.whole > 0.0)) return std::nullopt;
    mean += share.part / share.whole / static_cast<double>(labels);
  }
  if (average != LabelAverage::f1_micro) return mean;
  if (!(all.whole > 0.0)) return std::nullopt;
  return all.part / all.whole;
}

/// What one model's labels of one group amount to, rows counted (frequencies as often as they say).
using GroupSums = std::vector<double>;

struct GroupCounts {
  std::array<GroupSums, 2> sums;
  SpeakingRows rows;
  double all = 0.0;
};

class Labels {
 public:
  Labels(const ScoreTable& table, const LabelRows& rows) : table_(table), rows_(rows) {}

  std::size_t count() const { return rows_.labels; }
  bool usable(Role role) const { return rows_.usable(role); }
  void add(std::size_t row, Role role, double weight, std::span<double> out) const {
    for (std::size_t label = 0; label < rows_.labels; ++label) {
      const std::size_t cell = row * rows_.labels + label;
      const double truth = table_.rows.label_bits[cell];
      const double said = rows_.decided[index_of(role)][cell];
      out[label * terms + hit] += weight * truth * said;
      out[label * terms + set] += weight * said;
      out[label * terms + there] += weight * truth;
    }
  }
  bool differ(std::size_t row) const {
    return !std::ranges::equal(cells(row, rows_.decided[0]), cells(row, rows_.decided[1]));
  }
  bool flawless(std::size_t row) const {
    return std::ranges::equal(cells(row, rows_.decided[0]), cells(row, table_.rows.label_bits));
  }

 private:
  std::span<const std::uint8_t> cells(std::size_t row, const std::vector<std::uint8_t>& of) const {
    return std::span{of}.subspan(row * rows_.labels, rows_.labels);
  }

  const ScoreTable& table_;
  const LabelRows& rows_;
};

std::vector<GroupCounts> count_rows(EvidenceCache& cache, const Grouping& grouping, const Labels& labels) {
  std::vector<GroupCounts> groups(grouping.size());
  for (GroupCounts& group : groups) group.sums.fill(GroupSums(labels.count() * terms, 0.0));
  for (std::size_t row = 0; row < cache.table().rows.rows; ++row) {
    GroupCounts& group = groups[grouping.code(row)];
    const double copies = cache.weighing().copies_of(row);
    group.all += copies;
    for (const Role role : both_roles)
      if (labels.usable(role)) labels.add(row, role, copies, group.sums[index_of(role)]);
    if (labels.usable(Role::candidate) && !labels.flawless(row))
      group.rows.imperfect += static_cast<std::size_t>(copies);
    if (labels.usable(Role::candidate) && labels.usable(Role::production) && labels.differ(row))
      group.rows.differing += static_cast<std::size_t>(copies);
  }
  for (GroupCounts& group : groups) group.rows.worse = group.rows.better = group.rows.differing;
  return groups;
}

/// Rows behind a denominator; F1's adds two kinds of them.
double rows_behind(std::span<const double> sums, LabelAverage average) {
  const double whole = share_of(sums, average).whole;
  return average == LabelAverage::f1_macro || average == LabelAverage::f1_micro ? whole / 2.0 : whole;
}

std::string_view lack_of(LabelAverage average) {
  switch (average) {
    case LabelAverage::precision_macro: return "are decided for it";
    case LabelAverage::recall_macro: return "carry it";
    default: return "have or get it";
  }
}

/// Names the first label whose denominator is too thin.
std::optional<std::string> thin_label(const ScopeCase& scope, const GroupCounts& counts, LabelAverage average) {
  if (average == LabelAverage::f1_micro) return std::nullopt;
  const double fewest = scope.fixed() ? 1.0 : static_cast<double>(min_rows_of_label);
  for (const Role role : both_roles) {
    if (!scope.usable(role) || (role == Role::production && !scope.relative())) continue;
    const GroupSums& sums = counts.sums[index_of(role)];
    for (std::size_t label = 0; label * terms < sums.size(); ++label) {
      const double behind = rows_behind(std::span{sums}.subspan(label * terms, terms), average);
      if (behind > 0.0 && behind >= fewest) continue;
      return fmt::format(
          "Label \"{}\" of the {} model: about {:.0f} rows {}, fewer than the {:.0f} that an average "
          "over labels needs of each.",
          label_name(scope.cache.table(), label), to_string(role), behind, lack_of(average), fewest);
    }
  }
  return std::nullopt;
}

/// How far a row, as a share of all rows, moves the average at most: it may change every label, a ratio's part by one
/// and (F1) its whole by one.
double furthest(const GroupCounts& counts, LabelAverage average) {
  double most = 0.0;
  for (const GroupSums& sums : counts.sums) {
    double moved = 0.0;
    double wholes = 0.0;
    const std::size_t label_count = sums.size() / terms;
    const auto labels = static_cast<double>(label_count);
    for (std::size_t label = 0; label * terms < sums.size(); ++label) {
      const double behind = rows_behind(std::span{sums}.subspan(label * terms, terms), average);
      wholes += behind;
      if (behind > 0.0) moved += counts.all / behind / labels;
    }
    if (average == LabelAverage::f1_micro) moved = wholes > 0.0 ? counts.all * labels / wholes : 0.0;
    most = std::max(most, moved);
  }
  return most;
}

std::vector<stats::PairedEstimate> estimate(EvidenceCache& cache, const PlannedCheck& planned, const Labels& labels,
                                            LabelAverage average) {
  const SumsOfRows sums{.sums = labels.count() * terms,
                        .terms =
                            [&](std::size_t row, Role role, std::span<double> out) {
                              std::ranges::fill(out, 0.0);
                              labels.add(row, role, 1.0, out);
                            },
                        .metric = [average](std::span<const double> all) { return value_of(all, average); },
                        .scales = {}};
  return linearise_sums(cache, planned.slice, sums);
}

struct Judged {
  std::vector<stats::PairedEstimate> estimates;
  std::vector<GroupCounts> counts;
};

void judge_average(ScopeCase& scope, const Judged& judged, LabelAverage average) {
  const GroupCounts& counts = judged.counts[scope.group];
  judge_bounded(scope, {.estimate = judged.estimates[scope.group],
                        .rows = counts.rows,
                        .direction = Direction::higher_is_better,
                        .ideal = 1.0,
                        .most = std::max(furthest(counts, average), std::numeric_limits<double>::min())});
  if (auto thin = thin_label(scope, counts, average)) {
    scope.result.parts.clear();
    not_assessable(scope.result, Reason::too_few_events, *std::move(thin));
  }
}

}  // namespace

std::vector<CheckResult> judge_label_average(const PlannedCheck& planned, const Evidence& evidence,
                                             LabelAverage average) {
  return judge_label_rows(planned, evidence, [&](const LabelRows& rows) -> Result<JudgeLabels> {
    EvidenceCache& cache = *evidence.cache;
    const Labels labels(*evidence.table, rows);
    const auto judged = std::make_shared<const Judged>(
        Judged{estimate(cache, planned, labels, average), count_rows(cache, *cache.grouping(planned.slice), labels)});
    return [judged, average](ScopeCase& scope) { judge_average(scope, *judged, average); };
  });
}

}  // namespace modelgate
