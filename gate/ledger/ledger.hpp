// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/reuse.hpp"
#include "gate/ledger/sketch.hpp"

namespace modelgate {

/// One judgement of a candidate on one state of the golden rows.
struct Look {
  std::string data;  ///< SHA-256 of the golden files
  std::size_t rows = 0;
  std::string date;  ///< 2026-11-22
};

struct JudgedCandidate {
  std::string digest;  ///< of everything that decides its predictions
  std::string version;
  std::vector<Look> looks;  ///< in the order of judging
};

/// Golden rows that overlap, whatever was added to them since.
struct GoldenSet {
  Sketch ids;  ///< of every row ever judged on; empty where the rows have no id
  std::vector<JudgedCandidate> candidates;
};

struct Ledger {
  std::vector<GoldenSet> sets;
};

/// What a run would write into the ledger.
struct Judgement {
  Sketch ids;  ///< empty: the rows are known by the digest of their files alone
  std::string candidate;
  std::string version;
  Look look;
};

/// Enters the judgement and says what it costs. Sets of which it holds at least half of the smaller one's rows are the
/// same golden rows (several become one); without ids the same files are. The same candidate on the same files is
/// entered once.
Reuse enter(Ledger& ledger, const Judgement& judgement, const LedgerSpec& spec);

/// The one-sided level that is left of alpha for a pass: alpha over the budget, spent over the looks.
double pass_level(double alpha, const Reuse& reuse);

/// The ledger as JSON: sets and candidates in the order of judging, fit for version control.
std::string ledger_text(const Ledger& ledger);

/// Reads that back strictly; a data error that names the file for anything else. A damaged ledger is never reset.
Result<Ledger> parse_ledger(std::string_view text, const std::string& path);

}  // namespace modelgate
