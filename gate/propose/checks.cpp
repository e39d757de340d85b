// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"

namespace modelgate::propose {
namespace {

constexpr std::array ladder{0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2};
constexpr double good_chance = 0.8;
constexpr double finest_rate = 0.01;     // people rarely mean less than one in a hundred
constexpr double widest_unasked = 0.05;  // beyond it a limit holds nobody back
constexpr std::string_view warn_inconclusive = "on_inconclusive: warn";
constexpr std::string_view warn_not_assessable = "on_not_assessable: warn";
constexpr std::string_view warns_only = "severity: warn";

class CheckProposer {
 public:
  CheckProposer(const CheckScene& scene, std::span<const CheckSpec* const> specs) : scene_(scene), specs_(specs) {}

  std::vector<CheckLine> propose() {
    if (scene_.production)
      relative();
    else
      absolute();
    latency();
    resources();
    std::erase_if(lines_, [&](const CheckLine& line) { return !fits(line); });
    return lines_;
  }

 private:
  /// Weights and clusters are honoured by the metric, or it is not proposed.
  bool fits(const CheckLine& line) const {
    const auto stem = line.metric.substr(0, line.metric.find('@'));
    for (const CheckSpec* spec : specs_) {
      if (spec->family != line.family || spec->metric != stem || !has(spec->tasks, scene_.roles.task)) continue;
      if (is_measured(line.family)) return true;
      return (scene_.roles.weight.empty() || spec->honours_weight) &&
             (scene_.roles.cluster.empty() || spec->honours_cluster);
    }
    return false;
  }

  CheckLine& margin_by_rows(Family family, std::string metric, std::string comment, std::string scope = {}) {
    lines_.push_back({family,
                      std::move(metric),
                      LimitWord::max_regression,
                      "",
                      std::move(scope),
                      {},
                      std::move(comment),
                      true,
                      true});
    return lines_.back();
  }

  CheckLine& limit(Family family, std::string metric, LimitWord word, std::string limit, std::string comment,
                   std::string scope = {}) {
    lines_.push_back(
        {family, std::move(metric), word, std::move(limit), std::move(scope), {}, std::move(comment), false, false});
    return lines_.back();
  }

  void relative() {
    switch (scene_.roles.task) {
      case Task::binary: return relative_binary();
      case Task::multiclass: return relative_multiclass();
      case Task::multilabel: return relative_multilabel();
      case Task::regression: return relative_regression();
      case Task::ranking: return relative_ranking();
    }
  }

  void relative_binary() {
    const bool scores = scene_.kind != OutputKind::klass;
    if (scores) margin_by_rows(Family::accuracy, "roc_auc", "order of the scores, whatever the threshold");
    if (scores)
      limit(Family::accuracy, "log_loss", LimitWord::max_regression, loss_margin(),
            "the scores as probabilities; plan --pilot says what the rows can see");
    margin_by_rows(Family::accuracy, "recall", "of 100 positives, how many more may be missed?");
    margin_by_rows(Family::accuracy, "specificity", "of 100 negatives, how many more false alarms?");
    by_slices("accuracy", scene_.roles.slices);
    for (const std::string& attribute : scene_.roles.attributes) {
      margin_by_rows(Family::bias, "tpr", "no group's positives are found less often than today", attribute);
      margin_by_rows(Family::bias, "fpr", "no group has more false alarms than today", attribute);
    }
    if (scene_.roles.attributes.size() > 1)
      margin_by_rows(Family::bias, "tpr", "harm can hide where two groups meet",
                     scene_.roles.attributes[0] + " & " + scene_.roles.attributes[1]);
    parity();
  }

  void relative_multiclass() {
    margin_by_rows(Family::accuracy, "accuracy", "of 100 rows, how many more may be wrong?");
    margin_by_rows(Family::accuracy, "balanced_accuracy", "every class counts alike, rare ones too");
    if (scene_.kind != OutputKind::klass)
      limit(Family::accuracy, "log_loss", LimitWord::max_regression, loss_margin(),
            "the scores as probabilities; plan --pilot says what the rows can see");
    by_slices("accuracy", scene_.roles.attributes);
    by_slices("accuracy", scene_.roles.slices);
  }

  void relative_multilabel() {
    limit(Family::accuracy, "f1_micro", LimitWord::max_regression, "0.02", "all labels of all rows taken together");
    limit(Family::accuracy, "f1_macro", LimitWord::max_regression, "0.02", "every label counts alike, rare ones too");
    limit(Family::accuracy, "hamming_loss", LimitWord::max_regression, "1pp", "of 100 labels, how many more wrong?");
    by_slices("subset_accuracy", scene_.roles.attributes);
    by_slices("subset_accuracy", scene_.roles.slices);
  }

  void relative_regression() {
    const std::string margin = loss_margin();
    limit(Family::accuracy, "mae", LimitWord::max_regression, margin, "how much larger may the usual error be?");
    limit(Family::accuracy, "rmse", LimitWord::max_regression, margin, "large errors count more");
    for (const auto& columns : {scene_.roles.attributes, scene_.roles.slices}) {
      for (const std::string& column : columns)
        limit(Family::accuracy, "mae", LimitWord::max_regression, "20%",
              "nobody is served much worse than today: " + groups_of(column), column)
            .extra = {std::string(warn_inconclusive), std::string(warn_not_assessable)};
    }
  }

  void relative_ranking() {
    limit(Family::accuracy, "ndcg@10", LimitWord::max_regression, "0.02", "the first ten of each list");
    limit(Family::accuracy, "mrr@10", LimitWord::max_regression, "0.02", "where the first good answer stands");
    for (const auto& columns : {scene_.roles.attributes, scene_.roles.slices}) {
      for (const std::string& column : columns)
        limit(Family::accuracy, "ndcg@10", LimitWord::max_regression, "0.1",
              "none much worse than today: " + groups_of(column), column)
            .extra = {std::string(warn_inconclusive), std::string(warn_not_assessable)};
    }
  }

  void by_slices(const std::string& metric, const std::vector<std::string>& columns) {
    for (const std::string& column : columns) {
      margin_by_rows(Family::accuracy, metric, "better on average is not enough: " + groups_of(column), column)
          .extra = {std::string(warn_inconclusive), std::string(warn_not_assessable)};
    }
  }

  /// "5 values, the smallest with 1,234 rows".
  std::string groups_of(const std::string& column) const {
    const ColumnProfile& profile = *scene_.golden.find(column);
    std::size_t least = profile.rows;
    for (const auto& [value, rows] : profile.values) least = std::min(least, rows);
    return fmt::format("{} values, the smallest with {} rows", profile.distinct, count_text(least));
  }

  void parity() {
    for (const std::string& attribute : scene_.roles.attributes)
      limit(Family::bias, "demographic_parity_ratio", LimitWord::min, "0.8",
            "four-fifths rule, warns only; is it the right one for your use?", attribute)
          .extra = {std::string(warns_only)};
  }

  void absolute() {
    switch (scene_.roles.task) {
      case Task::binary: return absolute_binary();
      case Task::multiclass:
        limit(Family::accuracy, "accuracy", LimitWord::min, majority_share(),
              "what always naming the largest class gets");
        return;
      case Task::multilabel:
        limit(Family::accuracy, "f1_micro", LimitWord::min, "0.5", "what does the use need?");
        return;
      case Task::regression:
        limit(Family::accuracy, "r2", LimitWord::min, "0", "better than always answering the mean");
        return;
      case Task::ranking: limit(Family::accuracy, "ndcg@10", LimitWord::min, "0.5", "what does the use need?"); return;
    }
  }

  void absolute_binary() {
    if (scene_.kind != OutputKind::klass)
      limit(Family::accuracy, "roc_auc", LimitWord::min, "0.7", "0.5 is chance; what does the use need?");
    limit(Family::accuracy, "accuracy", LimitWord::min, majority_share(), "what always naming the larger class gets");
    limit(Family::accuracy, "recall", LimitWord::min, "0.5", "the share of positives that must be found");
    parity();
    for (const std::string& attribute : scene_.roles.attributes)
      limit(Family::bias, "equalized_odds_difference", LimitWord::max, "0.1", "errors spread evenly? warns only",
            attribute)
          .extra = {std::string(warns_only)};
  }

  void latency() {
    if (scene_.production && scene_.candidate_live && scene_.production_live)
      limit(Family::latency, "latency", LimitWord::max_regression, "25%",
            "one row a request; 5% needs a quiet machine");
    if (!scene_.candidate_live) return;
    limit(Family::latency, "latency_p99", LimitWord::max, "100ms", "warns only: write your service's own limit")
        .extra = {std::string(warns_only)};
  }

  /// Only what needs no rounds of its own kind and hardly differs between them; it warns, since a model that grew is
  /// not wrong for that.
  void resources() {
    if (!scene_.candidate_live || !scene_.production_live || !scene_.production) return;
    limit(Family::resources, "peak_memory", LimitWord::max_regression, "20%",
          "warns only: a service with a memory limit is killed when its model outgrows it")
        .extra = {std::string(warns_only)};
    limit(Family::resources, "model_size", LimitWord::max_regression, "20%",
          "warns only: the model file; does it hold more than is meant to ship?")
        .extra = {std::string(warns_only)};
  }

  /// Losses scatter as the data say; without a pilot, the more rows the finer.
  std::string loss_margin() const {
    const std::size_t rows = scene_.golden.all_rows.value_or(scene_.golden.rows);
    return rows >= 5000 ? "2%" : rows >= 1000 ? "5%" : "10%";
  }

  std::string majority_share() const {
    const ColumnProfile& label = *scene_.golden.find(scene_.roles.labels.front());
    std::size_t most = 0;
    std::size_t all = 0;
    for (const auto& [value, rows] : label.values) {
      most = std::max(most, rows);
      all += rows;
    }
    if (all == 0) return "0.5";
    return fmt::format("{:.2f}", std::floor(100.0 * static_cast<double>(most) / static_cast<double>(all)) / 100.0);
  }

  const CheckScene& scene_;
  std::span<const CheckSpec* const> specs_;
  std::vector<CheckLine> lines_;
};

std::size_t known_places(const MarginChances& chances) {
  return static_cast<std::size_t>(
      std::ranges::count_if(chances.places, [](const auto& place) { return place.has_value(); }));
}

std::size_t good_places(const MarginChances& chances) {
  return static_cast<std::size_t>(
      std::ranges::count_if(chances.places, [](const auto& place) { return place && *place >= good_chance; }));
}

std::string with_doubt(const std::string& comment, std::string_view doubt) {
  return fmt::format("{}{}{}", comment, comment.ends_with('?') ? " " : "; ", doubt);
}

void add_once(std::vector<std::string>& words, std::string_view word) {
  if (std::ranges::find(words, word) == words.end()) words.emplace_back(word);
}

}  // namespace

std::vector<CheckLine> propose_checks(const CheckScene& scene, std::span<const CheckSpec* const> specs) {
  return CheckProposer(scene, specs).propose();
}

std::span<const double> margin_ladder() { return ladder; }

std::string margin_text(double margin, const CheckLine& line) {
  return line.metric == "roc_auc" ? fmt::format("{:g}", margin) : fmt::format("{:g}pp", 100.0 * margin);
}

void settle_margin(CheckLine& line, const std::vector<MarginChances>& chances, std::size_t hopeless) {
  const bool lenient = line.family == Family::accuracy && !line.scope.empty();
  if (hopeless > 0) add_once(line.extra, warn_not_assessable);
  const auto found = std::ranges::find_if(chances, [&](const MarginChances& one) {
    if (one.margin < finest_rate && line.metric != "roc_auc") return false;
    const std::size_t known = known_places(one);
    const std::size_t good = good_places(one);
    return known > 0 && (lenient ? 2 * good >= known : good == known);
  });
  if (found != chances.end()) {
    line.limit = margin_text(found->margin, line);
    if (found->margin <= widest_unasked) return;
    line.sure = false;
    line.comment = with_doubt(line.comment, "so wide for want of rows: is that harm acceptable?");
    return;
  }
  const bool known = !chances.empty() && known_places(chances.back()) > 0;
  line.limit = known ? margin_text(chances.back().margin, line) : margin_text(0.05, line);
  line.sure = false;
  line.comment = with_doubt(
      line.comment, known ? "too few rows to prove even this: it warns" : "what the rows can see shows plan --pilot");
  if (known) add_once(line.extra, warn_inconclusive);
}

}  // namespace modelgate::propose
