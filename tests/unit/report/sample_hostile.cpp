// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "tests/unit/report/sample.hpp"

namespace modelgate::sample {

std::vector<std::string> hostile_texts() {
  using namespace std::string_literals;
  return {"\x01\x02\x1F bell \a nul \0 in the middle"s,
          "\x1B[31mred\x1B[0m \x1B]0;title\a after \x1B"s,
          "]]> <![CDATA[ & \" ' </failure><testcase name='x'/>"s,
          "non-characters \xEF\xBF\xBE \xEF\xBF\xBF \xEF\xBB\xBF"s,
          "bad \xC3\x28 \xFF\xFE \xED\xA0\x80 \xF5\x80\x80\x80 \xE2\x82"s,
          "emoji \xF0\x9F\x9A\x80 and \xE2\x89\xA4 \xC3\xA9"s,
          "::error file=x::you are owned\n::set-output name=verdict::pass\n  ::stop-commands::x"s,
          "##[error]boom ##vso[task.complete result=Succeeded;] ##teamcity[x]"s,
          "| cell | `code` <img src=x onerror=alert(1)> [a](http://evil) ![b](c) @everyone #1 $x$"s,
          "# heading\n- list\r\n> quote\r1. one"s,
          "right \xE2\x80\xAEto left\xE2\x80\xAC \xE2\x81\xA6isolate\xE2\x81\xA9 \xE2\x80\xA8separator"s,
          std::string(1'000'000, 'x'),
          std::string(300'000, '\n') + "\xF0\x9F"s};
}

OwnedReport with_text_everywhere(const std::string& text) {
  OwnedReport report = fraud();
  report.plan.name = report.plan.gate_file = text;
  report.plan.overrides = {{text, text}};
  RunRecord& run = report.run;
  run.tool_version = run.git_commit = run.ci_url = run.actor = run.hostname = run.started = text;
  for (ModelRecord& model : run.models) model.path = model.version = model.origin = text;
  run.dataset_path = run.isolation = text;
  run.environment = {{text, text}};
  Verdict& verdict = report.verdict;
  verdict.headline = text;
  verdict.warnings = {text};
  verdict.block_chance = BlockChance{0.5, text};
  for (NotJudged& one : verdict.not_judged) {
    one.id = text + " not judged";
    one.reason = text;
  }
  for (CheckResult& one : verdict.checks) {
    one.message = one.detail = one.method = text;
    one.planned.owner = one.planned.note = one.planned.klass = one.planned.limit.text = text;
    if (!one.slice.empty()) one.slice = {{text, text}};
    if (one.planned.attribute) one.planned.attribute->columns = {text};
    for (GroupRate& group : one.groups) group.group = group.rate = text;
    for (PairGap& pair : one.pairs) pair.first = pair.second = pair.rate = text;
    for (Part& part : one.parts) part.label = text;
    if (one.latency) one.latency->allocator = text;
  }
  verdict.checks.front().id = verdict.checks.front().planned.metric = text;
  return report;
}

namespace {

void fill(LatencyReport& latency, double number) {
  const Estimate estimate{number, Interval{number, number}};
  for (LatencySide* side : {&latency.candidate, &latency.production}) {
    side->p50_ms = side->p90_ms = side->p95_ms = side->p99_ms = side->p999_ms = estimate;
    side->rows_per_s = number;
  }
  latency.wall = latency.cpu = latency.control_wall = latency.control_cpu = estimate;
  latency.gate_cost_us = latency.seconds = latency.waited_s = number;
  latency.preempted_share = number;
  latency.machine = {number, number, number};
}

}  // namespace

OwnedReport with_number_everywhere(double number) {
  OwnedReport report = fraud();
  report.run.seconds = number;
  report.verdict.block_chance = BlockChance{number, "assumed"};
  for (CheckResult& one : report.verdict.checks) {
    one.candidate = one.production = one.difference = {number, Interval{number, number}};
    one.margin = one.value_all_groups = number;
    one.planned.limit.value = number;
    one.seconds = number;
    for (GroupRate& group : one.groups) group.candidate = group.production = one.candidate;
    for (PairGap& pair : one.pairs) pair.gap = one.candidate;
    if (one.latency) fill(*one.latency, number);
  }
  return report;
}

OwnedReport hostile() {
  std::string all;
  for (const std::string& text : hostile_texts()) all += text.substr(0, 200) + "\n";
  OwnedReport report = with_text_everywhere(all);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  report.verdict.checks[1].difference = {nan, Interval{-infinity, infinity}};
  report.verdict.checks[2].difference = {1e-300, Interval{-1e300, infinity}};
  report.verdict.checks[3].seconds = nan;
  report.run.seconds = infinity;
  return report;
}

}  // namespace modelgate::sample
