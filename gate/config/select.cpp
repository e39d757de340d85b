// SPDX-License-Identifier: Apache-2.0
#include "gate/config/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "gate/config/suggest.hpp"
#include "gate/core/check_id.hpp"

namespace modelgate {
namespace {

std::vector<std::string> words_in(std::span<const std::string> only) {
  std::vector<std::string> words;
  for (const std::string& argument : only) {
    std::string_view rest = argument;
    while (true) {
      const std::size_t comma = rest.find(',');
      words.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return words;
}

bool is_prefix_to_dot(std::string_view id, std::string_view prefix) {
  return !prefix.empty() && id.starts_with(prefix) && (id.size() == prefix.size() || id[prefix.size()] == '.');
}

/// The id of one slice's result selects its declaration, so that a line of the report can be pasted.
bool is_result_of(std::string_view word, const PlannedCheck& check) {
  if (!check.slice) return false;
  const std::string stem = check.base_id + "." + id_text(check.slice->columns.front());
  return word.starts_with(stem + "=");
}

bool selects(std::string_view word, const PlannedCheck& check) {
  return word == to_string(check.family) || is_prefix_to_dot(check.base_id, word) || is_result_of(word, check);
}

std::string hint_for(std::string_view word, const std::vector<PlannedCheck>& checks) {
  std::vector<std::string_view> names;
  for (const PlannedCheck& check : checks) {
    for (const std::string_view name : {to_string(check.family), std::string_view{check.base_id}}) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return did_you_mean(word, names, "write a family, a check's id, or the beginning of ids up to a dot");
}

}  // namespace

void select_checks(std::vector<PlannedCheck>& checks, std::span<const std::string> only, Problems& problems) {
  if (only.empty()) return;
  for (PlannedCheck& check : checks) check.selected = false;
  for (const std::string& word : words_in(only)) {
    bool found = false;
    for (PlannedCheck& check : checks) {
      if (!selects(word, check)) continue;
      check.selected = true;
      found = true;
    }
    if (!found) {
      problems.add(problems.add_argument("--only " + word), fmt::format("no check is named \"{}\"", word),
                   hint_for(word, checks));
    }
  }
}

}  // namespace modelgate
