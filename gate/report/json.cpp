// SPDX-License-Identifier: Apache-2.0
#include "gate/report/json.hpp"

#include <cmath>

#include "gate/report/facts.hpp"
#include "gate/report/json_check.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

Json run_json(const Report& report) {
  const RunRecord& run = report.run;
  Json overrides = Json::array();
  for (const Override& one : report.plan.overrides)
    overrides.push_back({{"key", clean_line(one.key)}, {"value", clean_line(one.value)}});
  Json seconds = Json::object();
  for (const CheckResult& result : report.verdict.checks)
    seconds[clean_line(result.id)] =
        std::isfinite(result.seconds) ? Json(std::max(0.0, result.seconds)) : Json(nullptr);
  return {{"tool_version", clean_line(run.tool_version)},
          {"git_commit", text_or_null(run.git_commit)},
          {"git_ref", text_or_null(run.git_ref)},
          {"ci_system", text_or_null(run.ci_system)},
          {"ci_url", text_or_null(run.ci_url)},
          {"change_request", text_or_null(run.change_request)},
          {"actor", text_or_null(run.actor)},
          {"host", text_or_null(run.hostname)},
          {"gate_file", text_or_null(report.plan.gate_file)},
          {"gate_sha256", text_or_null(report.plan.gate_sha256)},
          {"extends_file", text_or_null(report.plan.extends_file)},
          {"extends_sha256", text_or_null(report.plan.extends_sha256)},
          {"waivers_file", text_or_null(run.waivers_file)},
          {"waivers_sha256", text_or_null(run.waivers_sha256)},
          {"ledger_sha256_before", text_or_null(run.ledger.before)},
          {"ledger_sha256_after", text_or_null(run.ledger.after)},
          {"overrides", overrides},
          {"seed", report.plan.runtime.seed},
          {"started", text_or_null(run.started)},
          {"seconds", number_or_null(run.seconds)},
          {"check_seconds", seconds}};
}

Json model_json(const ModelRecord& model) {
  if (!model.present) return nullptr;
  Json json{{"path", clean_line(model.path)},
            {"sha256", text_or_null(model.sha256)},
            {"version", text_or_null(model.version)},
            {"origin", text_or_null(model.origin)}};
  if (!model.signed_by.empty()) json["signed_by"] = clean_line(model.signed_by);
  return json;
}

Json environment_json(const RunRecord& run) {
  Json json = Json::object();
  for (const auto& [name, value] : run.environment) json[clean_line(name)] = clean_text(value);
  return json;
}

Json not_judged_json(const Report& report) {
  Json json = Json::array();
  for (const NotJudged& one : report.verdict.not_judged)
    json.push_back({{"id", clean_line(one.id)},
                    {"type", to_string(one.family)},
                    {"reason", clean_text(one.reason)},
                    {"partial", one.partial},
                    {"declared_at", text_or_null(declared_place(report.plan, one.file, one.line))}});
  return json;
}

Json reuse_json(const Verdict& verdict) {
  const Reuse& reuse = verdict.reuse;
  const auto count = [](std::size_t number) { return number == 0 ? Json(nullptr) : Json(number); };
  Json look_rows = Json::array();
  for (const double rows : reuse.look_rows) look_rows.push_back(number_or_null(rows));
  return {{"status", to_string(reuse.status)},
          {"ledger", text_or_null(reuse.ledger)},
          {"known_by", text_or_null(reuse.known_by)},
          {"candidates", count(reuse.candidates)},
          {"budget", count(reuse.budget)},
          {"seen", reuse.seen},
          {"look", count(reuse.look_rows.size())},
          {"look_rows", look_rows},
          {"looks", count(reuse.looks)},
          {"fail_level", number_or_null(reuse.fail_level)},
          {"message", reuse_sentence(verdict)}};
}

Json block_chance_json(const Report& report) {
  const std::optional<BlockChance> chance = block_chance_of(report);
  if (!chance) return nullptr;
  return {{"probability", number_or_null(chance->probability)}, {"assumption", clean_text(chance->assumption)}};
}

Json report_json(const Report& report) {
  const Verdict& verdict = report.verdict;
  const RunRecord& run = report.run;
  const bool fixed = report.plan.dataset.population == Population::fixed;
  Json warnings = Json::array();
  for (const std::string& warning : verdict.warnings) warnings.push_back(clean_text(warning));
  Json checks = Json::array();
  for (const CheckResult& result : verdict.checks) checks.push_back(check_json(result, report));
  return {{"schema_version", report_schema_version},
          {"gate", clean_line(report.plan.name)},
          {"task", to_string(report.plan.task)},
          {"verdict", to_string(verdict.kind)},
          {"exit_code", static_cast<int>(verdict.exit_code)},
          {"headline", clean_text(verdict.headline)},
          {"scope", is_partial(verdict) ? "partial" : "full"},
          {"warnings", warnings},
          {"run", run_json(report)},
          {"models",
           {{"candidate", model_json(run.models[index_of(Role::candidate)])},
            {"production", model_json(run.models[index_of(Role::production)])}}},
          {"dataset",
           {{"path", text_or_null(run.dataset_path)},
            {"sha256", text_or_null(run.dataset_sha256)},
            {"rows", run.dataset_rows},
            {"population", fixed ? "fixed" : "sample"}}},
          {"environment", environment_json(run)},
          {"isolation", clean_line(run.isolation)},
          {"checks", checks},
          {"not_judged", not_judged_json(report)},
          {"p_block_equal", block_chance_json(report)},
          {"reuse", reuse_json(verdict)}};
}

}  // namespace

std::string_view to_string(Reuse::Status status) {
  switch (status) {
    case Reuse::Status::unknown: return "unknown";
    case Reuse::Status::not_judged: return "not_judged";
    case Reuse::Status::counted: return "counted";
    case Reuse::Status::candidates_exhausted: return "candidates_exhausted";
    case Reuse::Status::looks_exhausted: return "looks_exhausted";
  }
  return "unknown";
}

std::string json_text(const Report& report) {
  return report_json(report).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace modelgate
