// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "gate/config/read.hpp"
#include "gate/config/suggest.hpp"

namespace modelgate {
namespace {

bool judges_rows(const CheckEntry& entry) {
  return entry.spec != nullptr && (entry.spec->family == Family::accuracy || entry.spec->family == Family::bias);
}

/// What one model puts out against what one metric needs; true if they fit.
bool check_output(const CheckEntry& entry, Role role, const ModelSpec& model, Task task, Problems& problems) {
  if (model.source == ModelSource::absent || !judges_rows(entry)) return true;
  const CheckSpec& spec = *entry.spec;
  const OutputSpec& output = model.output;
  const auto refuse = [&](std::string_view needs, std::string_view gives, std::string hint) {
    problems.add(entry.metric,
                 fmt::format("{} needs {}, but the {} model puts out a {}", spec.metric, needs, to_string(role), gives),
                 std::move(hint));
    return false;
  };
  if (spec.needs_scores && output.kind == OutputKind::klass) {
    return refuse("scores", "class", "let the model put out a probability, or judge by accuracy");
  }
  if (spec.needs_probability && output.kind == OutputKind::score) {
    return refuse("probabilities", "score", "kind: score is any number; kind: logit is turned into a probability");
  }
  const bool lacks_threshold = task == Task::binary && !spec.needs_scores && !output.positive_threshold;
  if (lacks_threshold && output.kind == OutputKind::score) {
    return refuse("a threshold", "score without one", "write output: {positive_threshold: NUMBER}");
  }
  return true;
}

void check_weight(const Section& dataset, const CheckEntry& entry, Problems& problems) {
  if (!dataset.given("weight") || !judges_rows(entry) || entry.spec->honours_weight) return;
  problems.add(entry.metric,
               fmt::format("{} does not honour dataset.weight (line {}) in this version", entry.spec->metric,
                           dataset.key_place("weight").line),
               "remove the weight or this check");
}

void check_class(const Plan& plan, const CheckEntry& entry, Problems& problems) {
  if (entry.planned.empty() || entry.planned.front().klass.empty()) return;
  const std::vector<std::string>& declared = plan.model(Role::candidate).output.classes;
  const std::string& wanted = entry.planned.front().klass;
  if (declared.empty() || std::ranges::find(declared, wanted) != declared.end()) return;
  const std::vector<std::string_view> names{declared.begin(), declared.end()};
  problems.add(entry.metric, fmt::format("class \"{}\" is not among output.classes", wanted),
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

void check_label(const Section& dataset, std::span<const CheckEntry> entries, Problems& problems) {
  if (dataset.written("label") || std::ranges::none_of(entries, judges_rows)) return;
  problems.add(dataset.place(), "\"label\" is missing",
               "write label: COLUMN, or label: {column: NAME, positive: VALUE}");
}

}  // namespace

void check_fit(const Section& top, const Plan& plan, std::span<const CheckEntry> entries, Problems& problems) {
  const Section dataset = top.section("dataset");
  for (const CheckEntry& entry : entries) {
    for (const Role role : both_roles) {
      if (!check_output(entry, role, plan.model(role), plan.task, problems)) break;
    }
    check_weight(dataset, entry, problems);
    check_class(plan, entry, problems);
  }
  if (!top.written("dataset")) return;
  check_positive(top, plan, problems);
  check_label(dataset, entries, problems);
}

}  // namespace modelgate
