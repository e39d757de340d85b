// SPDX-License-Identifier: Apache-2.0
#include "gate/report/openmetrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/gauge.hpp"
#include "gate/report/text.hpp"
#include "gate/report/timing_gauges.hpp"

namespace modelgate {
namespace {

/// A check and the name by which its series go, unique in the file.
struct Listed {
  const CheckResult* result = nullptr;
  std::string name;
};

/// What is compared as ratio − 1 is a share whatever the unit of the values.
Unit difference_unit(const CheckResult& result) { return is_timing_ratio(result) ? Unit::rate : unit_of(result); }

class Exposition {
 public:
  explicit Exposition(const Report& report)
      : report_(report),
        gate_(label("gate", report.plan.name.empty() ? "modelgate" : report.plan.name)),
        listed_(listed_checks(report.verdict)) {}

  std::string text() const {
    return verdict() + counts() + blocking() + values() + differences() +
           bounds("check_interval_low", "lower", &Interval::low) +
           bounds("check_interval_high", "upper", &Interval::high) + timing_gauges(report_.verdict, gate_) + run() +
           "# EOF\n";
  }

 private:
  static std::vector<Listed> listed_checks(const Verdict& verdict) {
    std::vector<const CheckResult*> results(verdict.checks.size());
    std::ranges::transform(verdict.checks, results.begin(), [](const CheckResult& result) { return &result; });
    std::ranges::stable_sort(results, {}, [](const CheckResult* result) {
      const Standing standing = standing_of(*result);
      return standing == Standing::blocking ? 0 : standing == Standing::warning ? 1 : 2;
    });
    if (results.size() > metrics_checks_cap) results.resize(metrics_checks_cap);
    std::set<std::string> names;
    std::vector<Listed> listed;
    for (const CheckResult* result : results) {
      const std::string plain = junit_name(clean_line(result->id));
      std::string name = plain;
      for (int copy = 2; !names.insert(name).second; ++copy) name = fmt::format("{} ({})", plain, copy);
      listed.push_back({result, label("check", name)});
    }
    return listed;
  }

  std::string verdict() const {
    Gauge verdict("verdict", "1 for the verdict of the gate, 0 for the others.", gate_);
    for (const VerdictKind kind : {VerdictKind::pass, VerdictKind::block, VerdictKind::error})
      verdict.add(label("verdict", to_string(kind)), report_.verdict.kind == kind ? "1" : "0");
    Gauge code("exit_code", "Exit code of the gate: 0 pass, 1 block, 2 usage, 3 error, 4 report.", gate_);
    code.add("", std::to_string(static_cast<int>(report_.verdict.exit_code)));
    return verdict.take() + code.take();
  }

  std::string counts() const {
    constexpr std::array outcomes{Outcome::pass,  Outcome::fail,   Outcome::inconclusive, Outcome::not_assessable,
                                  Outcome::error, Outcome::waived, Outcome::not_selected};
    const Verdict& verdict = report_.verdict;
    Gauge checks("checks", "Checks by outcome.", gate_);
    for (const Outcome outcome : outcomes)
      checks.add(label("outcome", to_string(outcome)),
                 std::to_string(std::ranges::count(verdict.checks, outcome, &CheckResult::outcome)));
    checks.add(label("outcome", "not_judged"), std::to_string(verdict.not_judged.size()));
    Gauge blocking("blocking_checks", "Checks that block the deployment.", gate_);
    blocking.add("", std::to_string(with_standing(verdict, Standing::blocking).size()));
    Gauge unlisted("checks_unlisted", "Checks whose numbers are left out of this file.", gate_);
    unlisted.add("", std::to_string(verdict.checks.size() - listed_.size()));
    return checks.take() + blocking.take() + unlisted.take();
  }

  std::string blocking() const {
    Gauge gauge("check_blocking", "1 where the check blocks the deployment.", gate_);
    for (const auto& [result, check] : listed_)
      gauge.add(check, standing_of(*result) == Standing::blocking ? "1" : "0");
    return gauge.take();
  }

  std::string values() const {
    Gauge gauge("check_value", "The metric of each model, in the metric's own unit.", gate_);
    for (const auto& [result, check] : listed_) {
      gauge.add(check + "," + label("model", "candidate"), result->candidate.value, unit_of(*result));
      gauge.add(check + "," + label("model", "production"), result->production.value, unit_of(*result));
    }
    return gauge.take();
  }

  std::string differences() const {
    Gauge gauge("check_difference",
                "Candidate minus production; timings and percent margins on resources as a share of production.",
                gate_);
    for (const auto& [result, check] : listed_)
      if (compares(result->planned)) gauge.add(check, result->difference.value, difference_unit(*result));
    return gauge.take();
  }

  std::string bounds(std::string_view name, std::string_view end, double Interval::* bound) const {
    Gauge gauge(name,
                fmt::format("The {} end of the difference's interval, or of the candidate's where the limit binds "
                            "it alone.",
                            end),
                gate_);
    for (const auto& [result, check] : listed_) {
      const bool of_difference = compares(result->planned) && result->difference.interval;
      const auto& interval = of_difference ? result->difference.interval : result->candidate.interval;
      const Unit unit = of_difference ? difference_unit(*result) : unit_of(*result);
      if (interval) gauge.add(check, (*interval).*bound, unit);
    }
    return gauge.take();
  }

  std::string run() const {
    Gauge chance("p_block_equal", "The chance that the gate blocks a model equal to production.", gate_);
    if (const auto block = block_chance_of(report_)) chance.add("", block->probability, Unit::rate);
    Gauge rows("golden_rows", "Rows of the golden data.", gate_);
    rows.add("", std::to_string(report_.run.dataset_rows));
    Gauge seconds("run_seconds", "Wall time of the run.", gate_);
    if (std::isfinite(report_.run.seconds)) seconds.add("", fixed_text(std::max(0.0, report_.run.seconds), 0));
    return chance.take() + rows.take() + seconds.take();
  }

  const Report& report_;
  std::string gate_;
  std::vector<Listed> listed_;
};

}  // namespace

std::string openmetrics_text(const Report& report) { return Exposition(report).text(); }

}  // namespace modelgate
