// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "gate/core/number_text.hpp"
#include "gate/report/html/page.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// "recall_at_fpr@0.01" → "accuracy.recall_at_fpr": what explain knows. Two families may have a metric of one name.
std::string metric_of(const CheckResult& result) {
  const std::string metric = clean_line(result.planned.metric, 200);
  return fmt::format("{}.{}", to_string(result.planned.family), metric.substr(0, metric.find('@')));
}

/// An address that a page may link: nothing but the web's own two schemes, in one word.
bool is_web_address(std::string_view text) {
  const bool web = text.starts_with("https://") || text.starts_with("http://");
  return web && text.find_first_of(" \"'<>\\") == std::string_view::npos;
}

class RunFacts {
 public:
  explicit RunFacts(Markup& html) : html_(html) {}

  void text(std::string_view name, std::string_view value) {
    const std::string clean = clean_line(value, 2'000);
    if (clean.empty()) return;
    html_.leaf("dt", name);
    html_.leaf("dd", clean);
    html_.line();
  }
  void code(std::string_view name, std::string_view value) {
    const std::string clean = clean_line(value, 2'000);
    if (clean.empty()) return;
    html_.leaf("dt", name);
    html_.open("dd");
    html_.leaf("code", clean);
    html_.close();
    html_.line();
  }
  void address(std::string_view name, std::string_view value) {
    const std::string clean = clean_line(value, 2'000);
    if (!is_web_address(clean)) return text(name, clean);
    html_.leaf("dt", name);
    html_.open("dd");
    html_.leaf("a", clean, {{"href", clean}, {"rel", "noreferrer"}});
    html_.close();
    html_.line();
  }

 private:
  Markup& html_;
};

void write_model(RunFacts& facts, const std::string& role, const ModelRecord& model) {
  if (!model.present) return;
  facts.text(role, model.version);
  facts.code(role + " file", model.path);
  facts.code(role + " sha256", model.sha256);
  facts.text(role + " origin", model.origin);
  facts.code(role + " signed: key sha256", model.signed_by);
}

void write_inputs(RunFacts& facts, const Report& report) {
  const RunRecord& run = report.run;
  write_model(facts, "Candidate", run.models[index_of(Role::candidate)]);
  write_model(facts, "Production", run.models[index_of(Role::production)]);
  facts.code("Golden data", run.dataset_path);
  facts.code("Golden data sha256", run.dataset_sha256);
  if (run.dataset_rows > 0) facts.text("Golden rows", count_text(run.dataset_rows));
  facts.code("Gate file", report.plan.gate_file);
  facts.code("Effective gate sha256", report.plan.gate_sha256);
  facts.code("Extends", report.plan.extends_file);
  facts.code("Extended file sha256", report.plan.extends_sha256);
  for (const Override& one : report.plan.overrides) facts.code("Override", override_text(one));
  facts.code("Waivers file", run.waivers_file);
  facts.code("Waivers sha256", run.waivers_sha256);
  facts.code("Ledger sha256 before", run.ledger.before);
  facts.code("Ledger sha256 after", run.ledger.after);
}

void write_circumstances(RunFacts& facts, const Report& report) {
  const RunRecord& run = report.run;
  facts.text("Started", run.started);
  if (drawable(run.seconds)) facts.text("Took", fixed_text(run.seconds, 1) + " s");
  facts.code("Commit", run.git_commit);
  facts.code("Branch or tag", run.git_ref);
  facts.text("CI", run.ci_system);
  facts.address("CI run", run.ci_url);
  facts.text("Change request", run.change_request);
  facts.text("Actor", run.actor);
  facts.text("Host", run.hostname);
  facts.text("Isolation", run.isolation);
  facts.text("Seed", std::to_string(report.plan.runtime.seed));
  facts.text("modelgate", run.tool_version);
  for (const auto& [name, value] : run.environment) facts.text(clean_line(name, 200), value);
}

}  // namespace

Glossary::Glossary(const Verdict& verdict) {
  for (const CheckResult& result : verdict.checks) {
    std::string metric = metric_of(result);
    if (!places_.try_emplace(metric, entries_.size()).second) continue;
    entries_.emplace_back(std::move(metric),
                          result.planned.spec == nullptr ? "" : clean_line(result.planned.spec->summary));
  }
}

std::string Glossary::link(const CheckResult& result) const {
  return fmt::format("#metric-{}", places_.at(metric_of(result)) + 1);
}

void write_run(Page& page) {
  Markup& html = page.html;
  html.open("section", {{"id", "run"}, {"aria-labelledby", "run-title"}});
  html.leaf("h2", "This run", {{"id", "run-title"}});
  html.line();
  html.open("dl", {{"class", "run"}});
  html.line();
  RunFacts facts(html);
  write_inputs(facts, page.report);
  write_circumstances(facts, page.report);
  html.close();
  html.close();
  html.line();
}

void write_glossary(Page& page) {
  if (page.glossary.entries().empty()) return;
  Markup& html = page.html;
  html.open("section", {{"id", "glossary"}, {"aria-labelledby", "glossary-title"}});
  html.leaf("h2", "What the checks mean", {{"id", "glossary-title"}});
  html.line();
  html.open("dl", {{"class", "glossary"}});
  html.line();
  std::size_t number = 0;
  for (const auto& [metric, summary] : page.glossary.entries()) {
    html.leaf("dt", metric.substr(metric.find('.') + 1), {{"id", fmt::format("metric-{}", ++number)}});
    html.open("dd");
    if (!summary.empty()) html.text(summary + " ");
    html.text("In full: ");
    html.leaf("code", "modelgate explain " + metric);
    html.close();
    html.line();
  }
  html.close();
  html.close();
  html.line();
}

}  // namespace modelgate
