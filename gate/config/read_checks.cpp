// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "gate/config/check_names.hpp"
#include "gate/config/limits.hpp"
#include "gate/config/metric_name.hpp"
#include "gate/config/quantity.hpp"
#include "gate/config/read.hpp"
#include "gate/config/scopes.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/measured.hpp"

namespace modelgate {
namespace {

OnInconclusive on_inconclusive_from(std::string_view word) {
  if (word == "guard") return OnInconclusive::guard;
  return word == "warn" ? OnInconclusive::warn : OnInconclusive::block;
}

/// Reads one entry of a family into its planned checks.
class EntryReader {
 public:
  EntryReader(const Section& section, Family family, const YamlNode& item, const Scene& scene)
      : section_(section), family_(family), place_(item.place), scene_(scene) {}

  CheckEntry read(std::span<const CheckSpec* const> specs, OnInconclusive gate_policy) {
    CheckEntry entry;
    entry.metric = section_.value_place("metric");
    if (!section_.given("metric")) return entry;
    entry.spec = find_metric(section_, family_, specs, scene_.task);
    if (entry.spec == nullptr) return entry;
    const CheckSpec& spec = *entry.spec;
    check_scope_keys(section_, spec, scene_.task);
    check_id(section_);
    check_confidence(spec);
    PlannedCheck base = read_policy(gate_policy);
    base.spec = &spec;
    const MetricName name = read_metric_name(section_, spec);
    base.metric = name.text;
    base.parameter = name.parameter;
    const auto hard_margin = read_hard_margin(section_, spec, base.on_inconclusive);
    for (const Limit& limit : read_limits(section_, spec)) {
      base.limit = limit;
      base.hard_margin = limit.word == LimitWord::max_regression ? hard_margin : std::nullopt;
      spread(base, entry.planned);
    }
    return entry;
  }

 private:
  /// A key without effect would promise what nobody keeps.
  void check_confidence(const CheckSpec& spec) const {
    if (!(is_measured(family_) || is_of_outputs(family_)) || !section_.written("confidence")) return;
    scene_.problems.add(
        section_.key_place("confidence"), fmt::format("\"confidence\" does not apply to {}", spec.metric),
        is_of_outputs(family_)
            ? "outputs are compared with outputs, without error; remove it"
            : "what is timed in rounds has fixed levels, one for each look; remove it, or ask for a smaller margin");
  }

  PlannedCheck read_policy(OnInconclusive gate_policy) {
    PlannedCheck base;
    base.family = family_;
    base.line = place_.line;
    if (place_.file > 0) base.file = scene_.problems.file_of(place_);
    base.klass = section_.text("class");
    base.min_rows = static_cast<std::size_t>(section_.whole("min_rows"));
    base.min_group_size = static_cast<std::size_t>(section_.whole("min_group_size"));
    base.severity = section_.text("severity") == "warn" ? Severity::warn : Severity::block;
    base.on_inconclusive =
        section_.given("on_inconclusive") ? on_inconclusive_from(section_.text("on_inconclusive")) : gate_policy;
    base.on_not_assessable =
        section_.text("on_not_assessable") == "warn" ? OnNotAssessable::warn : OnNotAssessable::block;
    base.owner = section_.text("owner");
    base.note = section_.text("note");
    base.confidence = section_.number("confidence");
    base.tolerance = read_tolerance();
    base.reference_group = section_.text("reference_group");
    base.shape = read_load();
    base.small_groups_listed = section_.text("small_groups") == "report";
    return base;
  }

  SameWithin read_tolerance() {
    const YamlNode* const written = section_.node("tolerance");
    if (written == nullptr || written->kind == YamlNode::Kind::scalar)
      return {.absolute = section_.number("tolerance")};
    const Section parts = section_.section("tolerance");
    return {.absolute = parts.number("absolute"), .relative = parts.number("relative")};
  }

  LoadShape read_load() {
    LoadShape shape;
    const std::string word = section_.text("load");
    if (word == "offline") shape.load = Load::offline;
    if (word != "server") return shape;
    shape.load = Load::server;
    shape.rate = section_.rate("rate");
    shape.clients = section_.whole("clients");
    return shape;
  }

  /// One planned check for each batch × (overall, or each slice, or each attribute).
  void spread(const PlannedCheck& base, std::vector<PlannedCheck>& planned) {
    const std::vector<Scope> slices = read_scopes(section_, "slices");
    const std::vector<Scope> attributes = read_scopes(section_, "attributes");
    for (const std::optional<std::int64_t> batch : read_batches()) {
      PlannedCheck check = base;
      check.shape.batch = batch.value_or(1);
      const auto add = [&] {
        check.base_id = derived_id(check, section_, batch);
        planned.push_back(check);
      };
      for (const Scope& slice : slices) {
        check.slice = slice;
        add();
      }
      for (const Scope& attribute : attributes) {
        check.attribute = attribute;
        add();
      }
      if (!section_.written("slices") && !section_.written("attributes")) add();
    }
  }

  std::vector<std::optional<std::int64_t>> read_batches() {
    const YamlNode* const written = section_.node("batch");
    if (written == nullptr) return {std::nullopt};
    if (written->kind == YamlNode::Kind::scalar) return {parse_whole(written->text)};
    std::vector<std::optional<std::int64_t>> batches;
    batches.reserve(written->items.size());
    for (const YamlNode& item : written->items) batches.push_back(parse_whole(item.text));
    return batches;
  }

  const Section& section_;
  Family family_;
  Place place_;
  const Scene& scene_;
};

/// A start needs no requests: checks of it take the rounds that others need anyway, by preference those of batch 1.
void share_rounds(std::vector<CheckEntry>& entries) {
  const auto needs_rounds = [](const PlannedCheck& check) { return is_measured(check.family) && !is_exact(check); };
  const auto of_requests = [](const PlannedCheck& check) { return has(check.spec->scope, ScopeKey::batch); };
  std::optional<LoadShape> rounds;
  for (const CheckEntry& entry : entries) {
    for (const PlannedCheck& check : entry.planned) {
      const bool fit = needs_rounds(check) && of_requests(check) && check.shape.load == Load::single_stream;
      if (fit && (!rounds || check.shape < *rounds)) rounds = check.shape;
    }
  }
  if (!rounds) return;
  for (CheckEntry& entry : entries) {
    for (PlannedCheck& check : entry.planned)
      if (needs_rounds(check) && !of_requests(check)) check.shape = *rounds;
  }
}

}  // namespace

std::vector<CheckEntry> read_checks(const Section& top, std::span<const CheckSpec* const> specs,
                                    OnInconclusive on_inconclusive, const Scene& scene) {
  std::vector<CheckEntry> entries;
  const Section families = top.section("checks");
  const YamlNode* const written = top.node("checks");
  if (written == nullptr) return entries;
  if (written->keys.empty())
    scene.problems.add(top.key_place("checks"), "no checks: a gate without any passes nothing");
  for (const NodeKey& key : written->keys) {
    const YamlNode* const list = families.node(key.text);
    const auto family = family_from(key.text);
    if (list == nullptr || !family) continue;
    for (const YamlNode& item : list->items) {
      const Section section(&item, Where::check, item.place, scene.problems);
      entries.push_back(EntryReader(section, *family, item, scene).read(specs, on_inconclusive));
    }
  }
  share_rounds(entries);
  check_unique_ids(entries, scene.problems);
  return entries;
}

}  // namespace modelgate
