// SPDX-License-Identifier: Apache-2.0
#include "gate/config/gate_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "gate/config/extends.hpp"
#include "gate/config/file_bytes.hpp"
#include "gate/config/limits.hpp"
#include "gate/config/overrides.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/read.hpp"
#include "gate/config/resolved_text.hpp"
#include "gate/config/section.hpp"
#include "gate/config/select.hpp"
#include "gate/config/yaml_tree.hpp"
#include "gate/core/check_id.hpp"
#include "gate/integrity/digest.hpp"

namespace modelgate {
namespace {

constexpr std::size_t longest_name = 100;

/// The file's bytes, one more than a gate file may have at most.
Result<std::string> read_bytes(const std::string& path) {
  auto bytes = read_bounded(path);
  if (bytes) return std::move(*bytes);
  if (bytes.error() == "is not there") {
    return usage_error(
        fmt::format("there is no gate file \"{}\"; name another with -c FILE, or let modelgate init --candidate MODEL "
                    "--production MODEL --dataset ROWS write one",
                    path));
  }
  if (bytes.error() == "is not a file")
    return usage_error(fmt::format("the gate file \"{}\" is not a file; name one with -c FILE", path));
  return usage_error(fmt::format("the gate file \"{}\" cannot be read; check its permissions", path));
}

/// Without overrides and a parent it is what sha256sum prints of the gate file.
std::string effective_digest(std::string bytes, const std::optional<Parent>& parent,
                             const std::vector<Override>& overrides) {
  if (parent) bytes += fmt::format("\nextends={}", parent->sha256);
  for (const Override& one : overrides) bytes += fmt::format("\n{}={}", one.key, one.value);
  return sha256_hex(bytes);
}

void read_name(const Section& top, Plan& plan) {
  plan.name = top.text("name");
  if (plan.name.empty()) return;
  const Place place = top.value_place("name");
  const bool begins_well = std::isalnum(static_cast<unsigned char>(plan.name.front())) != 0 && plan.name.back() != ' ';
  if (!is_id_text(plan.name) || !begins_well || plan.name.size() > longest_name) {
    top.problems().add(place, "\"name\" has a character or length that not every JUnit reader keeps",
                       "begin with a letter or digit, go on with those, space . _ - = + ( ) @, at most 100 in all");
  }
}

Task read_task(const Section& top) { return task_from(top.text("task")).value_or(Task::binary); }

OnInconclusive read_policy(const Section& top) {
  const std::string word = top.text("on_inconclusive");
  if (word == "guard") return OnInconclusive::guard;
  return word == "warn" ? OnInconclusive::warn : OnInconclusive::block;
}

void check_first_release(const Section& top, const PlanRequest& request, Problems& problems) {
  const bool has_production = top.written("production");
  if (has_production && request.first_release) {
    problems.add(problems.add_argument("--first-release"), "there is a production model to compare with",
                 "leave --first-release out, or remove \"production\" from the gate file");
  } else if (!has_production && !request.first_release && !top.written("first_release")) {
    problems.add({}, "there is no production model to compare with",
                 "add \"production\", pass --production FILE, or pass --first-release if nothing is deployed yet");
  }
  if (!has_production || !top.written("first_release")) return;
  const Place production = top.key_place("production");
  const std::string where = production.line > 0 ? fmt::format("line {}", production.line) : "the command line";
  problems.add(top.key_place("first_release"),
               fmt::format("\"first_release\" stands beside a production model ({})", where),
               "remove first_release: the candidate is compared with production from now on");
}

/// Tells the planned check which part of it the parent holds already, as one that blocks.
void mark_policy(PlannedCheck& check, const PlannedCheck& theirs) {
  check.of_policy = theirs.severity == Severity::block;
  if (!check.of_policy || !check.slice || !theirs.slice || theirs.slice->values.empty()) return;
  std::ranges::copy_if(check.slice->values, std::back_inserter(check.added_values), [&](const std::string& value) {
    return std::ranges::find(theirs.slice->values, value) == theirs.slice->values.end();
  });
}

/// The checks that the gate file takes over are held to the rules as the parent has them, too.
void check_parent(const Parent& parent, std::span<const CheckSpec* const> specs, OnInconclusive policy,
                  const Scene& scene, std::vector<CheckEntry>& entries) {
  const Section top(&parent.root, Where::top, {}, scene.problems, true);
  std::map<std::string, PlannedCheck> theirs;
  for (CheckEntry& entry : read_checks(top, specs, top.given("on_inconclusive") ? read_policy(top) : policy, scene))
    for (PlannedCheck& check : entry.planned) theirs.try_emplace(check.base_id, std::move(check));
  for (CheckEntry& entry : entries)
    for (PlannedCheck& check : entry.planned)
      if (const auto hit = theirs.find(check.base_id); hit != theirs.end()) mark_policy(check, hit->second);
}

/// Resolves the tree; what is wrong with it stands in problems, and then the plan is not to be used.
Plan resolve(const Section& top, const std::optional<Parent>& parent, const PlanRequest& request,
             std::span<const CheckSpec* const> specs, Problems& problems) {
  Plan plan;
  plan.gate_file = request.gate_file;
  read_name(top, plan);
  plan.task = read_task(top);
  plan.on_inconclusive = read_policy(top);
  plan.allow_identical = top.flag("allow_identical");
  plan.first_release = request.first_release;
  const Scene scene{problems, {folder_of(request.gate_file), parent ? folder_of(parent->file) : ""}, plan.task};
  plan.models = read_models(top, scene);
  plan.dataset = read_dataset(top, scene);
  plan.runtime = read_runtime(top);
  read_terms(top, scene, plan);
  std::vector<CheckEntry> entries = read_checks(top, specs, plan.on_inconclusive, scene);
  if (parent) check_parent(*parent, specs, plan.on_inconclusive, scene, entries);
  check_fit(top, plan, entries, problems);
  check_first_release(top, request, problems);
  for (CheckEntry& entry : entries) {
    for (PlannedCheck& check : entry.planned) {
      if (auto warning = fine_margin_warning(check, plan.runtime.pinned_allocator))
        plan.warnings.push_back(std::move(*warning));
      plan.checks.push_back(std::move(check));
    }
  }
  select_checks(plan.checks, request.only, problems);
  return plan;
}

/// A gate file with what it extends merged into it.
struct ReadFile {
  std::string bytes;
  Problems problems;
  YamlNode root;
  std::optional<Parent> parent;
};

/// An error where nothing of the file can be used; other problems stand in what comes back.
Result<ReadFile> read_gate(const std::string& path) {
  auto bytes = read_bytes(path);
  if (!bytes) return std::unexpected(bytes.error());
  Problems problems(path, *bytes);
  auto root = parse_yaml(*bytes, problems);
  if (!root) return usage_error(problems.text());
  auto parent = read_parent(*root, path, problems);
  if (parent) inherit(*root, parent->root, problems);
  return ReadFile{std::move(*bytes), std::move(problems), std::move(*root), std::move(parent)};
}

}  // namespace

Result<Plan> load_plan(const PlanRequest& request, std::span<const CheckSpec* const> specs) {
  auto read = read_gate(request.gate_file);
  if (!read) return std::unexpected(read.error());
  auto& [bytes, problems, root, parent] = *read;
  if (!problems.empty() && root.find("extends") != nullptr) return usage_error(problems.text());
  std::vector<Override> overrides = apply_overrides(root, request, problems);
  if (parent) settle(root, parent->root, request, problems);
  const Section top(&root, Where::top, {}, problems);
  if (root.kind != YamlNode::Kind::map) return usage_error(problems.text());
  Plan plan = resolve(top, parent, request, specs, problems);
  if (plan.checks.empty() && problems.empty()) problems.add({}, "no checks: a gate without any passes nothing");
  if (!problems.empty()) return usage_error(problems.text());
  plan.gate_sha256 = effective_digest(std::move(bytes), parent, overrides);
  if (parent) {
    plan.extends_file = parent->file;
    plan.extends_sha256 = parent->sha256;
  }
  plan.overrides = std::move(overrides);
  return plan;
}

Result<std::string> resolved_gate_file(const PlanRequest& request) {
  auto read = read_gate(request.gate_file);
  if (!read) return std::unexpected(read.error());
  auto& [bytes, problems, root, parent] = *read;
  if (parent) settle(root, parent->root, request, problems);
  if (!problems.empty()) return usage_error(problems.text());
  return yaml_text(root, request.gate_file, parent ? parent->file : "", problems);
}

std::string gate_name_of(const std::string& gate_file) {
  const auto bytes = read_bytes(gate_file);
  if (!bytes) return {};
  Problems problems(gate_file, *bytes);
  const auto root = parse_yaml(*bytes, problems);
  if (!root || root->kind != YamlNode::Kind::map) return {};
  const YamlNode* name = root->find("name");
  const bool usable = name != nullptr && name->kind == YamlNode::Kind::scalar && is_id_text(name->text);
  return usable && name->text.find_first_not_of(". ") != std::string::npos ? name->text : std::string{};
}

}  // namespace modelgate
