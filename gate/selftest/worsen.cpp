// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/worsen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "gate/stats/random.hpp"

namespace modelgate {
namespace {

constexpr std::size_t smooth_steps = std::size_t{1} << 16U;
constexpr double share_put_right = 0.25;  // of the wrong answers
constexpr double share_improved = 0.1;    // of the rows
constexpr double largest_growth = 10.0;   // of an error, at the last step

double uniform(std::uint64_t seed, std::size_t index, std::uint32_t what) {
  return stats::KeyedStream(seed, what, static_cast<std::uint32_t>(index)).next();
}

/// Places in random order.
void shuffle(std::vector<std::size_t>& places, std::uint64_t seed) {
  std::vector<std::pair<double, std::size_t>> keyed;
  keyed.reserve(places.size());
  for (const std::size_t place : places) keyed.emplace_back(uniform(seed, place, 1), place);
  std::ranges::sort(keyed);
  std::ranges::transform(keyed, places.begin(), &std::pair<double, std::size_t>::second);
}

/// A yes or no: one row of a binary table, one label of one row of a multilabel one.
template <class Score>
class YesNo {
 public:
  YesNo(const std::vector<Score>& scores, double threshold)
      : threshold_(static_cast<Score>(threshold)), least_(threshold_), most_(threshold_) {
    for (const Score score : scores) {
      least_ = std::min(least_, score);
      most_ = std::max(most_, score);
    }
  }
  bool yes(Score score) const { return score >= threshold_; }
  /// Halfway to the far end of the other side.
  Score other_side(Score score) const {
    if (!yes(score)) return threshold_ + (most_ - threshold_) / 2;
    const Score below = std::nextafter(threshold_, std::numeric_limits<Score>::lowest());
    return std::min(below, least_ + (threshold_ - least_) / 2);
  }

 private:
  Score threshold_;
  Score least_;
  Score most_;
};

/// The true class and the best of the others change places.
template <class Score>
void swap_with_rival(std::span<Score> scores, std::size_t truth) {
  std::size_t rival = truth == 0 ? 1 : 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (i != truth && scores[i] > scores[rival]) rival = i;
  std::swap(scores[truth], scores[rival]);
}

template <class Score>
std::size_t best_of(std::span<const Score> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

/// Answers of a table, one a place: is it right, and how is it turned.
class Answers {
 public:
  Answers(const ScoreTable& table, const Predictions& of) : table_(table), of_(of) {}

  std::size_t places() const {
    return table_.task == Task::multilabel ? table_.rows.label_bits.size() : table_.rows.rows;
  }
  bool right(std::size_t place) const {
    if (of_.kind == OutputKind::klass) return of_.classes[place] == truth(place);
    return std::visit([&](const auto& scores) { return said(scores, place) == truth(place); }, of_.scores);
  }
  /// The right answers become wrong, the wrong ones right.
  void turn(Predictions& copy, std::span<const std::size_t> places) const {
    if (of_.kind == OutputKind::klass) {
      for (const std::size_t place : places) copy.classes[place] = other_class(place);
      return;
    }
    std::visit([&](auto& scores) { turn_scores(scores, places); }, copy.scores);
  }

 private:
  bool yes_no() const { return table_.task != Task::multiclass; }
  std::int32_t truth(std::size_t place) const {
    return table_.task == Task::multilabel ? std::int32_t{table_.rows.label_bits[place]}
                                           : table_.rows.label_class[place];
  }
  template <class Score>
  std::int32_t said(const std::vector<Score>& scores, std::size_t place) const {
    if (yes_no()) return scores[place] >= static_cast<Score>(of_.positive_threshold) ? 1 : 0;
    return static_cast<std::int32_t>(best_of(std::span(scores).subspan(place * of_.width, of_.width)));
  }
  std::int32_t other_class(std::size_t place) const {
    if (yes_no()) return 1 - of_.classes[place];
    const auto classes = static_cast<std::int32_t>(std::max<std::size_t>(table_.rows.class_names.size(), 2));
    return right(place) ? (truth(place) + 1) % classes : truth(place);
  }
  template <class Score>
  void turn_scores(std::vector<Score>& scores, std::span<const std::size_t> places) const {
    const YesNo<Score> sides(scores, of_.positive_threshold);
    for (const std::size_t place : places) {
      if (yes_no()) {
        scores[place] = sides.other_side(scores[place]);
        continue;
      }
      const std::span row = std::span(scores).subspan(place * of_.width, of_.width);
      const auto truth_here = static_cast<std::size_t>(truth(place));
      if (right(place)) {
        swap_with_rival(row, truth_here);
      } else {
        std::swap(row[truth_here], row[best_of(std::span<const Score>(row))]);
      }
    }
  }

  const ScoreTable& table_;
  const Predictions& of_;
};

/// How much of [0, 1] the truth says of this number: which class, which label, how relevant.
class Truth {
 public:
  explicit Truth(const ScoreTable& table, std::size_t width) : table_(table), width_(width) {
    for (const double relevance : table.rows.label_value) most_ = std::max(most_, relevance);
  }
  double of(std::size_t index) const {
    const RowColumns& rows = table_.rows;
    if (table_.task == Task::multilabel) return rows.label_bits[index];
    const std::size_t row = index / width_;
    if (table_.task == Task::ranking || table_.task == Task::regression) return rows.label_value[row] / most_;
    if (width_ == 1) return rows.label_class[row];
    return static_cast<std::size_t>(rows.label_class[row]) == index % width_ ? 1.0 : 0.0;
  }

 private:
  const ScoreTable& table_;
  std::size_t width_;
  double most_ = 1e-300;
};

template <class Score>
void move_to_truth(std::vector<Score>& scores, const Truth& truth, const Predictions& of, std::uint64_t seed) {
  const auto [least, most] = std::ranges::minmax_element(scores);
  if (least == scores.end()) return;
  const bool probable = of.kind == OutputKind::probability;
  const double low = probable ? 0.0 : static_cast<double>(*least);
  const double high = probable ? 1.0 : static_cast<double>(*most);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (uniform(seed, i / of.width, 2) >= share_improved) continue;
    const auto score = static_cast<double>(scores[i]);
    scores[i] = static_cast<Score>(score + (low + (high - low) * truth.of(i) - score) / 2);
  }
}

template <class Score>
void mix(std::vector<Score>& scores, const std::vector<Score>& others, std::span<const std::size_t> partner,
         std::size_t width, double share) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto other = static_cast<double>(others[partner[i / width] * width + i % width]);
    scores[i] = static_cast<Score>((1.0 - share) * static_cast<double>(scores[i]) + share * other);
  }
}

double share_at(std::size_t step) { return static_cast<double>(step) / static_cast<double>(smooth_steps); }

}  // namespace

Worsening turned_answers(const ScoreTable& table, const Predictions& reference, std::uint64_t seed) {
  const Answers answers(table, reference);
  std::vector<std::size_t> right;
  std::vector<std::size_t> put_right;
  right.reserve(answers.places());
  for (std::size_t place = 0; place < answers.places(); ++place) {
    if (answers.right(place)) {
      right.push_back(place);
    } else if (uniform(seed, place, 0) < share_put_right) {
      put_right.push_back(place);
    }
  }
  shuffle(right, seed);
  auto better = std::make_shared<Predictions>(reference);
  answers.turn(*better, put_right);
  const std::size_t steps = right.size();
  return {steps, [better, &table, &reference, right = std::move(right)](std::size_t step) {
            Predictions worse = *better;
            Answers(table, reference).turn(worse, std::span(right).first(step));
            return worse;
          }};
}

Worsening mixed_scores(const ScoreTable& table, const Predictions& reference, std::uint64_t seed) {
  const Truth truth(table, reference.width);
  auto better = std::make_shared<Predictions>(reference);
  std::visit([&](auto& scores) { move_to_truth(scores, truth, reference, seed); }, better->scores);
  const std::size_t rows = table.rows.rows;
  std::vector<std::size_t> partner(rows);
  for (std::size_t row = 0; row < rows; ++row)
    partner[row] = std::min(rows - 1, static_cast<std::size_t>(uniform(seed, row, 3) * static_cast<double>(rows)));
  return {smooth_steps, [better, partner = std::move(partner)](std::size_t step) {
            Predictions worse = *better;
            std::visit(
                [&](auto& scores) {
                  using Numbers = std::remove_reference_t<decltype(scores)>;
                  mix(scores, std::get<Numbers>(better->scores), partner, better->width, share_at(step));
                },
                worse.scores);
            return worse;
          }};
}

Worsening stretched_errors(const ScoreTable& table, const Predictions& reference, std::uint64_t seed) {
  return {smooth_steps, [&table, &reference, seed](std::size_t step) {
            Predictions worse = reference;
            const double growth = 1.0 + largest_growth * share_at(step) * share_at(step);
            std::visit(
                [&](auto& scores) {
                  for (std::size_t row = 0; row < scores.size(); ++row) {
                    const double label = table.rows.label_value[row];
                    const double own = uniform(seed, row, 2) < share_improved ? 0.5 : 1.0;
                    scores[row] = static_cast<std::remove_reference_t<decltype(scores[row])>>(
                        label + (static_cast<double>(scores[row]) - label) * own * growth);
                  }
                },
                worse.scores);
            return worse;
          }};
}

Worsening worsening_for(const ScoreTable& table, const Predictions& reference, bool of_scores, std::uint64_t seed) {
  if (table.task == Task::regression) return stretched_errors(table, reference, seed);
  if (table.task == Task::ranking || of_scores) return mixed_scores(table, reference, seed);
  return turned_answers(table, reference, seed);
}

}  // namespace modelgate
