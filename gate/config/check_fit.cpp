// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "gate/config/read.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/measured.hpp"

namespace modelgate {
namespace {

bool judges_rows(const CheckEntry& entry) {
  return entry.spec != nullptr && (entry.spec->family == Family::accuracy || entry.spec->family == Family::bias);
}

bool compares_outputs(const CheckEntry& entry) { return entry.spec != nullptr && is_of_outputs(entry.spec->family); }

/// Whether the metric is about what the outputs decide, and not about the outputs themselves.
bool judges_decisions(const CheckEntry& entry) {
  return judges_rows(entry) ? !entry.spec->needs_scores : entry.spec->metric == "decision_flips";
}

/// What one model puts out against what one metric needs; true if they fit.
bool check_output(const CheckEntry& entry, Role role, const ModelSpec& model, Task task, Problems& problems) {
  if (model.source == ModelSource::absent || !(judges_rows(entry) || compares_outputs(entry))) return true;
  const CheckSpec& spec = *entry.spec;
  const OutputSpec& output = model.output;
  const auto refuse = [&](std::string_view needs, std::string_view gives, std::string hint) {
    problems.add(entry.metric,
                 fmt::format("{} needs {}, but the {} model puts out a {}", spec.metric, needs, to_string(role), gives),
                 std::move(hint));
    return false;
  };
  if (spec.needs_scores && output.kind == OutputKind::klass) {
    return refuse("scores", "class",
                  compares_outputs(entry) ? "let the model put out a probability, or judge by mismatched_rows"
                                          : "let the model put out a probability, or judge by accuracy");
  }
  if (spec.needs_probability && output.kind == OutputKind::score) {
    return refuse("probabilities", "score", "kind: score is any number; kind: logit is turned into a probability");
  }
  const bool decides = task == Task::binary || task == Task::multilabel;
  const bool lacks_threshold = decides && judges_decisions(entry) && !output.positive_threshold;
  if (lacks_threshold && output.kind == OutputKind::score) {
    return refuse("a threshold", "score without one", "write output: {positive_threshold: NUMBER}");
  }
  return true;
}

/// A key that changes every estimate must not be passed over by a metric that does not know it.
void check_honours(const Section& top, const Plan& plan, const CheckEntry& entry, Problems& problems) {
  if (!judges_rows(entry)) return;
  const CheckSpec& spec = *entry.spec;
  const Section dataset = top.section("dataset");
  const auto refuse = [&](const Section& section, std::string_view key, std::string_view full, std::string_view word) {
    problems.add(entry.metric,
                 fmt::format("{} does not honour {} ({}) in this version", spec.metric, full,
                             problems.line_of(section.key_place(key))),
                 fmt::format("remove {} or this check", word));
  };
  const bool exposure = plan.dataset.weight_kind == WeightKind::exposure;
  if (dataset.given("weight") && !spec.honours_weight) refuse(dataset, "weight", "dataset.weight", "the weight");
  if (exposure && spec.honours_weight && !spec.honours_exposure) {
    problems.add(entry.metric,
                 fmt::format("{} has no denominator that an exposure could be (dataset.weight, {})", spec.metric,
                             problems.line_of(dataset.key_place("weight"))),
                 "write kind: sampling or frequency, or remove this check");
  }
  if (dataset.given("cluster") && !spec.honours_cluster) refuse(dataset, "cluster", "dataset.cluster", "the cluster");
  // rows are reweighted to the prevalence: whoever honours weights honours it
  if (top.given("target_prevalence") && !spec.honours_weight) {
    refuse(top, "target_prevalence", "target_prevalence", "target_prevalence");
  }
  if (spec.needs_costs && !top.written("costs")) {
    problems.add(entry.metric, fmt::format("{} needs \"costs\" at the top of the gate file", spec.metric),
                 "write costs: {fp: 1, fn: 5}, or a row for each label of several classes");
  }
}

void check_costs_used(const Section& top, std::span<const CheckEntry> entries, Problems& problems) {
  const auto unknown = [](const CheckEntry& entry) { return entry.spec == nullptr || entry.spec->needs_costs; };
  if (!top.written("costs") || std::ranges::any_of(entries, unknown)) return;
  problems.add(top.key_place("costs"), "\"costs\" is read by no check", "add {metric: expected_cost}, or remove it");
}

void check_class(const Plan& plan, const CheckEntry& entry, Problems& problems) {
  if (entry.planned.empty() || entry.planned.front().klass.empty()) return;
  const std::vector<std::string>& classes = plan.model(Role::candidate).output.classes;
  const std::vector<std::string>& columns = plan.dataset.label.columns;
  // one label column may hold a list, whose labels the data name
  const bool labels = plan.task == Task::multilabel && classes.empty() && columns.size() > 1;
  const std::vector<std::string>& declared = labels ? columns : classes;
  const std::string& wanted = entry.planned.front().klass;
  if (declared.empty() || std::ranges::find(declared, wanted) != declared.end()) return;
  const std::vector<std::string_view> names{declared.begin(), declared.end()};
  problems.add(entry.metric,
               fmt::format("class \"{}\" is not among {}", wanted, labels ? "dataset.label.columns" : "output.classes"),
               did_you_mean(wanted, names, fmt::format("choices: {}", one_of(names))));
}

void check_positive(const Section& top, const Plan& plan, Problems& problems) {
  const std::vector<std::string>& classes = plan.model(Role::candidate).output.classes;
  const std::optional<std::string>& positive = plan.dataset.label.positive;
  if (!positive || classes.size() != 2 || classes[1] == *positive) return;
  const Section label = top.section("dataset").section("label");
  problems.add(label.value_place("positive"),
               fmt::format("\"positive\" is {}, but the second of output.classes is {}", *positive, classes[1]),
               "the second class is the positive one; let both name it");
}

void check_label_names(const Section& top, const Plan& plan, Problems& problems) {
  const std::size_t columns = plan.dataset.label.columns.size();
  const std::size_t names = plan.model(Role::candidate).output.classes.size();
  if (plan.task != Task::multilabel || columns < 2 || names == 0 || names == columns) return;
  problems.add(top.section("dataset").section("label").key_place("columns"),
               fmt::format("there are {} label columns, but output.classes names {} labels", columns, names),
               "let both have the same labels, or leave output.classes out");
}

void check_label(const Section& dataset, std::span<const CheckEntry> entries, Task task, Problems& problems) {
  if (dataset.written("label") || std::ranges::none_of(entries, judges_rows)) return;
  problems.add(dataset.place(), "\"label\" is missing",
               task == Task::multilabel ? "write label: {columns: [NAME, ...]}"
                                        : "write label: COLUMN, or label: {column: NAME, positive: VALUE}");
}

void check_query(const Section& dataset, std::span<const CheckEntry> entries, Task task, Problems& problems) {
  if (task != Task::ranking || dataset.written("query") || std::ranges::none_of(entries, judges_rows)) return;
  problems.add(dataset.place(), "\"query\" is missing: rows are ranked within their query", "write query: COLUMN");
}

}  // namespace

void check_fit(const Section& top, const Plan& plan, std::span<const CheckEntry> entries, Problems& problems) {
  const Section dataset = top.section("dataset");
  for (const CheckEntry& entry : entries) {
    for (const Role role : both_roles) {
      if (!check_output(entry, role, plan.model(role), plan.task, problems)) break;
    }
    check_honours(top, plan, entry, problems);
    check_class(plan, entry, problems);
  }
  check_costs_used(top, entries, problems);
  if (!top.written("dataset")) return;
  check_positive(top, plan, problems);
  check_label_names(top, plan, problems);
  check_label(dataset, entries, plan.task, problems);
  check_query(dataset, entries, plan.task, problems);
}

}  // namespace modelgate
