// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/reuse.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/verdict.hpp"
#include "gate/ledger/ledger_file.hpp"
#include "gate/replay/replay.hpp"

namespace modelgate {

/// One run's use of the golden rows, counted in the plan's ledger.
class GoldenUse {
 public:
  /// Before the judging: reads the ledger, enters this candidate in memory and lowers the level of pass of every
  /// dataset check to what budget and looks leave (planned.confidence shows it). Without a ledger nothing changes.
  /// Holds the ledger's lock until this object ends.
  Result<Reuse> begin(Plan& plan, const ReplayResult& replayed, const std::string& today,
                      const std::function<bool()>& give_up);

  /// After the verdict, whatever it says: writes the ledger, if any dataset check was judged. A data error where it
  /// cannot be written: a candidate that is not counted must not pass.
  Result<void> keep(const Verdict& verdict);

  /// Of the ledger as found, and as it stands after keep; both empty without a ledger.
  const LedgerDigests& digests() const { return digests_; }

 private:
  std::optional<LedgerFile> file_;
  LedgerDigests digests_;
};

}  // namespace modelgate
