// SPDX-License-Identifier: Apache-2.0
#include "gate/config/check_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gate/config/metric_name.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/check_id.hpp"

namespace modelgate {
namespace {

using Names = std::vector<std::string_view>;

bool fits(const CheckSpec& spec, Task task) { return has(spec.tasks, task); }

/// recall → recall_macro, recall_micro, …: the averages of a metric, for this task.
Names averages_of(std::string_view metric, Family family, std::span<const CheckSpec* const> specs, Task task) {
  Names averages;
  const std::string stem = fmt::format("{}_", metric);
  for (const CheckSpec* spec : specs) {
    if (spec->family == family && fits(*spec, task) && spec->metric.starts_with(stem)) averages.push_back(spec->metric);
  }
  return averages;
}

Names metrics_of(Family family, std::span<const CheckSpec* const> specs, Task task) {
  Names names;
  for (const CheckSpec* spec : specs) {
    if (spec->family == family && fits(*spec, task)) names.push_back(spec->metric);
  }
  return names;
}

/// "choices: accuracy, ndcg@10 or …", or "" where there are none.
std::string choices_text(Family family, std::span<const CheckSpec* const> specs, Task task) {
  std::vector<std::string> examples;
  for (const CheckSpec* spec : specs) {
    if (spec->family == family && fits(*spec, task)) examples.push_back(example_of(*spec));
  }
  return examples.empty() ? "" : fmt::format("choices: {}", one_of(Names{examples.begin(), examples.end()}));
}

void refuse_unknown(const Section& entry, Family family, std::span<const CheckSpec* const> specs, Task task) {
  const std::string metric = entry.text("metric");
  const std::string_view stem = stem_of(metric);
  const auto elsewhere = std::ranges::find(specs, stem, &CheckSpec::metric);
  const Names known = metrics_of(family, specs, task);
  std::string hint = choices_text(family, specs, task);
  if (const auto meant = nearest(stem, known); !meant.empty()) {
    hint = fmt::format("did you mean \"{}{}\"?", meant, std::string_view{metric}.substr(stem.size()));
  }
  if (elsewhere != specs.end()) hint = fmt::format("it belongs under {}", to_string((*elsewhere)->family));
  entry.problems().add(entry.value_place("metric"), fmt::format("{} has no metric \"{}\"", to_string(family), metric),
                       std::move(hint));
}

void refuse_task(const Section& entry, const CheckSpec& spec, std::span<const CheckSpec* const> specs, Task task) {
  const Names averages = averages_of(spec.metric, spec.family, specs, task);
  const std::string choices =
      averages.empty() ? choices_text(spec.family, specs, task) : fmt::format("choices: {}", one_of(averages));
  entry.problems().add(entry.value_place("metric"),
                       fmt::format("{} is not defined for task {}", spec.metric, to_string(task)),
                       choices.empty() ? "remove it" : choices);
}

/// A metric of one class, used for several classes without saying which or how to average.
bool lacks_average(const Section& entry, const CheckSpec& spec, std::span<const CheckSpec* const> specs, Task task) {
  const bool several = task == Task::multiclass || task == Task::multilabel;
  if (!several || !has(spec.scope, ScopeKey::klass) || entry.written("class")) return false;
  Names choices = averages_of(spec.metric, spec.family, specs, task);
  const bool averaged = !choices.empty();
  const bool labels = task == Task::multilabel;
  choices.push_back(labels ? "class: NAME for one label" : "class: NAME for one class");
  entry.problems().add(entry.value_place("metric"),
                       fmt::format("{} of several {} needs {}", spec.metric, labels ? "labels" : "classes",
                                   averaged ? "an average" : "one of them"),
                       fmt::format("write {}", one_of(choices)));
  return true;
}

std::string columns_text(const Scope& scope) {
  std::string joined;
  for (const std::string& column : scope.columns) joined += (joined.empty() ? "" : "+") + column;
  return joined;
}

}  // namespace

const CheckSpec* find_metric(const Section& entry, Family family, std::span<const CheckSpec* const> specs, Task task) {
  const std::string written = entry.text("metric");
  const std::string_view metric = stem_of(written);
  const auto is_named = [&](const CheckSpec* spec) { return spec->family == family && spec->metric == metric; };
  // recall of classes and recall@k of ranked lists are rows of one name: the task tells them apart.
  auto hit = std::ranges::find_if(specs, [&](const CheckSpec* spec) { return is_named(spec) && fits(*spec, task); });
  if (hit == specs.end()) hit = std::ranges::find_if(specs, is_named);
  if (hit == specs.end()) {
    const Names averages = averages_of(metric, family, specs, task);
    if (averages.empty()) {
      refuse_unknown(entry, family, specs, task);
    } else {
      entry.problems().add(
          entry.value_place("metric"),
          fmt::format("{} of several {} needs an average", metric, task == Task::multilabel ? "labels" : "classes"),
          fmt::format("write {}", one_of(averages)));
    }
    return nullptr;
  }
  if (!fits(**hit, task)) {
    refuse_task(entry, **hit, specs, task);
    return nullptr;
  }
  return lacks_average(entry, **hit, specs, task) ? nullptr : *hit;
}

void check_id(const Section& entry) {
  if (entry.text("id").find('=') == std::string::npos) return;
  entry.problems().add(entry.value_place("id"), "\"id\" holds a \"=\", which sets off slices and attributes in ids",
                       "leave it out");
}

std::string derived_id(const PlannedCheck& check, const Section& entry, std::optional<std::int64_t> batch) {
  std::string id = entry.given("id") ? entry.text("id") : fmt::format("{}.{}", to_string(check.family), check.metric);
  id += fmt::format(".{}", to_string(check.limit.word));
  if (check.attribute) id += ".attribute=" + columns_text(*check.attribute);
  if (!check.klass.empty()) id += ".class=" + check.klass;
  if (batch) id += fmt::format(".batch={}", *batch);
  if (entry.given("load")) id += ".load=" + entry.text("load");
  return id_text(id);
}

std::string identity(const PlannedCheck& check) {
  std::string text = check.base_id;
  if (!check.slice) return text;
  for (const std::string& column : check.slice->columns) text += "." + id_text(column);
  return text;
}

void check_unique_ids(std::span<const CheckEntry> entries, Problems& problems) {
  std::map<std::string, const PlannedCheck*> first;
  for (const CheckEntry& entry : entries) {
    for (const PlannedCheck& check : entry.planned) {
      const auto [known, is_new] = first.try_emplace(identity(check), &check);
      if (is_new) continue;
      const bool arrivals = known->second->shape != check.shape;  // batch and load would have kept the ids apart
      problems.add(
          entry.metric,
          fmt::format("two checks have the id \"{}\" (lines {} and {})", known->first, known->second->line, check.line),
          fmt::format("{}give one of them an id of its own: id: NAME",
                      arrivals ? "rate and clients do not stand in ids; " : ""));
    }
  }
}

}  // namespace modelgate
