// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "gate/config/extends.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/limits.hpp"
#include "gate/config/loosening.hpp"
#include "gate/config/quantity.hpp"

namespace modelgate {
namespace {

/// One limit of an entry in one place: what has one id in the reports.
struct Single {
  std::string identity;
  YamlNode entry;
};

std::string text_at(const YamlNode& map, std::string_view key) {
  const YamlNode* const value = map.kind == YamlNode::Kind::map ? map.find(key) : nullptr;
  return value == nullptr ? std::string{} : value->text;
}

/// recall@0.010 and recall@0.01 are one metric.
std::string metric_of(const YamlNode& entry) {
  const std::string metric = text_at(entry, "metric");
  const std::size_t at = metric.find('@');
  const auto number = at == std::string::npos ? std::nullopt : parse_number(std::string_view{metric}.substr(at + 1));
  return number ? fmt::format("{}@{:.15g}", metric.substr(0, at), *number) : metric;
}

/// "sex & age" without the spaces around its columns.
std::string columns_of(const YamlNode& scope) {
  std::string text = scope.kind == YamlNode::Kind::map ? text_at(scope, "column") : scope.text;
  std::string joined;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t before = text.find_last_not_of(' ', i);
    const std::size_t after = text.find_first_not_of(' ', i);
    const bool around = text[i] == ' ' && (before == std::string::npos || after == std::string::npos ||
                                           text[before] == '&' || text[after] == '&');
    if (!around) joined += text[i];
  }
  return joined;
}

void keep_item(YamlNode& entry, std::string_view key, const YamlNode& item, bool as_list) {
  YamlNode& value = *entry.find(key);
  YamlNode kept = item;
  if (as_list) {
    value.items = {std::move(kept)};
  } else {
    value = std::move(kept);
  }
}

/// The elements of a list, the value itself, or one null where the key is not there.
std::vector<const YamlNode*> elements(const YamlNode& entry, std::string_view key) {
  const YamlNode* const value = entry.find(key);
  if (value == nullptr || value->kind != YamlNode::Kind::list) return {value};
  std::vector<const YamlNode*> items(value->items.size());
  std::ranges::transform(value->items, items.begin(), [](const YamlNode& item) { return &item; });
  return items;
}

/// Adds one single for each slice and each attribute, or one where there are neither.
void add_places(const YamlNode& entry, const std::string& identity, std::vector<Single>& singles) {
  const bool somewhere = entry.find("slices") != nullptr || entry.find("attributes") != nullptr;
  if (!somewhere) singles.push_back({identity, entry});
  for (const auto& [key, other] : {std::pair{"slices", "attributes"}, std::pair{"attributes", "slices"}}) {
    if (entry.find(key) == nullptr) continue;
    for (const YamlNode* const item : elements(entry, key)) {
      Single single{fmt::format("{} {}={}", identity, key, columns_of(*item)), entry};
      keep_item(single.entry, key, *item, true);
      single.entry.erase(other);
      singles.push_back(std::move(single));
    }
  }
}

/// An entry as the checks that it stands for, in the order of the plan.
std::vector<Single> singles_of(const YamlNode& entry) {
  std::vector<Single> singles;
  if (entry.kind != YamlNode::Kind::map) return singles;
  const std::string id = text_at(entry, "id");
  for (const LimitWord word : all_limit_words) {
    if (entry.find(to_string(word)) == nullptr) continue;
    YamlNode one = entry;
    for (const LimitWord other : all_limit_words) {
      if (other != word) one.erase(to_string(other));
    }
    if (word != LimitWord::max_regression) one.erase("hard_margin");
    for (const YamlNode* const batch : elements(entry, "batch")) {
      if (batch != nullptr) keep_item(one, "batch", *batch, false);
      const std::string identity =
          fmt::format("{}.{} class={} batch={} load={}", id.empty() ? metric_of(entry) : id, to_string(word),
                      text_at(entry, "class"), batch == nullptr ? "" : batch->text, text_at(entry, "load"));
      add_places(one, identity, singles);
    }
  }
  return singles;
}

/// What the limits of a guard leave open where no hard_margin is written: three margins.
std::optional<YamlNode> implied_hard_margin(const YamlNode& entry) {
  const YamlNode* const margin = entry.find("max_regression");
  const auto quantity = margin == nullptr ? std::nullopt : parse_quantity(margin->text);
  if (!quantity) return std::nullopt;
  YamlNode node = unplaced(fmt::format("{:.15g}{}", default_hard_factor * quantity->value, quantity->unit));
  node.place = margin->place;
  return node;
}

/// Merges the checks of one family of both files.
class Merger {
 public:
  Merger(const YamlNode& parent_root, Problems& problems)
      : gate_policy_(parent_root.find("on_inconclusive")), problems_(problems) {}

  YamlNode merge(const YamlNode& own, const YamlNode& parent) {
    read_parent(parent);
    std::vector<YamlNode> additions;
    for (const YamlNode& entry : own.items) add(entry, additions);
    YamlNode merged = parent;
    merged.items.clear();
    for (std::size_t i = 0; i < parents_.size(); ++i) {
      if (!touched_.contains(i)) {
        merged.items.push_back(parent.items[i]);
        continue;
      }
      for (Single& single : parents_[i]) merged.items.push_back(std::move(single.entry));
    }
    merged.items.insert(merged.items.end(), additions.begin(), additions.end());
    return merged;
  }

 private:
  void read_parent(const YamlNode& parent) {
    for (const YamlNode& entry : parent.items) {
      parents_.push_back(singles_of(entry));
      for (std::size_t j = 0; j < parents_.back().size(); ++j)
        known_.try_emplace(parents_.back()[j].identity, parents_.size() - 1, j);
    }
  }

  /// What the gate file says of a check of the parent goes into it, the rest of the entry is added.
  void add(const YamlNode& entry, std::vector<YamlNode>& additions) {
    const std::vector<Single> singles = singles_of(entry);
    const bool heir = std::ranges::any_of(singles, [&](const Single& one) { return known_.contains(one.identity); });
    if (!heir) {
      additions.push_back(entry);
      return;
    }
    for (const Single& single : singles) {
      const auto hit = known_.find(single.identity);
      if (hit == known_.end() || !met_.insert(single.identity).second) {
        additions.push_back(single.entry);  // a second one of the same id is refused where ids are held to be unique
        continue;
      }
      const auto [i, j] = hit->second;
      touched_.insert(i);
      tighten(parents_[i][j].entry, single.entry);
    }
  }

  void tighten(YamlNode& theirs, YamlNode own) {
    own.over = theirs.place;
    check_metric(theirs, own);
    check_unwritten(theirs, own);
    for (const std::string_view scope : {"slices", "attributes"}) merge_scope(theirs, own, scope);
    const bool own_margin = own.find("hard_margin") != nullptr;
    inherit_keys(own, &theirs, Where::check, theirs.place, problems_);
    const YamlNode* const word = own.find("on_inconclusive");
    if (!own_margin && word != nullptr && word->place.file == 0 && word->text != "guard") own.erase("hard_margin");
    theirs = std::move(own);
  }

  /// One id, two metrics: the check that was asked for would be gone.
  void check_metric(const YamlNode& theirs, const YamlNode& own) {
    if (metric_of(theirs) == metric_of(own)) return;
    problems_.add(own.find("metric")->place,
                  fmt::format("the check \"{}\" is of another metric already", text_at(own, "id")),
                  "give it another id", theirs.find("metric")->place, "it stands here");
  }

  /// What the parent's check means without writing it down: the gate's policy, and three margins of a guard.
  void check_unwritten(const YamlNode& theirs, const YamlNode& own) {
    const YamlNode* policy = theirs.find("on_inconclusive");
    const YamlNode* const word = own.find("on_inconclusive");
    const YamlNode* const hard = own.find("hard_margin");
    if (policy == nullptr && gate_policy_ != nullptr && word != nullptr)
      refuse_loosening("on_inconclusive", *word, *gate_policy_);
    if (policy == nullptr) policy = gate_policy_;
    if (hard == nullptr || theirs.find("hard_margin") != nullptr || text_of(policy) != "guard") return;
    if (const auto implied = implied_hard_margin(theirs)) refuse_loosening("hard_margin", *hard, *implied);
  }

  static std::string text_of(const YamlNode* node) { return node == nullptr ? std::string{} : node->text; }

  void refuse_loosening(std::string_view key, const YamlNode& own, const YamlNode& theirs) {
    if (auto loose = loosening_of(*find_key(Where::check, key), own, theirs))
      problems_.add(own.place, std::move(loose->what), std::move(loose->hint), theirs.place,
                    key == "hard_margin" ? "without hard_margin three margins count here" : "it stands here");
  }

  /// The one slice or attribute of both, with the values that the parent names.
  void merge_scope(const YamlNode& theirs, YamlNode& own, std::string_view key) {
    const YamlNode* const before = theirs.find(key);
    YamlNode* const list = own.find(key);
    if (before == nullptr || list == nullptr) return;
    const YamlNode& scope = before->items.front();
    YamlNode& wanted = list->items.front();
    const YamlNode* const values = scope.kind == YamlNode::Kind::map ? scope.find("values") : nullptr;
    const YamlNode* const named = wanted.kind == YamlNode::Kind::map ? wanted.find("values") : nullptr;
    if (named == nullptr) {
      wanted = scope;
    } else if (values == nullptr) {
      problems_.add(named->place, "\"values\" picks some of the values, where all are judged", "leave it out",
                    scope.place, "it stands here");
    } else if (auto loose = loosening_of(*find_key(Where::slice, "values"), *named, *values)) {
      problems_.add(named->place, std::move(loose->what), std::move(loose->hint), values->place, "it stands here");
    } else if (key == "attributes" && named->items.size() > values->items.size()) {
      // Pairs with further groups would share the error budget of the policy's pairs.
      problems_.add(named->place, "\"values\" names groups beyond those that are compared already",
                    "write them as a check of its own, with an id", values->place, "it stands here");
    }
  }

  const YamlNode* gate_policy_;
  Problems& problems_;
  std::vector<std::vector<Single>> parents_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> known_;
  std::set<std::string> met_;
  std::set<std::size_t> touched_;
};

}  // namespace

YamlNode inherited_checks(const YamlNode* own, const YamlNode* parent, const YamlNode& parent_root,
                          Problems& problems) {
  if (own == nullptr || parent == nullptr) return own == nullptr ? *parent : *own;
  return Merger(parent_root, problems).merge(*own, *parent);
}

}  // namespace modelgate
