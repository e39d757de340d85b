// SPDX-License-Identifier: Apache-2.0
#include "gate/config/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "gate/config/clean_text.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/suggest.hpp"

namespace modelgate {
namespace {

/// One override on its way into the tree.
struct Wanted {
  std::string section;  ///< "candidate"
  std::string key;      ///< "model"
  std::string value;
  Place place;

  std::string full_key() const { return section + "." + key; }
};

bool is_model(std::string_view section) { return section == "candidate" || section == "production"; }
bool is_source(std::string_view key) { return key == "model" || key == "predictions"; }

bool names_predictions(std::string_view path) {
  return path == "dataset" || path.ends_with(".parquet") || path.ends_with(".csv");
}

/// Every key that --set reaches, as "section.key".
std::vector<std::string> settable_keys() {
  std::vector<std::string> reachable;
  for (const Key& section : all_keys()) {
    if (section.where != Where::top || section.shape != Shape::section) continue;
    for (const Key& key : all_keys()) {
      if (key.where == section.inside && key.settable)
        reachable.push_back(fmt::format("{}.{}", section.name, key.name));
    }
  }
  return reachable;
}

YamlNode scalar(std::string text, Place place) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.place = place;
  node.text = std::move(text);
  return node;
}

void put(YamlNode& map, std::string_view key, YamlNode value) {
  const Place place = value.place;
  map.erase(key);
  map.keys.push_back({std::string{key}, place});
  map.items.push_back(std::move(value));
}

/// A model by another path is another model: what the gate file says of the old one's version and columns goes with it.
/// The pin stays, so that no command line gets around it.
void forget_old_model(YamlNode& section) {
  for (const std::string_view key : {"model", "predictions", "version", "columns"}) section.erase(key);
}

/// Recorded predictions take no inputs and have no tuple or dict: how the old model was fed and read goes with it, too.
void forget_how_it_ran(YamlNode& section) {
  section.erase("inputs");
  YamlNode* output = section.find("output");
  if (output == nullptr || output->kind != YamlNode::Kind::map) return;
  output->erase("index");
  output->erase("name");
  if (output->items.empty()) section.erase("output");
}

void apply(YamlNode& root, const Wanted& wanted) {
  YamlNode* section = root.find(wanted.section);
  if (section == nullptr || section->kind != YamlNode::Kind::map) {
    YamlNode made;
    made.kind = YamlNode::Kind::map;
    made.place = wanted.place;
    put(root, wanted.section, std::move(made));
    section = root.find(wanted.section);
  }
  if (is_model(wanted.section) && is_source(wanted.key)) forget_old_model(*section);
  if (is_model(wanted.section) && wanted.key == "predictions") forget_how_it_ran(*section);
  put(*section, wanted.key, scalar(wanted.value, wanted.place));
}

std::optional<Wanted> parse_set(const std::string& set, Problems& problems) {
  const Place place = problems.add_argument("--set " + set);
  const std::size_t equals = set.find('=');
  const std::string key = set.substr(0, equals);
  const std::vector<std::string> reachable = settable_keys();
  if (std::ranges::find(reachable, key) == reachable.end()) {
    const std::vector<std::string_view> names{reachable.begin(), reachable.end()};
    std::string otherwise =
        "limits and policy change in the reviewed file alone; --set reaches models (not their pins), "
        "dataset.path and runtime (not isolation)";
    problems.add(place, fmt::format("--set does not reach \"{}\"", key),
                 did_you_mean(key, names, std::move(otherwise)));
    return std::nullopt;
  }
  if (equals == std::string::npos || equals + 1 == set.size()) {
    problems.add(place, fmt::format("\"{}\" has no value", key), fmt::format("write --set {}=VALUE", key));
    return std::nullopt;
  }
  const std::size_t dot = key.find('.');
  return Wanted{key.substr(0, dot), key.substr(dot + 1), set.substr(equals + 1), place};
}

std::vector<Wanted> wanted_by(const PlanRequest& request, Problems& problems) {
  std::vector<Wanted> all;
  const auto option = [&](std::string_view name, std::string section, std::string key, const std::string& value) {
    if (value.empty()) return;
    const Place place = problems.add_argument(fmt::format("{} {}", name, value));
    all.push_back({std::move(section), std::move(key), value, place});
  };
  const auto source = [](const std::string& path) { return names_predictions(path) ? "predictions" : "model"; };
  option("--candidate", "candidate", source(request.candidate), request.candidate);
  option("--production", "production", source(request.production), request.production);
  option("--dataset", "dataset", "path", request.dataset);
  if (request.seed) option("--seed", "runtime", "seed", std::to_string(*request.seed));
  for (const std::string& set : request.sets) {
    if (auto wanted = parse_set(set, problems)) all.push_back(std::move(*wanted));
  }
  // A version set beside a path belongs to the new model: it is applied after it.
  std::ranges::stable_partition(all, [](const Wanted& w) { return !is_model(w.section) || is_source(w.key); });
  return all;
}

bool same_target(const Wanted& a, const Wanted& b) {
  return a.section == b.section && (a.key == b.key || (is_model(a.section) && is_source(a.key) && is_source(b.key)));
}

}  // namespace

std::vector<Override> apply_overrides(YamlNode& root, const PlanRequest& request, Problems& problems) {
  const std::vector<Wanted> all = wanted_by(request, problems);
  std::vector<Override> applied;
  for (auto wanted = all.begin(); wanted != all.end(); ++wanted) {
    if (std::any_of(all.begin(), wanted, [&](const Wanted& earlier) { return same_target(earlier, *wanted); })) {
      problems.add(wanted->place, fmt::format("{} is given twice on the command line", wanted->full_key()), "keep one");
      continue;
    }
    if (first_bad_text(wanted->value)) {
      problems.add(wanted->place, "the value is not UTF-8 text without control characters");
      continue;
    }
    if (root.kind == YamlNode::Kind::map) apply(root, *wanted);
    applied.push_back({wanted->full_key(), wanted->value});
  }
  return applied;
}

}  // namespace modelgate
