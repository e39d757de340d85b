// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string_view>

#include "gate/config/read.hpp"

namespace modelgate {
namespace {

OutputKind kind_of(std::string_view word, Task task) {
  if (word == "probability") return OutputKind::probability;
  if (word == "logit") return OutputKind::logit;
  if (word == "class") return OutputKind::klass;
  if (word == "value") return OutputKind::value;
  if (word == "score") return OutputKind::score;
  if (task == Task::ranking) return OutputKind::score;
  return task == Task::regression ? OutputKind::value : OutputKind::probability;
}

/// The section that decides a key: the model's own before the common one.
const Section& decider(const Section& common, const Section& own, std::string_view key) {
  return own.written(key) ? own : common;
}

void check_kind(const Section& section, OutputKind kind, const Scene& scene) {
  const auto refuse = [&](std::string_view hint) {
    scene.problems.add(section.value_place("kind"),
                       fmt::format("output kind {} does not fit task {}", section.text("kind"), to_string(scene.task)),
                       std::string{hint});
  };
  if (scene.task == Task::regression) {
    if (kind != OutputKind::value) refuse("write kind: value");
  } else if (scene.task == Task::ranking) {
    // a sigmoid of large logits makes ties that the model did not put out
    if (kind != OutputKind::score && kind != OutputKind::probability) refuse("write kind: score");
  } else if (kind == OutputKind::value) {
    refuse("value is for regression");
  }
}

void read_threshold(const Section& section, OutputSpec& output, const Scene& scene) {
  const bool decides = scene.task == Task::binary || scene.task == Task::multilabel;
  if (decides && output.kind != OutputKind::klass && output.kind != OutputKind::score) {
    output.positive_threshold = 0.5;
  }
  if (!section.given("positive_threshold")) return;
  const Place place = section.key_place("positive_threshold");
  const double threshold = section.number("positive_threshold");
  output.positive_threshold = threshold;
  if (!decides) {
    scene.problems.add(place, fmt::format("\"positive_threshold\" is for binary and multilabel tasks; this one is {}",
                                          to_string(scene.task)));
  } else if (output.kind == OutputKind::klass) {
    scene.problems.add(place, "\"positive_threshold\" means nothing where the output is a class");
  } else if (output.kind != OutputKind::score && !(threshold >= 0.0 && threshold <= 1.0)) {
    scene.problems.add(section.value_place("positive_threshold"), "\"positive_threshold\" is a probability: 0 to 1",
                       "logits are turned into probabilities first");
  }
}

void read_element(const Section& common, const Section& own, ModelSource source, OutputSpec& output,
                  const Scene& scene) {
  const bool own_element = own.written("index") || own.written("name");
  const Section& section = own_element ? own : common;
  if (section.given("index") && section.given("name")) {
    scene.problems.add(section.key_place("name"), "\"index\" and \"name\" exclude each other",
                       "index is for a tuple, name for a dict");
  }
  if (own_element && source != ModelSource::live) {
    scene.problems.add(section.key_place(section.written("index") ? "index" : "name"),
                       "recorded predictions have no tuple or dict", "name their column with columns: [NAME]");
  }
  if (source != ModelSource::live) return;
  if (section.given("index")) output.index = section.whole("index");
  output.name = section.text("name");
}

void read_classes(const Section& section, OutputSpec& output, const Scene& scene) {
  if (!section.given("classes")) return;
  output.classes = section.texts("classes");
  const Place place = section.key_place("classes");
  if (scene.task == Task::regression || scene.task == Task::ranking) {
    scene.problems.add(place, fmt::format("\"classes\" is not for {}", to_string(scene.task)), "remove it");
  } else if (scene.task == Task::binary && output.classes.size() != 2) {
    scene.problems.add(place, fmt::format("a binary task has two classes, not {}", output.classes.size()));
  } else if (output.classes.size() < 2) {
    scene.problems.add(place, "\"classes\" needs at least two names");
  }
}

}  // namespace

OutputSpec read_output(const Section& common, const Section& own, ModelSource source, const Scene& scene) {
  OutputSpec output;
  const Section& kind = decider(common, own, "kind");
  output.kind = kind_of(kind.text("kind"), scene.task);
  check_kind(kind, output.kind, scene);
  read_threshold(decider(common, own, "positive_threshold"), output, scene);
  read_element(common, own, source, output, scene);
  read_classes(decider(common, own, "classes"), output, scene);
  return output;
}

}  // namespace modelgate
