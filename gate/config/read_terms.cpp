// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "gate/config/read.hpp"

namespace modelgate {
namespace {

std::optional<LedgerSpec> read_ledger(const Section& top, const Scene& scene) {
  if (!top.given("ledger")) return std::nullopt;
  const Section section = top.section("ledger");
  LedgerSpec ledger;
  ledger.line = section.place().line;
  ledger.written = section.text("path");
  ledger.path = ledger.written.empty() ? "" : resolved_path(ledger.written, section.value_place("path"), scene);
  ledger.budget = static_cast<std::size_t>(section.whole("budget"));
  ledger.looks = static_cast<std::size_t>(section.whole("looks"));
  return ledger;
}

std::optional<FirstRelease> read_first_release(const Section& top) {
  if (!top.given("first_release")) return std::nullopt;
  const Section section = top.section("first_release");
  const Place place = section.place();
  return FirstRelease{section.text("owner"), section.text("reason"), section.text("until"), place.line,
                      place.file > 0 ? section.problems().file_of(place) : ""};
}

ReportsSpec read_reports(const Section& top) {
  const Section section = top.section("reports");
  const std::string word = section.text("row_evidence");
  ReportsSpec reports;
  if (word == "hashed") reports.row_evidence = RowEvidence::hashed;
  if (word == "plain") reports.row_evidence = RowEvidence::plain;
  reports.suppress_below = static_cast<std::size_t>(section.whole("suppress_below"));
  reports.samples = section.flag("samples");
  return reports;
}

std::optional<double> read_target_prevalence(const Section& top, const Scene& scene) {
  if (!top.given("target_prevalence")) return std::nullopt;
  if (scene.task != Task::binary) {
    scene.problems.add(top.key_place("target_prevalence"),
                       fmt::format("\"target_prevalence\" is for binary tasks; this one is {}", to_string(scene.task)),
                       "remove it");
  }
  return top.number("target_prevalence");
}

}  // namespace

void read_terms(const Section& top, const Scene& scene, Plan& plan) {
  plan.waivers = top.text("waivers");
  if (!plan.waivers.empty()) plan.waivers = resolved_path(plan.waivers, top.value_place("waivers"), scene);
  plan.ledger = read_ledger(top, scene);
  plan.first_release_terms = read_first_release(top);
  plan.reports = read_reports(top);
  plan.target_prevalence = read_target_prevalence(top, scene);
  plan.costs = read_costs(top, plan.model(Role::candidate).output.classes, scene.task);
}

}  // namespace modelgate
