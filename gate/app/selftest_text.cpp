// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gate/app/selftest_report.hpp"
#include "gate/app/selftest_trials.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"
#include "gate/selftest/tally.hpp"

namespace modelgate {
namespace {

constexpr std::size_t width = 80;

std::string duration_text(double seconds) {
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", std::max(1.0, 1e3 * seconds));
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  return fmt::format("{:.0f} min", seconds / 60.0);
}

std::string percent(double rate) { return fmt::format("{:.1f}", 100.0 * rate); }

/// "3.2 (0.1-16.2)".
std::string rate_text(std::size_t events, std::size_t n) {
  const ObservedRate share = share_of(events, n);
  if (!share.interval) return "-";
  const std::string high = share.interval->high >= 1.0 ? "100" : percent(share.interval->high);
  const std::string rate = share.events == share.n ? "100" : percent(share.rate());
  return fmt::format("{} ({}-{})", rate, percent(share.interval->low), high);
}

std::string time_text(const OutcomeTally& tally) {
  const auto median = tally.median_s();
  const auto late = tally.p90_s();
  if (!median || !late) return "-";
  if (*late < 0.9995) return fmt::format("{:.0f}/{:.0f} ms", 1e3 * *median, 1e3 * *late);
  return fmt::format("{:.1f}/{:.1f} s", *median, *late);
}

std::string row_text(std::string_view label, const OutcomeTally& tally) {
  return fmt::format("{:<12}{:>5}{:>17}{:>17}{:>17}{:>12}\n", label, tally.n, rate_text(tally.pass, tally.n),
                     rate_text(tally.fail, tally.n), rate_text(tally.undecided(), tally.n), time_text(tally));
}

std::string head_text(std::string_view truth) {
  return fmt::format("{:<12}{:>5}{:>17}{:>17}{:>17}{:>12}\n", truth, "n", "pass %", "fail %", "undecided %",
                     "time, p90");
}

std::vector<std::string> names_in(const SelftestPart& part) {
  std::vector<std::string> names;
  for (const TrialCell& cell : part.cells)
    if (!cell.check.empty() && std::ranges::find(names, cell.check) == names.end()) names.push_back(cell.check);
  return names;
}

std::string margin_text(const PlannedCheck& check, const TrialCell& cell) {
  return cell.family == Family::latency ? fmt::format("{:.4g} %", 100.0 * cell.margin) : check.limit.text;
}

std::string margin_of(const SelftestReport& report, const SelftestPart& part, const std::string& name) {
  const auto& checks = report.plan.checks;
  const auto cell = std::ranges::find(part.cells, name, &TrialCell::check);
  const auto check = std::ranges::find(checks, name, check_name);
  if (cell->family == Family::latency || check == checks.end()) return fmt::format("{:.4g} %", 100.0 * cell->margin);
  return margin_text(*check, *cell);
}

std::string check_table(const SelftestReport& report, const SelftestPart& part, const std::string& name) {
  const bool timed = std::ranges::find(part.cells, name, &TrialCell::check)->family == Family::latency;
  std::string text = selftest_paragraph(fmt::format("{}, margin {}", name, margin_of(report, part, name)));
  text += head_text(timed ? "slowed by" : "true loss");
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    const TrialCell& cell = part.cells[i];
    if (cell.check.empty()) text += row_text(cell.label, tally_of(part.taken, i, name));
    if (cell.check == name) text += row_text(cell.label, tally_of(part.taken, i));
  }
  return text + "\n";
}

/// The whole gate, whichever check the loss was seeded for.
std::string gate_table(const SelftestPart& part) {
  std::string text = "the whole gate, all its checks of rows together, whichever check is harmed\n";
  text += head_text("true loss");
  std::vector<std::pair<std::string, OutcomeTally>> rows;
  for (const Decision& decision : part.taken) {
    const std::string& label = part.cells[decision.cell].label;
    auto row = std::ranges::find(rows, label, &std::pair<std::string, OutcomeTally>::first);
    if (row == rows.end()) row = rows.insert(rows.end(), {label, {}});
    row->second.add(decision, decision.checks.at(whole_gate()));
  }
  for (const auto& [label, tally] : rows) text += row_text(label, tally);
  return text + "\n";
}

std::string outlook_of(const SelftestPart& part, std::string_view what) {
  const std::size_t each = affordable(part.allowance, part.cells.size(), part.expected_s);
  if (each == 0)
    return fmt::format("{}: none fits; one is expected to take {}. ", what, duration_text(part.expected_s));
  return fmt::format("{}: about {} of each of {} kinds, {} each. ", what, count_text(each), part.cells.size(),
                     duration_text(part.expected_s));
}

}  // namespace

std::string selftest_paragraph(std::string_view text) {
  std::string lines;
  for (const std::string& line : wrap(clean_line(text), width)) lines += line + "\n";
  return lines;
}

std::string selftest_outlook(const SelftestReport& report) {
  const ModelSpec& model = report.plan.model(report.reference);
  std::string text = selftest_paragraph(fmt::format("{}: the {} model ({}) against itself, on this machine",
                                                    report.plan.name, to_string(report.reference), model.written));
  std::string bought = report.options.decisions ? std::string("Before the first decision: ")
                                                : fmt::format("What {} buy: ", duration_text(report.options.budget_s));
  if (!report.rows.cells.empty()) bought += outlook_of(report.rows, "Resamples of the golden rows");
  if (!report.latency.cells.empty()) bought += outlook_of(report.latency, "Latency decisions");
  for (const SelftestPart* part : {&report.rows, &report.latency}) {
    const auto harmless = static_cast<std::size_t>(
        std::ranges::count_if(part->cells, [](const TrialCell& cell) { return cell.truth < 1.0; }));
    const std::size_t each = affordable(part->allowance, part->cells.size(), part->expected_s);
    const std::size_t n = part == &report.latency ? harmless * each : each;
    if (n > 0 && harmless > 0)
      bought += fmt::format("No false block among {} {} would exclude rates above {} %. ", count_text(n),
                            part == &report.latency ? "latency decisions below the margin" : "A/A resamples",
                            percent(excludable_rate(n)));
  }
  text += selftest_paragraph(bought);
  for (const std::string& note : report.notes) text += selftest_paragraph("note: " + note);
  return log_safe(text + "\n");
}

std::string selftest_tables(const SelftestReport& report) {
  std::string text;
  for (const SelftestPart* part : {&report.rows, &report.latency}) {
    if (part->taken.empty()) continue;
    for (const std::string& name : names_in(*part)) text += check_table(report, *part, name);
    if (part == &report.rows) text += gate_table(*part);
  }
  if (text.empty()) return text;
  text += selftest_paragraph(
      "In brackets: Clopper-Pearson 95 %. undecided: neither passed nor failed. time: median of one decision.");
  return log_safe(text + "\n");
}

}  // namespace modelgate
