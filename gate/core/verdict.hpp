// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/reuse.hpp"

namespace modelgate {

enum class VerdictKind { pass, block, error };
std::string_view to_string(VerdictKind kind);

/// Exit codes of the contract, never renumbered.
enum class ExitCode : int { pass = 0, block = 1, usage = 2, error = 3, report = 4, sigint = 130, sigterm = 143 };

/// A planned check that this run could not judge, and why.
struct NotJudged {
  std::string id;
  std::string reason;
  bool partial = true;  ///< true: it makes the scope partial
  int line = 0;
  Family family = Family::accuracy;
  std::string file;  ///< as PlannedCheck::file
};

/// The chance that an equal model is blocked, with what was assumed.
struct BlockChance {
  double probability = 0.0;
  std::string assumption;
};

/// The one object from which exit code, JUnit, JSON and text come.
struct Verdict {
  VerdictKind kind = VerdictKind::error;
  ExitCode exit_code = ExitCode::error;
  bool partial = false;
  std::vector<CheckResult> checks;  ///< in the order of the gate file
  std::vector<NotJudged> not_judged;
  std::vector<std::string> warnings;
  std::optional<BlockChance> block_chance;
  Reuse reuse;
  std::string headline;  ///< one sentence: the verdict and the worst reason
};

}  // namespace modelgate
