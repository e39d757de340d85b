// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "gate/report/html/page.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

void write_head(Markup& html, const std::vector<std::string>& names) {
  html.open("thead");
  html.open("tr");
  bool first = true;
  for (const std::string& name : names) {
    html.leaf("th", name, {{"scope", "col"}, {"class", first ? "" : "number"}});
    first = false;
  }
  html.close();
  html.close();
  html.line();
  html.open("tbody");
  html.line();
}

void write_cell(Markup& html, const std::string& value, const std::string& note) {
  html.open("td", {{"class", "number"}});
  html.text(value);
  if (!note.empty()) html.leaf("span", note);
  html.close();
}

void open_table(Markup& html, const std::string& name) {
  html.open("section", {{"class", "scroll tight"}, {"tabindex", "0"}, {"aria-label", name}});
  html.open("table");
  html.line();
}

void close_table(Markup& html) {
  html.close();
  html.close();
  html.close();
  html.line();
}

void write_percentiles(Markup& html, const Timing& timing) {
  if (timing.rows.empty()) return;
  open_table(html, fmt::format("Percentiles, {}", timing.title));
  write_head(html,
             {"Percentile", fmt::format("Candidate, {}", timing.unit), fmt::format("Production, {}", timing.unit)});
  for (const PercentileRow& row : timing.rows) {
    html.open("tr");
    html.leaf("th", row.name, {{"scope", "row"}});
    write_cell(html, row.candidate, row.candidate_interval);
    write_cell(html, row.production, row.production_interval);
    html.close();
    html.line();
  }
  close_table(html);
}

void write_ratios(Markup& html, const Timing& timing) {
  const bool any =
      !timing.cpu.empty() || !timing.wall.empty() || !timing.control_cpu.empty() || !timing.control_wall.empty();
  if (!any) return;
  open_table(html, fmt::format("Ratios by clock, {}", timing.title));
  const bool controlled = !timing.control_cpu.empty() || !timing.control_wall.empty();
  std::vector<std::string> heads{"Clock", "Candidate against production"};
  if (controlled)
    heads.push_back("Production against itself" + (timing.control_rounds.empty() ? "" : ", " + timing.control_rounds));
  write_head(html, heads);
  const auto row = [&](const char* clock, const std::string& ratio, const std::string& control) {
    if (ratio.empty() && control.empty()) return;
    html.open("tr");
    html.leaf("th", clock, {{"scope", "row"}});
    write_cell(html, ratio, "");
    if (controlled) write_cell(html, control, "");
    html.close();
    html.line();
  };
  row("CPU time", timing.cpu, timing.control_cpu);
  row("Wall time", timing.wall, timing.control_wall);
  close_table(html);
}

const CurvePair* distribution_of(const Verdict& verdict, const LoadShape& shape) {
  for (const CheckResult& result : verdict.checks) {
    if (!result.latency || result.latency->shape != shape) continue;
    for (const CurvePair& pair : result.pictures.curves)
      if (pair.kind == CurveKind::latency_ecdf) return &pair;
  }
  return nullptr;
}

/// Every absolute limit on a time under this load shape, once.
std::vector<LatencyLimit> limits_of(const Verdict& verdict, const LoadShape& shape) {
  std::vector<LatencyLimit> limits;
  for (const CheckResult& result : verdict.checks) {
    const auto limit = result.latency && result.latency->shape == shape ? latency_limit(result) : std::nullopt;
    if (limit && std::ranges::find(limits, limit->text, &LatencyLimit::text) == limits.end()) limits.push_back(*limit);
  }
  return limits;
}

void write_timing(Page& page, const Timing& timing) {
  Markup& html = page.html;
  const LoadShape& shape = timing.result->planned.shape;
  html.leaf("h3", timing.title);
  html.line();
  html.open("div", {{"class", "timing"}});
  if (const CurvePair* pair = distribution_of(page.report.verdict, shape))
    if (const auto picture = latency_picture(*pair, limits_of(page.report.verdict, shape)))
      write_picture(page, *picture);
  html.open("div");
  write_percentiles(html, timing);
  write_ratios(html, timing);
  if (const std::string effort = effort_sentence(timing); !effort.empty())
    html.leaf("p", effort + ".", {{"class", "quiet"}});
  html.close();
  html.close();
  html.line();
}

}  // namespace

void write_timings(Page& page) {
  const std::vector<Timing> timings = timings_of(page.report.verdict);
  if (timings.empty()) return;
  Markup& html = page.html;
  html.open("section", {{"id", "timings"}, {"aria-labelledby", "timings-title"}});
  html.leaf("h2", "Timings", {{"id", "timings-title"}});
  html.line();
  if (const std::string machine = machine_sentence(page.report.verdict); !machine.empty()) html.leaf("p", machine);
  for (const Timing& timing : timings) write_timing(page, timing);
  html.close();
  html.line();
}

}  // namespace modelgate
