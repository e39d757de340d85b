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

/// "4 of 60, 6.7 % (95 % interval 1.8 to 16.2 %)".
std::string of_text(std::size_t events, std::size_t n) {
  const Share share = share_of(events, n);
  if (!share.interval) return "none was tried";
  return fmt::format("{} of {}, {:.1f} % (95 % interval {:.1f} to {:.1f} %)", count_text(events), count_text(n),
                     100.0 * share.rate(), 100.0 * share.interval->low, 100.0 * share.interval->high);
}

std::string false_blocks(const Tally& tally, std::string_view where, std::string_view among) {
  std::string text = tally.fail == 0
                         ? fmt::format("{}, false blocks above {:.1f} % are excluded (0 of {} {}).", where,
                                       100.0 * excludable_rate(tally.n), count_text(tally.n), among)
                         : fmt::format("{}, false blocks happen: {} {}.", where, of_text(tally.fail, tally.n), among);
  if (tally.undecided() > 0)
    text += fmt::format(
        " {} of them {} undecided{}.", count_text(tally.undecided()), tally.undecided() == 1 ? "was" : "were",
        tally.blocks_undecided > 0
            ? fmt::format(", and {} would block under this gate's policy", tally.blocks_undecided == tally.undecided()
                                                                               ? std::string("that")
                                                                               : count_text(tally.blocks_undecided))
            : std::string(", which does not block under this gate's policy"));
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
  const Tally equal = pooled(part.taken, harmless);
  if (equal.n > 0)
    findings.push_back(
        false_blocks(equal, "Latency: on this machine", "decisions on a model slowed by less than the margin"));
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    const Tally tally = tally_of(part.taken, i);
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
                                   std::size_t Tally::* count, bool most) {
  std::optional<std::size_t> found;
  double known = 0.0;
  for (const std::size_t cell : cells) {
    const Tally tally = tally_of(part.taken, cell);
    if (tally.n == 0) continue;
    const double rate = share_of(tally.*count, tally.n).rate();
    if (found && !(most ? rate > known : rate < known)) continue;
    found = cell;
    known = rate;
  }
  return found;
}

std::string extreme_text(const SelftestPart& part, const std::vector<std::size_t>& cells, std::size_t Tally::* count,
                         bool most) {
  const auto cell = extreme(part, cells, count, most);
  if (!cell) return "none was tried";
  const Tally tally = tally_of(part.taken, *cell);
  return fmt::format("{} ({})", part.cells[*cell].check, of_text(tally.*count, tally.n));
}

void tell_rows(const SelftestPart& part, std::vector<std::string>& findings) {
  const auto equal = cells_where(part, [](const TrialCell& cell) { return cell.check.empty(); });
  const Tally copies = pooled(part.taken, equal);
  if (copies.n > 0)
    findings.push_back(false_blocks(copies, "Accuracy and bias: of an unchanged model by the whole gate",
                                    "resamples of the golden rows"));
  const auto at = [&](std::string_view label) {
    return cells_where(part, [label](const TrialCell& cell) { return cell.label == label; });
  };
  if (const auto edge = at("margin"); pooled(part.taken, edge).n > 0)
    findings.push_back(fmt::format(
        "At a true loss of exactly the margin a check fails in at most 5 % of cases, so it is promised, and passes in "
        "at most as many. Most often failed: {}. Most often passed: {}.",
        extreme_text(part, edge, &Tally::fail, true), extreme_text(part, edge, &Tally::pass, true)));
  if (const auto twice = at("2 margins"); pooled(part.taken, twice).n > 0)
    findings.push_back(fmt::format("At a true loss of twice the margin, least often failed: {}; most often passed: {}.",
                                   extreme_text(part, twice, &Tally::fail, false),
                                   extreme_text(part, twice, &Tally::pass, true)));
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
