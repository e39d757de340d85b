// SPDX-License-Identifier: Apache-2.0
#include "gate/config/keys.hpp"

#include <algorithm>

#include "gate/config/key_tables.hpp"

namespace modelgate {

std::span<const Key> all_keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> joined;
    for (const auto part : {gate_keys(), data_keys(), check_keys(), terms_keys()})
      joined.insert(joined.end(), part.begin(), part.end());
    return joined;
  }();
  return keys;
}

bool is_merged(Where where) {
  return where == Where::top || std::ranges::any_of(all_keys(), [&](const Key& key) {
           return key.heir == Heir::parts && key.shape == Shape::section && key.inside == where;
         });
}

const Key* find_key(Where where, std::string_view name) {
  const auto keys = all_keys();
  const auto hit = std::ranges::find_if(keys, [&](const Key& k) { return k.where == where && k.name == name; });
  return hit == keys.end() ? nullptr : &*hit;
}

std::string_view to_string(Where where) {
  constexpr std::string_view names[]{"top",       "model", "signature", "output",        "dataset", "label",
                                     "weight",    "input", "runtime",   "families",      "check",   "slice",
                                     "tolerance", "costs", "ledger",    "first_release", "reports"};
  return names[static_cast<std::size_t>(where)];
}

std::vector<std::string_view> names_in(Where where) {
  std::vector<std::string_view> names;
  for (const Key& key : all_keys()) {
    if (key.where == where) names.push_back(key.name);
  }
  return names;
}

std::vector<std::string_view> words_of(std::string_view joined) {
  std::vector<std::string_view> words;
  while (!joined.empty()) {
    const std::size_t bar = joined.find('|');
    words.push_back(joined.substr(0, bar));
    joined.remove_prefix(bar == std::string_view::npos ? joined.size() : bar + 1);
  }
  return words;
}

}  // namespace modelgate
