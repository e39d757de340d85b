// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gate/app/selftest_report.hpp"
#include "gate/app/selftest_trials.hpp"
#include "gate/report/text.hpp"
#include "gate/selftest/tally.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json share_json(std::size_t events, std::size_t n) {
  const ObservedRate share = share_of(events, n);
  return {{"count", events},
          {"rate", n == 0 ? Json(nullptr) : Json(share.rate())},
          {"interval", interval_json(share.interval)}};
}

Json tally_json(const OutcomeTally& tally) {
  return {{"n", tally.n},
          {"pass", share_json(tally.pass, tally.n)},
          {"fail", share_json(tally.fail, tally.n)},
          {"inconclusive", share_json(tally.inconclusive, tally.n)},
          {"not_assessable", share_json(tally.not_assessable, tally.n)},
          {"median_s", number(tally.median_s())},
          {"p90_s", number(tally.p90_s())}};
}

Json cells_json(const SelftestPart& part) {
  Json cells = Json::array();
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    const TrialCell& cell = part.cells[i];
    Json json{{"check", cell.check.empty() ? Json(nullptr) : Json(clean_line(cell.check))},
              {"label", cell.label},
              {"true_margins", cell.truth},
              {"margin", cell.check.empty() ? Json(nullptr) : Json(cell.margin)},
              {"rates", tally_json(tally_of(part.taken, i))}};
    if (part.name == "resamples") {
      json["gate"] = tally_json(tally_of(part.taken, i, whole_gate()));
      json["by_check"] = Json::object();
      if (cell.check.empty() && !part.taken.empty()) {
        for (const auto& [name, outcome] : part.taken.front().checks)
          json["by_check"][clean_line(name)] = tally_json(tally_of(part.taken, i, name));
      }
    }
    cells.push_back(std::move(json));
  }
  return cells;
}

Json decisions_json(const SelftestPart& part) {
  Json decisions = Json::array();
  for (const Decision& decision : part.taken) {
    Json json{{"cell", decision.cell},
              {"seed", decision.seed},
              {"outcome", to_string(decision.outcome)},
              {"reason", to_string(decision.reason)},
              {"blocks", decision.blocks},
              {"difference", number(decision.difference.value)},
              {"interval", interval_json(decision.difference.interval)},
              {"seconds", decision.seconds}};
    if (part.name == "latency") {
      json["rounds"] = decision.rounds;
      json["waited_s"] = decision.waited_s;
    } else {
      json["gate"] = to_string(decision.checks.at(whole_gate()));
    }
    decisions.push_back(std::move(json));
  }
  return decisions;
}

Json part_json(const SelftestPart& part) {
  if (part.cells.empty()) return nullptr;
  return {{"cells", cells_json(part)}, {"decisions", decisions_json(part)}};
}

Json model_json(const SelftestReport& report) {
  const ModelRecord& model = report.record.models[index_of(report.reference)];
  return {{"role", to_string(report.reference)},
          {"path", clean_line(report.plan.model(report.reference).written)},
          {"sha256", model.sha256.empty() ? Json(nullptr) : Json(model.sha256)}};
}

}  // namespace

std::string selftest_json(const SelftestReport& report) {
  Json environment = Json::object();
  for (const auto& [name, value] : report.record.environment) environment[clean_line(name)] = clean_line(value);
  Json notes = Json::array();
  for (const std::string& note : report.notes) notes.push_back(clean_line(note));
  Json findings = Json::array();
  for (const std::string& finding : selftest_findings(report)) findings.push_back(clean_line(finding));
  const Json json{{"schema_version", 1},
                  {"tool", {{"name", "modelgate"}, {"version", report.record.tool_version}}},
                  {"gate", {{"name", clean_line(report.plan.name)}, {"sha256", report.plan.gate_sha256}}},
                  {"model", model_json(report)},
                  {"dataset",
                   {{"path", clean_line(report.plan.dataset.written)},
                    {"sha256", clean_line(report.record.dataset_sha256)},
                    {"rows", report.record.dataset_rows}}},
                  {"started", report.record.started},
                  {"seconds", report.record.seconds},
                  {"budget_s", report.options.decisions ? Json(nullptr) : Json(report.options.budget_s)},
                  {"decisions_each", report.options.decisions ? Json(*report.options.decisions) : Json(nullptr)},
                  {"seed", report.plan.runtime.seed},
                  {"environment", environment},
                  {"confidence", 0.95},
                  {"resamples", part_json(report.rows)},
                  {"latency", part_json(report.latency)},
                  {"findings", findings},
                  {"notes", notes},
                  {"ended_early", report.stopped.empty() ? Json(nullptr) : Json(clean_line(report.stopped))}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace modelgate
