// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/ranked.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace modelgate::stats {

namespace {

// One distinct score, best first: its rows' positions in the order, and the weight of each label down to it.
struct Level {
  std::size_t first = 0;
  std::size_t last = 0;
  double own_positive = 0.0;
  double own_negative = 0.0;
  double positive = 0.0;
  double negative = 0.0;

  double above() const { return positive + negative; }
  double precision() const { return above() > 0.0 ? positive / above() : 0.0; }
};

struct Levels {
  std::vector<Level> levels;
  double positive = 0.0;
  double negative = 0.0;
  double squared_negative = 0.0;  // Σw² of the rows of label 0 (of their copies)
  double squared = 0.0;

  bool both_labels() const { return positive > 0.0 && negative > 0.0; }
  double total() const { return positive + negative; }
};

double weight_of(const RankedRows& rows, std::uint32_t row) { return rows.counts.weight(row); }

double square_of(const RankedRows& rows, std::uint32_t row) {
  return rows.counts.weight(row) * rows.counts.weight(row) / rows.counts.copies_of(row);
}

Levels levels_of(const RankedRows& rows) {
  Levels all;
  const ScoreOrder& order = rows.order;
  for (std::size_t end = order.rows.size(); end > 0;) {
    std::size_t first = end - 1;
    while (first > 0 && order.ranks[first - 1] == order.ranks[end - 1]) --first;
    Level level{.first = first, .last = end};
    for (std::size_t at = first; at < end; ++at) {
      const double w = weight_of(rows, order.rows[at]);
      const bool positive = rows.labels[order.rows[at]] == 1;
      (positive ? level.own_positive : level.own_negative) += w;
      if (!(w > 0.0)) continue;
      all.squared += square_of(rows, order.rows[at]);
      if (!positive) all.squared_negative += square_of(rows, order.rows[at]);
    }
    all.positive += level.own_positive;
    all.negative += level.own_negative;
    level.positive = all.positive;
    level.negative = all.negative;
    all.levels.push_back(level);
    end = first;
  }
  return all;
}

// Gives every row the influence that its level and label have.
template <class InfluenceOf>
Linearised linearised(const RankedRows& rows, const Levels& all, double value, InfluenceOf influence_of) {
  Linearised result{value, std::vector<double>(rows.order.rows.size())};
  for (std::size_t k = 0; k < all.levels.size(); ++k) {
    const double positive = influence_of(k, true);
    const double negative = influence_of(k, false);
    for (std::size_t at = all.levels[k].first; at < all.levels[k].last; ++at) {
      const std::uint32_t row = rows.order.rows[at];
      result.influence[row] = rows.labels[row] == 1 ? positive : negative;
    }
  }
  return result;
}

// A curve by its points (x ascending from 0): linear between them, the upper one where x jumps.
struct Curve {
  std::vector<double> x{0.0};
  std::vector<double> y{0.0};

  double at(double where) const {
    const auto next = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), where) - x.begin());
    if (next == x.size()) return y.back();
    const double share = (where - x[next - 1]) / (x[next] - x[next - 1]);
    return y[next - 1] + share * (y[next] - y[next - 1]);
  }

  // The slope about `where`, over 1.645 standard errors of an estimated share to either side.
  double slope(double where, double rows) const {
    const double half = 1.645 * std::sqrt(where * (1.0 - where) / rows);
    const double low = std::max(0.0, where - half);
    const double high = std::min(1.0, where + half);
    return (at(high) - at(low)) / (high - low);
  }
};

constexpr double forgiven = 1e-12;  // rounding of a sum of weights

}  // namespace

// A positive row of weight w adds w·(1 − p)/(weight above) to the precision at its own score: the bias of first order
// of average precision, E[Σ w²·(1 − p)/b]/π.
double own_share(const RankedRows& rows, const Levels& all) {
  CompensatedSum sum;
  for (const Level& level : all.levels) {
    const double gain = level.above() > 0.0 ? (1.0 - level.precision()) / level.above() : 0.0;
    for (std::size_t at = level.first; at < level.last; ++at) {
      const std::uint32_t row = rows.order.rows[at];
      if (rows.labels[row] == 1 && weight_of(rows, row) > 0.0) sum.add(square_of(rows, row) * gain);
    }
  }
  return sum.value() / all.positive;
}

constexpr std::size_t folds = 10;

// The fold of every row, dealt out in the order of the rows: rows of one unit lie together, rows without weight take no
// turn.
std::vector<std::uint8_t> folds_of(const RankedRows& rows) {
  const std::span<const std::uint32_t> units = rows.counts.units;
  std::vector<std::uint8_t> fold(rows.labels.size(), 0);
  std::vector<std::uint8_t> of_unit(units.empty() ? 0 : rows.counts.unit_count, folds);
  std::size_t next = 0;
  for (std::uint32_t row = 0; row < fold.size(); ++row) {
    if (!(weight_of(rows, row) > 0.0)) continue;
    const bool dealt = !units.empty() && of_unit[units[row]] != folds;
    fold[row] = dealt ? of_unit[units[row]] : static_cast<std::uint8_t>(next++ % folds);
    if (!units.empty()) of_unit[units[row]] = fold[row];
  }
  return fold;
}

// TPR − FPR of each fold at the threshold that is best without it, joined over the folds; 0 where a rest has one label.
double crossed_gap(const RankedRows& rows, const Levels& all) {
  std::array<std::array<double, folds>, 2> weight{};   // by label, of the fold
  std::array<std::array<double, folds>, 2> passed{};   // down to the level, of the fold
  std::array<std::array<double, folds>, 2> at_best{};  // the same at the best level of the rest
  std::array<double, folds> most{};
  const std::vector<std::uint8_t> fold_of = folds_of(rows);
  for (const std::uint32_t row : rows.order.rows)
    weight[rows.labels[row] == 1 ? 1 : 0][fold_of[row]] += weight_of(rows, row);
  for (const Level& level : all.levels) {
    for (std::size_t at = level.first; at < level.last; ++at) {
      const std::uint32_t row = rows.order.rows[at];
      passed[rows.labels[row] == 1 ? 1 : 0][fold_of[row]] += weight_of(rows, row);
    }
    for (std::size_t fold = 0; fold < folds; ++fold) {
      const double gap = (level.positive - passed[1][fold]) / (all.positive - weight[1][fold]) -
                         (level.negative - passed[0][fold]) / (all.negative - weight[0][fold]);
      if (!(std::abs(gap) > std::abs(most[fold]))) continue;
      most[fold] = gap;
      for (std::size_t label = 0; label < 2; ++label) at_best[label][fold] = passed[label][fold];
    }
  }
  double gap = 0.0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const double sign = most[fold] < 0.0 ? -1.0 : 1.0;
    gap += sign * (at_best[1][fold] / all.positive - at_best[0][fold] / all.negative);
  }
  return gap;
}

// AP(F) = E[Y·a(S)/b(S)]/π with a(t) = P(Y = 1, S >= t), b(t) = P(S >= t), π = P(Y = 1). Its influence function is
// ψ(s, y) = {y·(p(s) − AP) + Σ_{t <= s} dA(t)·(y − p(t))/b(t)}/π, p = a/b: the row's own precision, and what the row
// does to the precision of every positive it stands above. Deville 1999 for the variance made of it.
Linearised linearised_average_precision(const RankedRows& rows) {
  const Levels all = levels_of(rows);
  if (!all.both_labels()) return {};
  CompensatedSum sum;
  for (const Level& level : all.levels) sum.add(level.own_positive * level.precision());
  const double value = sum.value() / all.positive;
  std::vector<double> reached(all.levels.size());  // Σ_{t <= s} dA/b and the same times p
  std::vector<double> lost(all.levels.size());
  double reach = 0.0;
  double loss = 0.0;
  for (std::size_t k = all.levels.size(); k-- > 0;) {
    const Level& level = all.levels[k];
    const double share = level.above() > 0.0 ? level.own_positive / level.above() : 0.0;
    reach += share;
    loss += share * level.precision();
    reached[k] = reach;
    lost[k] = loss;
  }
  const double scale = all.total() / all.positive;
  Linearised result = linearised(rows, all, value, [&](std::size_t k, bool positive) {
    const double own = positive ? all.levels[k].precision() - value + reached[k] : 0.0;
    return scale * (own - lost[k]);
  });
  result.low_shift = result.high_shift = -own_share(rows, all);
  return result;
}

// DeLong's placements: a positive row by the share of negatives it beats, a negative one by the positives that beat it.
Linearised linearised_auc(const RankedRows& rows) {
  const Levels all = levels_of(rows);
  if (!all.both_labels()) return {};
  const auto beaten = [&](const Level& level) {  // weight of negatives below, ties half
    return all.negative - level.negative + level.own_negative / 2.0;
  };
  const auto beating = [](const Level& level) { return level.positive - level.own_positive / 2.0; };
  CompensatedSum sum;
  for (const Level& level : all.levels) sum.add(level.own_positive * beaten(level));
  const double value = sum.value() / (all.positive * all.negative);
  return linearised(rows, all, value, [&](std::size_t k, bool positive) {
    const Level& level = all.levels[k];
    return positive ? all.total() / all.positive * (beaten(level) / all.negative - value)
                    : all.total() / all.negative * (beating(level) / all.positive - value);
  });
}

// At the best threshold the derivative by the threshold is 0, so that its estimation adds nothing of first order and
// the variance is that of TPR − FPR at it (Hsieh & Turnbull 1996, Annals of Statistics 24, for Youden's index). The
// maximum itself lies too high; cross-validated thresholds (Efron & Tibshirani 1993, ch. 17) give the lower bound.
Linearised linearised_ks(const RankedRows& rows) {
  const Levels all = levels_of(rows);
  if (!all.both_labels()) return {};
  std::size_t best = 0;
  double most = -1.0;
  const auto gap = [&](const Level& level) { return level.positive / all.positive - level.negative / all.negative; };
  for (std::size_t k = 0; k < all.levels.size(); ++k) {
    if (!(std::abs(gap(all.levels[k])) > most)) continue;
    most = std::abs(gap(all.levels[k]));
    best = k;
  }
  const double sign = gap(all.levels[best]) < 0.0 ? -1.0 : 1.0;
  const double tpr = all.levels[best].positive / all.positive;
  const double fpr = all.levels[best].negative / all.negative;
  Linearised result = linearised(rows, all, most, [&](std::size_t k, bool positive) {
    const double passed = k <= best ? 1.0 : 0.0;
    return positive ? sign * all.total() / all.positive * (passed - tpr)
                    : -sign * all.total() / all.negative * (passed - fpr);
  });
  result.low_shift = std::min(0.0, crossed_gap(rows, all) - most);
  return result;
}

// Var = TPR(1 − TPR)/n1 + R'(x)²·x(1 − x)/n0 with R' the slope of the ROC curve at x: the second part is the price of a
// threshold that was estimated (Linnet 1987, Clinical Chemistry 33; Hsieh & Turnbull 1996, theorem 2.2).
Linearised linearised_recall_at_fpr(const RankedRows& rows, double fpr) {
  const Levels all = levels_of(rows);
  if (!all.both_labels() || !(fpr > 0.0 && fpr < 1.0)) return {};
  Curve roc;
  std::size_t passing = 0;  // levels at or above the threshold
  for (const Level& level : all.levels) {
    roc.x.push_back(level.negative / all.negative);
    roc.y.push_back(level.positive / all.positive);
    if (roc.x.back() <= fpr * (1.0 + forgiven)) passing = roc.x.size() - 1;
  }
  const double tpr = roc.y[passing];
  const double reached = roc.x[passing];
  const double slope = roc.slope(fpr, all.negative * all.negative / all.squared_negative);
  return linearised(rows, all, tpr, [&](std::size_t k, bool positive) {
    const double passed = k < passing ? 1.0 : 0.0;
    return positive ? all.total() / all.positive * (passed - tpr)
                    : -slope * all.total() / all.negative * (passed - reached);
  });
}

// precision = A/r, A the weight of positives in the selected share r. With η = P(Y = 1 | S at the border), the slope of
// the gains curve there, ψ = {I·(y − η) − A + η·r}/r, I = 1 for a selected row: what a row brings, less the row at the
// border that it drives out.
Linearised linearised_precision_at_rate(const RankedRows& rows, double rate) {
  const Levels all = levels_of(rows);
  if (!all.both_labels() || !(rate > 0.0 && rate < 1.0)) return {};
  Curve gains;
  for (const Level& level : all.levels) {
    gains.x.push_back(level.above() / all.total());
    gains.y.push_back(level.positive / all.total());
  }
  const double hits = gains.at(rate);
  const double border = gains.slope(rate, all.total() * all.total() / all.squared);
  return linearised(rows, all, hits / rate, [&](std::size_t k, bool positive) {
    const double own = gains.x[k + 1] - gains.x[k];
    const double selected = own > 0.0 ? std::clamp((rate - gains.x[k]) / own, 0.0, 1.0) : 0.0;
    return (selected * ((positive ? 1.0 : 0.0) - border) - hits + border * rate) / rate;
  });
}

}  // namespace modelgate::stats
