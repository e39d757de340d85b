// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgate {

/// The kind of prediction problem the golden labels describe.
enum class Task : std::uint8_t { binary = 1, multiclass = 2, multilabel = 4, regression = 8, ranking = 16 };

/// The check families: also the first word of every check id and the JUnit suite.
enum class Family { accuracy, bias, latency, resources, parity, determinism };

/// Which way a metric improves.
enum class Direction { higher_is_better, lower_is_better };

/// What a bare number of a metric means. rate: a share in [0, 1], accepts pp. seconds and bytes accept units.
enum class Unit { rate, plain, ratio, seconds, bytes, per_second };

/// The four words by which a gate file sets a limit.
enum class LimitWord : std::uint8_t { min = 1, max = 2, max_regression = 4, min_improvement = 8 };

/// What stands behind the @ of a metric's name: nothing, a whole number of ranks (ndcg@10) or a share
/// (precision_at_rate@0.05).
enum class MetricParameter : std::uint8_t { none, ranks, share };

/// Optional keys a check takes beside metric, limits, policy and words.
enum class ScopeKey : std::uint8_t {
  slices = 1,
  attributes = 2,
  klass = 4,
  batch = 8,
  min_rows = 16,
  min_group_size = 32,
  load = 64,
  reference_group = 128
};

/// Everything the gate file reader, list, explain and the schema need to know of a check: one row of the registry.
struct CheckSpec {
  Family family = Family::accuracy;
  std::string_view metric;  ///< scikit-learn's or fairlearn's name where they have one
  std::uint8_t tasks = 0;   ///< or-ed Task values the metric is defined for
  Direction direction = Direction::higher_is_better;
  Unit unit = Unit::rate;
  std::uint8_t limits = 0;         ///< or-ed LimitWord values the check accepts
  std::uint8_t scope = 0;          ///< or-ed ScopeKey values the check accepts
  bool percent_margin = true;      ///< false where the metric can be <= 0, so that a relative margin has no meaning
  bool needs_scores = false;       ///< true where output.kind: class cannot serve (ROC-AUC, log loss, Brier)
  bool needs_probability = false;  ///< true where scores must lie in [0, 1] (log loss, Brier)
  bool honours_weight = false;     ///< false: a gate file with dataset.weight refuses this metric by name
  bool honours_cluster = false;    ///< false: a gate file with dataset.cluster refuses this metric by name
  bool honours_exposure = false;   ///< false: dataset.weight of kind exposure has no meaning for this metric
  bool needs_costs = false;        ///< true for expected_cost: the gate file must say costs
  bool needs_production = false;   ///< true where an absolute limit compares, too (negative_flips): no first release
  bool takes_tolerance = false;    ///< true where numbers are held beside numbers: mismatched_rows
  MetricParameter parameter = MetricParameter::none;
  bool parameter_optional = false;  ///< true where the metric also stands without @: ndcg of whole lists
  bool needs_live_model = false;    ///< true for latency: recorded predictions cannot answer
  double lowest = 0.0;              ///< smallest limit that makes sense for min/max (in Unit)
  double highest = 1.0;             ///< largest limit that makes sense for min/max (in Unit)
  std::string_view summary;         ///< one sentence for list and the schema
  std::string_view explain;         ///< Markdown in fixed sections: What it checks … Example
};

constexpr bool has(std::uint8_t set, auto flag) { return (set & static_cast<std::uint8_t>(flag)) != 0; }
template <class Flag, class... Flags>
constexpr std::uint8_t flags(Flag first, Flags... rest) {
  return static_cast<std::uint8_t>((static_cast<std::uint8_t>(first) | ... | static_cast<std::uint8_t>(rest)));
}

std::string_view to_string(Task task);
std::string_view to_string(Family family);
std::string_view to_string(LimitWord word);
std::optional<Task> task_from(std::string_view text);
std::optional<Family> family_from(std::string_view text);

}  // namespace modelgate
