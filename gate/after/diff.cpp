// SPDX-License-Identifier: Apache-2.0
#include "gate/after/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

std::string short_digest(const std::string& sha256) { return sha256.empty() ? "unknown" : sha256.substr(0, 12); }

std::string scope_words(const Verdict& verdict) { return is_partial(verdict) ? "partial" : "full"; }

std::string verdict_words(const Verdict& verdict) {
  return fmt::format("{} (exit {}, scope {}; {})", to_string(verdict.kind), static_cast<int>(verdict.exit_code),
                     scope_words(verdict), counts_sentence(verdict));
}

DiffSection verdict_section(const Verdict& before, const Verdict& after) {
  DiffSection section{"Verdict", {}};
  if (before.kind != after.kind || before.exit_code != after.exit_code || is_partial(before) != is_partial(after))
    section.lines.push_back(fmt::format("{} → {}", verdict_words(before), verdict_words(after)));
  return section;
}

std::string model_words(const ModelRecord& model) {
  if (!model.present) return "none";
  return fmt::format("{} (sha256 {})", clean_line(model.version.empty() ? model.path : model.version, 200),
                     short_digest(model.sha256));
}

class Judged {
 public:
  void add(std::string_view what, const std::string& before, const std::string& after) {
    if (before != after) section_.lines.push_back(fmt::format("{}: {} → {}", what, before, after));
  }
  /// A digest that changes says so even where the name is the same.
  void add_digest(std::string_view what, const std::string& before, const std::string& after) {
    if (before != after) add(what, short_digest(before), short_digest(after));
  }
  DiffSection take() { return std::move(section_); }

 private:
  DiffSection section_{"What was judged", {}};
};

std::string overrides_words(const Plan& plan) {
  std::string text;
  for (const Override& one : plan.overrides) text += (text.empty() ? "" : ", ") + override_text(one);
  return text.empty() ? "none" : text;
}

void add_models(Judged& judged, const StoredReport& before, const StoredReport& after) {
  for (const Role role : both_roles) {
    const ModelRecord& one = before.run.models[index_of(role)];
    const ModelRecord& other = after.run.models[index_of(role)];
    const bool same = one.present == other.present && one.sha256 == other.sha256 && one.version == other.version;
    if (!same) judged.add(to_string(role), model_words(one), model_words(other));
    judged.add_digest(fmt::format("{} signed by key sha256", to_string(role)), one.signed_by, other.signed_by);
  }
}

DiffSection judged_section(const StoredReport& before, const StoredReport& after) {
  Judged judged;
  add_models(judged, before, after);
  judged.add_digest("golden data, sha256", before.run.dataset_sha256, after.run.dataset_sha256);
  judged.add("rows", count_text(before.run.dataset_rows), count_text(after.run.dataset_rows));
  judged.add_digest("effective gate, sha256", before.plan.gate_sha256, after.plan.gate_sha256);
  judged.add_digest("parent of the gate file, sha256", before.plan.extends_sha256, after.plan.extends_sha256);
  judged.add_digest("waivers, sha256", before.run.waivers_sha256, after.run.waivers_sha256);
  judged.add("overrides", overrides_words(before.plan), overrides_words(after.plan));
  judged.add("seed", std::to_string(before.plan.runtime.seed), std::to_string(after.plan.runtime.seed));
  judged.add("modelgate", clean_line(before.run.tool_version, 40), clean_line(after.run.tool_version, 40));
  return judged.take();
}

}  // namespace

ReportDiff diff_of(const StoredReport& before, const StoredReport& after) {
  ReportDiff diff;
  diff.gate = clean_line(after.plan.name, 200);
  if (before.plan.name != after.plan.name)
    diff.sections.push_back(
        {"Different gates",
         {fmt::format("{} → {}: these reports are not of one gate", clean_line(before.plan.name, 200), diff.gate)}});
  diff.sections.push_back(verdict_section(before.verdict, after.verdict));
  diff.sections.push_back(judged_section(before, after));
  add_check_sections(diff, before.verdict, after.verdict);
  std::erase_if(diff.sections, [](const DiffSection& section) { return section.lines.empty(); });
  return diff;
}

}  // namespace modelgate
