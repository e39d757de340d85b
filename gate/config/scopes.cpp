// SPDX-License-Identifier: Apache-2.0
#include "gate/config/scopes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "gate/config/limits.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/measured.hpp"

namespace modelgate {
namespace {

constexpr std::array<std::pair<std::string_view, ScopeKey>, 11> scope_keys{
    {{"slices", ScopeKey::slices},
     {"attributes", ScopeKey::attributes},
     {"class", ScopeKey::klass},
     {"batch", ScopeKey::batch},
     {"min_rows", ScopeKey::min_rows},
     {"min_group_size", ScopeKey::min_group_size},
     {"small_groups", ScopeKey::min_group_size},
     {"reference_group", ScopeKey::reference_group},
     {"load", ScopeKey::load},
     {"rate", ScopeKey::load},
     {"clients", ScopeKey::load}}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "sex & age_band" → its columns; a problem and nothing if it is no column or crossing of two.
std::vector<std::string> columns_of(const YamlNode& item, Problems& problems) {
  std::vector<std::string> columns;
  std::string_view rest = item.text;
  while (true) {
    const std::size_t cut = rest.find('&');
    columns.emplace_back(trimmed(rest.substr(0, cut)));
    if (columns.back().empty()) {
      problems.add(item.place, fmt::format("\"{}\" lacks a column", item.text), "write \"a & b\"");
      return {};
    }
    if (cut == std::string_view::npos) break;
    rest.remove_prefix(cut + 1);
  }
  if (columns.size() > 2) {
    problems.add(item.place, fmt::format("\"{}\" crosses {} columns", item.text, columns.size()),
                 "a crossing has two columns");
    return {};
  }
  if (columns.size() == 2 && columns.front() == columns.back()) {
    problems.add(item.place, fmt::format("\"{}\" crosses a column with itself", item.text));
    return {};
  }
  return columns;
}

void check_class(const Section& entry, Task task) {
  if (task == Task::multiclass || task == Task::multilabel) return;
  entry.problems().add(entry.key_place("class"),
                       fmt::format("\"class\" picks one of several classes; this task is {}", to_string(task)),
                       "remove it");
}

/// The reference is a group of one attribute, and one of its values where those are declared.
void check_reference_group(const Section& entry) {
  const YamlNode* const attributes = entry.node("attributes");
  if (!entry.given("reference_group") || attributes == nullptr) return;
  if (attributes->items.size() > 1) {
    entry.problems().add(
        entry.key_place("reference_group"),
        fmt::format("\"reference_group\" is a group of one attribute; this check has {}", attributes->items.size()),
        "give each attribute a check of its own");
    return;
  }
  const YamlNode& attribute = attributes->items.front();
  const YamlNode* const declared = attribute.kind == YamlNode::Kind::map ? attribute.find("values") : nullptr;
  const std::string wanted = entry.text("reference_group");
  if (declared == nullptr || declared->items.empty()) return;
  std::vector<std::string_view> values(declared->items.size());
  std::ranges::transform(declared->items, values.begin(), &YamlNode::text);
  if (std::ranges::find(values, wanted) != values.end()) return;
  entry.problems().add(entry.value_place("reference_group"),
                       fmt::format("\"reference_group\" {} is not among the attribute's values", wanted),
                       did_you_mean(wanted, values, fmt::format("choices: {}", one_of(values))));
}

/// server has a rate and absolute limits; the other loads have neither rate nor clients.
void check_load(const Section& entry) {
  Problems& problems = entry.problems();
  if (entry.text("load") != "server") {
    if (entry.written("load") && !entry.given("load")) return;  // refused already, and may mean server
    for (const std::string_view key : {"rate", "clients"}) {
      if (entry.written(key))
        problems.add(entry.key_place(key), fmt::format("\"{}\" belongs to load: server", key),
                     "write load: server, or remove it");
    }
    return;
  }
  if (!entry.written("rate")) {
    problems.add(entry.value_place("load"), "\"load: server\" needs \"rate\"",
                 "write rate: 100/s, the requests a second of all clients together");
  }
  for (const LimitWord word : all_limit_words) {
    if (!is_relative(word) || !entry.written(to_string(word))) continue;
    problems.add(
        entry.key_place(to_string(word)),
        fmt::format("\"{}\" compares with production, and load: server is for absolute limits only: near the "
                    "model's capacity a small slow-down multiplies the waiting, so that a ratio says more of "
                    "the rate than of the models",
                    to_string(word)),
        "write a limit on the candidate itself (latency_p99 with max: 20ms), or load: single_stream or offline");
  }
}

/// What is no number beside a number is equal or not, and a limit on differences says itself what is too much.
void check_tolerance(const Section& entry, const CheckSpec& spec) {
  if (!entry.written("tolerance") || spec.takes_tolerance) return;
  entry.problems().add(entry.key_place("tolerance"), fmt::format("\"tolerance\" does not apply to {}", spec.metric),
                       is_of_outputs(spec.family) ? "remove it, or judge by mismatched_rows" : "remove it");
}

}  // namespace

void check_scope_keys(const Section& entry, const CheckSpec& spec, Task task) {
  Problems& problems = entry.problems();
  for (const auto& [key, flag] : scope_keys) {
    if (!entry.written(key) || has(spec.scope, flag)) continue;
    problems.add(entry.key_place(key), fmt::format("\"{}\" does not apply to {}", key, spec.metric), "remove it");
  }
  check_tolerance(entry, spec);
  if (entry.written("class") && has(spec.scope, ScopeKey::klass)) check_class(entry, task);
  if (has(spec.scope, ScopeKey::reference_group)) check_reference_group(entry);
  if (has(spec.scope, ScopeKey::load)) check_load(entry);
  if (entry.written("min_rows") && has(spec.scope, ScopeKey::min_rows) && !entry.written("slices")) {
    problems.add(entry.key_place("min_rows"), "\"min_rows\" of a check is for its slices, and it has none",
                 "dataset.min_rows is for all rows");
  }
  const bool for_groups = spec.family == Family::bias && has(spec.scope, ScopeKey::attributes);
  if (for_groups && !entry.written("attributes")) {
    problems.add(entry.value_place("metric"), fmt::format("{} needs \"attributes\"", spec.metric),
                 "write attributes: [COLUMN]");
  }
}

std::vector<Scope> read_scopes(const Section& entry, std::string_view key) {
  std::vector<Scope> scopes;
  const YamlNode* const list = entry.node(key);
  if (list == nullptr) return scopes;
  for (const YamlNode& item : list->items) {
    if (item.kind == YamlNode::Kind::map) {
      const Section section(&item, Where::slice, item.place, entry.problems());
      if (section.given("column")) scopes.push_back({{section.text("column")}, section.texts("values")});
    } else if (auto columns = columns_of(item, entry.problems()); !columns.empty()) {
      scopes.push_back({std::move(columns), {}});
    }
  }
  return scopes;
}

}  // namespace modelgate
