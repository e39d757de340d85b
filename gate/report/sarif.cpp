// SPDX-License-Identifier: Apache-2.0
#include "gate/report/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "gate/core/date.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::size_t message_cap = 2'000;

/// Text of a SARIF message, where [text](target) would be a link and {0} a placeholder (SARIF 2.1.0, 3.11.5, 3.11.6).
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : clean_text(text, message_cap)) {
    if (c == '(' && out.ends_with(']')) out += ' ';
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return out;
}

Json message_json(std::string_view text) { return {{"text", plain(text)}}; }

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"-._~/"}.contains(c);
}

/// A path as a URI: relative ones stay so and belong to the root of the sources.
Json artifact_json(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::path(clean_line(path)).lexically_normal();
  std::string uri = normal.is_absolute() ? "file://" : "";
  for (const char c : normal.generic_string())
    uri += unreserved(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  if (normal.is_absolute()) return {{"uri", uri}};
  return {{"uri", uri.empty() ? "modelgate.yaml" : uri}, {"uriBaseId", "%SRCROOT%"}};
}

Json location_json(const std::string& path, int line) {
  return {{"physicalLocation",
           {{"artifactLocation", artifact_json(path)}, {"region", {{"startLine", std::max(line, 1)}}}}}};
}

std::string rule_of(const CheckResult& result) {
  return junit_name(clean_line(fmt::format("{}.{}", to_string(result.planned.family), result.planned.metric)));
}

Json rule_json(const std::string& id, const CheckResult& result) {
  const std::string metric = clean_line(result.planned.metric);
  const std::string_view summary = result.planned.spec == nullptr ? std::string_view{} : result.planned.spec->summary;
  const std::string what = summary.empty()
                               ? fmt::format("{} of the family {}.", metric, to_string(result.planned.family))
                               : clean_line(summary);
  const std::string help = fmt::format(
      "{} The check compares it with the limits of the gate file by a confidence interval on the golden data. "
      "The whole page: modelgate explain {}",
      what, id);
  return {{"id", id},
          {"name", id},
          {"shortDescription", message_json(metric)},
          {"fullDescription", message_json(what)},
          {"help", message_json(help)},
          {"defaultConfiguration", {{"level", "error"}}},
          {"properties", {{"tags", Json::array({"modelgate", to_string(result.planned.family)})}}}};
}

std::string_view level_of(const CheckResult& result) {
  return standing_of(result) == Standing::warning ? "warning" : "error";
}

/// The name GitHub's code scanning keeps alerts by; without it all slices of one line would be one alert.
Json fingerprints_json(const Report& report, const std::string& id) {
  const std::string identity =
      fmt::format("{}/{}", junit_name(clean_line(report.plan.name)), junit_name(clean_line(id)));
  return {{"modelgateCheck/v1", identity},
          {"primaryLocationLineHash", fmt::format("{:016x}:1", stable_hash(identity))}};
}

Json suppression_json(const Report& report, const WaiverInForce& waived) {
  const Waiver& waiver = waived.waiver;
  const std::string& file = report.run.waivers_file;
  Json json{
      {"kind", "external"},
      {"status", "accepted"},
      {"justification",
       clean_text(fmt::format("{}, until {}: {}", waiver.owner, date_text(waiver.until), waiver.reason), message_cap)}};
  if (!file.empty()) json["location"] = location_json(file, waiver.line);
  return json;
}

Json result_json(const Report& report, const CheckResult& result, std::size_t rule_index) {
  const std::string message = clean_line(result.message);
  const std::string title = title_of(result);
  const std::string& file = result.planned.file;
  Json json{
      {"ruleId", rule_of(result)},
      {"ruleIndex", rule_index},
      {"level", level_of(result)},
      {"message", message_json(message.empty() ? fmt::format("{}: {}.", title, outcome_words(result.outcome))
                                               : fmt::format("{}: {}", title, message))},
      {"locations", Json::array({location_json(file.empty() ? report.plan.gate_file : file, result.planned.line)})},
      {"partialFingerprints", fingerprints_json(report, result.id)}};
  if (result.waiver) json["suppressions"] = Json::array({suppression_json(report, *result.waiver)});
  json["properties"] = {{"check", clean_line(result.id)},
                        {"outcome", to_string(result.outcome)},
                        {"reason", to_string(result.reason)},
                        {"blocking", standing_of(result) == Standing::blocking}};
  if (!result.planned.owner.empty()) json["properties"]["owner"] = clean_line(result.planned.owner);
  return json;
}

std::vector<const CheckResult*> told_results(const Verdict& verdict) {
  std::vector<const CheckResult*> told = with_standing(verdict, Standing::blocking);
  for (const Standing standing : {Standing::warning, Standing::waived})
    std::ranges::copy(with_standing(verdict, standing), std::back_inserter(told));
  return told;
}

/// Rules in the order in which results name them, each once.
class Rules {
 public:
  std::size_t index_of(const CheckResult& result) {
    const std::string id = rule_of(result);
    const auto [at, fresh] = indices_.try_emplace(id, rules_.size());
    if (fresh) rules_.push_back(rule_json(id, result));
    return at->second;
  }

  std::size_t add(Json rule) {
    rules_.push_back(std::move(rule));
    return rules_.size() - 1;
  }

  Json take() { return std::move(rules_); }

 private:
  Json rules_ = Json::array();
  std::map<std::string, std::size_t> indices_;
};

/// Stands in for the gate as a whole where no check can say that it did not pass.
Json gate_result(const Report& report, Rules& rules) {
  const std::string headline = clean_line(report.verdict.headline);
  const std::size_t index = rules.add(
      {{"id", "gate.ran"},
       {"name", "gate.ran"},
       {"shortDescription", message_json("The gate could judge.")},
       {"help", message_json("A gate that judged nothing blocks the deployment. The message says what to mend.")},
       {"defaultConfiguration", {{"level", "error"}}}});
  return {{"ruleId", "gate.ran"},
          {"ruleIndex", index},
          {"level", "error"},
          {"message", message_json(headline.empty() ? "The gate judged nothing." : headline)},
          {"locations", Json::array({location_json(report.plan.gate_file, 1)})},
          {"partialFingerprints", fingerprints_json(report, "gate ran")}};
}

Json notification_json(std::string_view text) { return {{"level", "warning"}, {"message", message_json(text)}}; }

/// "2026-11-22T13:40:00Z": a report read back from a file may say anything.
bool is_time(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, shape,
                            [](char c, char like) { return like == '0' ? c >= '0' && c <= '9' : c == like; });
}

Json invocation_json(const Report& report, std::size_t left_out) {
  const Verdict& verdict = report.verdict;
  const bool judged = verdict.exit_code == ExitCode::pass || verdict.exit_code == ExitCode::block;
  Json notes = Json::array();
  if (left_out > 0)
    notes.push_back(notification_json(fmt::format(
        "{} more checks did not pass; code scanning takes no more results. All stand in report.json.", left_out)));
  for (const std::string& warning : verdict.warnings) notes.push_back(notification_json(warning));
  Json json{{"executionSuccessful", judged},
            {"exitCode", static_cast<int>(verdict.exit_code)},
            {"exitCodeDescription", exit_meaning(verdict.exit_code)}};
  if (is_time(report.run.started)) json["startTimeUtc"] = report.run.started;
  if (!notes.empty()) json["toolExecutionNotifications"] = notes;
  return json;
}

Json properties_json(const Report& report) {
  return {{"verdict", to_string(report.verdict.kind)},
          {"scope", is_partial(report.verdict) ? "partial" : "full"},
          {"headline", clean_line(report.verdict.headline)},
          {"counts", counts_sentence(report.verdict)},
          {"gate", clean_line(report.plan.name)},
          {"gate_sha256", clean_line(report.plan.gate_sha256)}};
}

}  // namespace

std::string sarif_text(const Report& report) {
  const Verdict& verdict = report.verdict;
  const std::vector<const CheckResult*> told = told_results(verdict);
  const std::size_t written = std::min(told.size(), sarif_results_cap);
  Rules rules;
  Json results = Json::array();
  for (std::size_t i = 0; i < written; ++i) results.push_back(result_json(report, *told[i], rules.index_of(*told[i])));
  if (verdict.kind != VerdictKind::pass && with_standing(verdict, Standing::blocking).empty())
    results.push_back(gate_result(report, rules));
  const Json driver{{"name", "modelgate"}, {"version", clean_line(report.run.tool_version)}, {"rules", rules.take()}};
  const Json run{
      {"tool", {{"driver", driver}}},
      {"automationDetails", {{"id", fmt::format("modelgate/{}/", junit_name(clean_line(report.plan.name)))}}},
      {"invocations", Json::array({invocation_json(report, told.size() - written)})},
      {"results", results},
      {"properties", properties_json(report)}};
  const Json log{{"$schema", schema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return log.dump(2) + "\n";
}

}  // namespace modelgate
