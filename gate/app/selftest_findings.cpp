// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "gate/app/selftest_report.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"
#include "gate/selftest/tally.hpp"

namespace modelgate {
namespace {

/// "4 of 60: 6.7 %, interval 1.8 to 16.2 %".
std::string of_text(std::size_t events, std::size_t n) {
  const ObservedRate share = share_of(events, n);
  if (!share.interval) return "none was tried";
  return fmt::format("{} of {}: {:.1f} %, interval {:.1f} to {:.1f} %", count_text(events), count_text(n),
                     100.0 * share.rate(), 100.0 * share.interval->low, 100.0 * share.interval->high);
}

std::string false_blocks(const OutcomeTally& tally, std::string_view where, std::string_view among) {
  std::string text = tally.fail == 0
                         ? fmt::format("{}, false blocks above {:.1f} % are excluded (0 of {} {}).", where,
                                       100.0 * excludable_rate(tally.n), count_text(tally.n), among)
                         : fmt::format("{}, false blocks happen: {} {}.", where, of_text(tally.fail, tally.n), among);
  if (tally.undecided() > 0)
    text += fmt::format(" {} stayed undecided, {} of which would block under this gate's policy.",
                        count_text(tally.undecided()),
                        tally.blocks_undecided == 0 ? std::string("none") : count_text(tally.blocks_undecided));
  return text;
}

std::vector<std::size_t> cells_where(const SelftestPart& part, auto matches) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < part.cells.size(); ++i)
    if (matches(part.cells[i])) cells.push_back(i);
  return cells;
}

void tell_latency(const SelftestPart& part, std::vector<std::string>& findings) {
  const auto harmless = cells_where(part, [](const TrialCell& cell) { return cell.truth < 1.0; });
  const OutcomeTally equal = pooled(part.taken, harmless);
  if (equal.n > 0)
    findings.push_back(
        false_blocks(equal, "Latency: on this machine", "decisions on a model slowed by less than the margin"));
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    const OutcomeTally tally = tally_of(part.taken, i);
    if (tally.n == 0 || part.cells[i].truth < 1.0) continue;
    const std::string done =
        part.cells[i].truth > 1.0
            ? fmt::format("was blocked in {}", of_text(tally.fail, tally.n))
            : fmt::format("is the margin itself: failed {}, passed {}; each is promised in at most 5 %",
                          of_text(tally.fail, tally.n), of_text(tally.pass, tally.n));
    findings.push_back(fmt::format("Latency: a true {} {}.", part.cells[i].label, done));
  }
}

/// The cell in which most (or, least) decisions came out so.
std::optional<std::size_t> extreme(const SelftestPart& part, const std::vector<std::size_t>& cells,
                                   std::size_t OutcomeTally::* count, bool most) {
  std::optional<std::size_t> found;
  double known = 0.0;
  for (const std::size_t cell : cells) {
    const OutcomeTally tally = tally_of(part.taken, cell);
    if (tally.n == 0) continue;
    const double rate = share_of(tally.*count, tally.n).rate();
    if (found && !(most ? rate > known : rate < known)) continue;
    found = cell;
    known = rate;
  }
  return found;
}

std::string extreme_text(const SelftestPart& part, const std::vector<std::size_t>& cells,
                         std::size_t OutcomeTally::* count, bool most) {
  const auto cell = extreme(part, cells, count, most);
  if (!cell) return "none was tried";
  const OutcomeTally tally = tally_of(part.taken, *cell);
  return fmt::format("{} ({})", part.cells[*cell].check, of_text(tally.*count, tally.n));
}

/// How often the check did what it did most; where the interval excludes the promise, that is said.
std::string most_text(const SelftestPart& part, const std::vector<std::size_t>& cells,
                      std::size_t OutcomeTally::* count) {
  const auto cell = extreme(part, cells, count, true);
  if (!cell) return "none was tried";
  const OutcomeTally tally = tally_of(part.taken, *cell);
  if (tally.*count == 0) return "none";
  const ObservedRate share = share_of(tally.*count, tally.n);
  const bool broken = share.interval && share.interval->low > gate_alpha;
  return extreme_text(part, cells, count, true) + (broken ? ", more often than promised" : "");
}

void tell_rows(const SelftestPart& part, std::vector<std::string>& findings) {
  const auto equal = cells_where(part, [](const TrialCell& cell) { return cell.check.empty(); });
  if (const OutcomeTally copies = pooled(part.taken, equal); copies.n > 0)
    findings.push_back(false_blocks(copies, "Accuracy and bias: of an unchanged model by the whole gate",
                                    "resamples of the golden rows") +
                       (copies.not_assessable > 0 ? " Some checks find nothing to measure between two copies; a true "
                                                    "loss of 0 is an equal model that errs on other rows."
                                                  : ""));
  const auto harmless =
      cells_where(part, [](const TrialCell& cell) { return !cell.check.empty() && cell.truth < 1.0; });
  if (const OutcomeTally better = pooled(part.taken, harmless); better.n > 0)
    findings.push_back(fmt::format("Its checks failed a true loss below their margin in {}, and passed it in {}.",
                                   of_text(better.fail, better.n), of_text(better.pass, better.n)));
  const auto at = [&](std::string_view label) {
    return cells_where(part, [label](const TrialCell& cell) { return cell.label == label; });
  };
  if (const auto edge = at("margin"); pooled(part.taken, edge).n > 0)
    findings.push_back(fmt::format(
        "At a true loss of exactly the margin both a fail and a pass are promised in at most 5 % of cases each. Most "
        "often failed: {}. Most often passed: {}.",
        most_text(part, edge, &OutcomeTally::fail), most_text(part, edge, &OutcomeTally::pass)));
  if (const auto twice = at("2 margins"); pooled(part.taken, twice).n > 0)
    findings.push_back(fmt::format("At a true loss of twice the margin, least often failed: {}. Most often passed: {}.",
                                   extreme_text(part, twice, &OutcomeTally::fail, false),
                                   most_text(part, twice, &OutcomeTally::pass)));
}

}  // namespace

std::vector<std::string> selftest_findings(const SelftestReport& report) {
  std::vector<std::string> findings;
  tell_rows(report.rows, findings);
  tell_latency(report.latency, findings);
  for (const SelftestPart* part : {&report.rows, &report.latency}) {
    if (part->cells.empty() || !part->taken.empty()) continue;
    findings.push_back(
        fmt::format("No decision on {} was taken.", part == &report.rows ? "accuracy and bias" : "latency"));
  }
  if (!report.stopped.empty()) findings.push_back("Ended early: " + report.stopped);
  return findings;
}

}  // namespace modelgate
